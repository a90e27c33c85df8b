/** A user writes a program in a workspace that is trusted. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "node:test";

import { Editor, until } from "./editor.ts";
import { settled, shown } from "./findings.ts";
import { picture } from "./pictures.ts";
import { EXAMPLES, INTERPRETERS, VSIX, workspace } from "./setting.ts";

const HOSTILE = "hidden = tf.nn.dropout(hidden, rate=0.5)";
const LINE = 15;
const FIXED = "hidden = tf.nn.dropout(hidden, rate=0.5 if mode == tf.estimator.ModeKeys.TRAIN else 0.0)";

describe("in a trusted workspace", () => {
  let editor: Editor;
  const folder = workspace(join(import.meta.dirname, "programs", "pump_leak.py"), join(EXAMPLES, "dough_rise.ipynb"));
  const program = join(folder, "pump_leak.py");
  const uri = pathToFileURL(program).href;

  before(async () => {
    editor = await Editor.open(folder, { settings: INTERPRETERS, vsix: VSIX });
    await editor.show(program);
  });
  after(() => editor[Symbol.asyncDispose]());

  it("underlines a hostile line when it is typed", async () => {
    await editor.goTo(LINE - 1);
    await editor.press("End", "Enter");
    await editor.type(HOSTILE);
    const found = await settled(editor, uri, ([first]) => first?.severity === "warning");
    assert.deepEqual(found.map(({ code, line }) => [code, line]), [["TFL501", LINE]]);
    await editor.page.locator(".squiggly-warning").first().waitFor();
    await picture(editor, "squiggle", { lines: [12, 19] });
  });

  it("offers a dry run above the model function", async () => {
    await editor.page.locator(".codelens-decoration a", { hasText: "dry run" }).first().waitFor();
  });

  it("turns the warning into one error when the program is saved and its dry run confirms it", async () => {
    await editor.press("Control+s");
    const found = await settled(editor, uri, ([first]) => first?.severity === "error");
    assert.deepEqual(found.map(({ code, line }) => [code, line]), [["TFL501", LINE]]);
    await editor.page.locator(".squiggly-error").first().waitFor();
  });

  it("tells the dry run's result in the code lens", async () => {
    await editor.page.locator(".codelens-decoration a", { hasText: "builtins" }).first().waitFor();
    await picture(editor, "code-lens", { lines: [12, 19] });
  });

  it("shows the verdict and its evidence on hover", async () => {
    await editor.goTo(LINE, 20);
    await editor.press("Control+k", "Control+i");
    const hover = editor.page.locator(".monaco-hover:visible", { hasText: "TFL501" });
    await hover.waitFor();
    const words = await hover.innerText();
    assert.match(words, /confirmed by TensorFlow 2\.15/i);
    assert.match(words, /two runs on the same input differ/);
    await picture(editor, "hover", { lines: [13, 30] });
    await editor.press("Escape");
  });

  it("says in the language status which TensorFlow it used", async () => {
    await editor.page.locator("#status\\.languageStatus").click();
    const status = editor.page.locator(".hover-language-status", { hasText: "tflint" });
    await status.waitFor();
    assert.match(await status.innerText(), /TensorFlow 2\.15/);
    await picture(editor, "status", { around: status });
    await editor.press("Escape", "Control+1");
  });

  it("opens the conversion report beside the program", async () => {
    await editor.command("tflint: Show conversion report");
    const report = await until("the report", async () => {
      for (const frame of editor.page.frames()) {
        const words = await frame.locator("body").innerText().catch(() => "");
        if (frame !== editor.page.mainFrame() && words.includes("pump_leak")) return words;
      }
      return undefined;
    });
    assert.match(report, /dropout/);
    await picture(editor, "report", {});
    await editor.ask((api) => api.window.tabGroups.close(api.window.tabGroups.all[1]?.tabs ?? []));
  });

  it("silences a rule at the line, by a comment", async () => {
    await editor.show(program);
    await choose("disable TFL501 here");
    await reads(`    ${HOSTILE}  # tflint: ignore[TFL501]`);
    await settled(editor, uri, (found) => found.length === 0);
    await editor.press("Control+z");
    await settled(editor, uri, (found) => found.length === 1);
  });

  it("mends the line with a quick fix", async () => {
    await choose("Make it only when mode == tf.estimator.ModeKeys.TRAIN", "quick-fix");
    await reads(`    ${FIXED}`);
    await settled(editor, uri, (found) => found.length === 0);
  });

  it("has nothing left to say once the mended program is saved", async () => {
    await editor.press("Control+s");
    await editor.page.locator(".codelens-decoration a", { hasText: "outputs match TensorFlow" }).first().waitFor();
    assert.deepEqual(await shown(editor, uri), []);
    assert.match(readFileSync(program, "utf-8"), /TRAIN else 0\.0/);
  });

  it("shows a notebook's findings in the right cell", async () => {
    const notebook = join(folder, "dough_rise.ipynb");
    await editor.ask((api, path) => api.commands.executeCommand("vscode.open", api.Uri.file(path)), notebook);
    const findings = await until("a finding in a cell", async () => {
      const cells = await editor.ask((api) =>
        (api.workspace.notebookDocuments[0]?.getCells() ?? []).map(({ document }) => [
          document.uri.toString(),
          document.getText(),
        ] as const),
      );
      const found = await Promise.all(
        cells.map(async ([uri, text]) =>
          (await shown(editor, uri)).map(({ code, line }) => [code, text.split("\n")[line - 1]?.trim()]),
        ),
      );
      return found.flat().length > 0 && found.flat();
    });
    assert.deepEqual(findings[0], ["TFL401", 'speed = tf.py_func(vigour, [features["degrees"]], tf.float32)']);
  });

  /** Picks an entry of the quick fixes at the hostile line. */
  async function choose(title: string, taken?: string): Promise<void> {
    await editor.goTo(LINE, 20);
    await editor.press("Control+.");
    const menu = editor.page.locator(".action-widget").first();
    const entry = menu.locator(".monaco-list-row", { hasText: title });
    await entry.waitFor();
    if (taken !== undefined) await picture(editor, taken, { lines: [12, 21] });
    await entry.click();
    await menu.waitFor({ state: "hidden" });
  }

  /** The hostile line has become this; VS Code makes an edit some time after its entry was picked. */
  async function reads(wanted: string): Promise<void> {
    await until(`the line reads ${wanted}`, () =>
      editor.ask(
        (api, number, text) => api.window.activeTextEditor?.document.lineAt(number - 1).text === text,
        LINE,
        wanted,
      ),
    );
  }
});
