/** A user writes a program in a workspace that is trusted. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "node:test";

import { Editor, until, witnessed } from "./editor.ts";
import { settled, shown } from "./findings.ts";
import { picture } from "./pictures.ts";
import { EXAMPLES, INTERPRETERS, VSIX, workspace } from "./setting.ts";

const HOSTILE = "hidden = tf.nn.dropout(hidden, rate=0.5)";
const LINE = 15;
const FIXED = "hidden = tf.nn.dropout(hidden, rate=0.5 if mode == tf.estimator.ModeKeys.TRAIN else 0.0)";
const SILENCED = `${HOSTILE}  # tflint: ignore[TFL501]`;
const ENDLESS = "import time; time.sleep(600)";

describe("in a trusted workspace", () => {
  let editor: Editor;
  const programs = ["pump_leak.py", "valve_wear.py"].map((name) => join(import.meta.dirname, "programs", name));
  const folder = workspace(...programs, join(EXAMPLES, "dough_rise.ipynb"));
  const program = join(folder, "pump_leak.py");
  const uri = pathToFileURL(program).href;

  before(async () => {
    editor = await Editor.open(folder, { settings: INTERPRETERS, vsix: VSIX });
    await editor.show(program);
  });
  after(() => editor[Symbol.asyncDispose]());
  witnessed(() => editor);

  it("underlines a hostile line when it is typed", async () => {
    await editor.goTo(LINE - 1);
    await editor.press("End", "Enter");
    await editor.type(HOSTILE);
    const found = await settled(editor, uri, ([first]) => first?.severity === "warning");
    assert.deepEqual(found.map(({ code, line }) => [code, line]), [["TFL501", LINE]]);
    await editor.page.locator(".squiggly-warning").first().waitFor();
    await picture(editor, "squiggle", { lines: [12, 19] });
  });

  it("tells whose the finding is, where its rule is explained, and the way from the Estimator to the line", async () => {
    const [found] = await shown(editor, uri);
    assert.ok(found);
    assert.equal(found.source, "tflint");
    assert.match(readFileSync(found.page, "utf-8"), /^# TFL501 /);
    assert.ok(found.related.includes("model_fn"), found.related.join());
  });

  it("offers a dry run above the model function", async () => {
    await editor.page.locator(".codelens-decoration a", { hasText: "dry run" }).first().waitFor();
  });

  it("turns the warning into one error when the program is saved and its dry run confirms it", async () => {
    await editor.press("Control+s");
    const found = await settled(editor, uri, ([first]) => first?.severity === "error");
    assert.deepEqual(found.map(({ code, line }) => [code, line]), [["TFL501", LINE]]);
    await editor.page.locator(".squiggly-error").first().waitFor();
    assert.match(found[0]?.related.at(-1) ?? "", /two runs on the same input differ/);
    assert.equal(await editor.popups(), 0);
  });

  it("tells the dry run's result in the code lens", async () => {
    await editor.page.locator(".codelens-decoration a", { hasText: "builtins" }).first().waitFor();
    await picture(editor, "code-lens", { lines: [12, 19] });
  });

  it("shows the verdict and its evidence on hover", async () => {
    await editor.goTo(LINE, 20);
    await editor.press("Control+k", "Control+i");
    // What tflint tells comes after what VS Code tells of the diagnostic itself.
    const hover = editor.page.locator(".monaco-hover:visible", { hasText: /tf\.nn\.dropout`? in an exported model/ });
    await hover.waitFor();
    const words = await hover.innerText();
    assert.match(words, /confirmed by TensorFlow 2\.15/i);
    assert.match(words, /two runs on the same input differ/);
    await picture(editor, "hover", { lines: [13, 30] });
    await editor.press("Escape");
  });

  it("says in the language status which TensorFlow it used", async () => {
    await editor.status(/TensorFlow 2\.15/, (item) => picture(editor, "status", { around: item }));
  });

  it("opens the conversion report beside the program from the code lens", async () => {
    await editor.page.locator(".codelens-decoration a", { hasText: "builtins" }).first().click();
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
    await reads(`    ${SILENCED}`);
    await settled(editor, uri, (found) => found.length === 0);
  });

  it("explains the rule where its code stands in a comment", async () => {
    await editor.goTo(LINE, SILENCED.length);
    await editor.press("Control+k", "Control+i");
    await editor.page.locator(".monaco-hover:visible", { hasText: "TFL501" }).waitFor();
    await editor.press("Escape", "Control+z");
    await reads(`    ${HOSTILE}`);
    await settled(editor, uri, (found) => found.length === 1);
  });

  it("silences a rule in the file, by a comment", async () => {
    await choose("disable TFL501 in this file");
    await settled(editor, uri, (found) => found.length === 0);
    assert.match(await text(), /^# tflint: ignore-file\[TFL501\]$/m);
    await editor.press("Control+z");
    await reads(`    ${HOSTILE}`);
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

  it("dry-runs what is not saved, from the code lens, and tells in the status bar what came of it", async () => {
    await editor.goTo(LINE, 5);
    await editor.press("Shift+End");
    await editor.type(HOSTILE);
    await settled(editor, uri, ([first]) => first?.severity === "warning");
    await editor.page.locator(".codelens-decoration a", { hasText: "dry run again" }).first().click();
    await settled(editor, uri, ([first]) => first?.severity === "error");
    await editor.page.locator(".statusbar-item", { hasText: "tflint: pump_leak.py: model_fn (line 13): builtins" }).waitFor();
    assert.equal(await editor.ask((api) => api.window.activeTextEditor?.document.isDirty), true);
    assert.match(readFileSync(program, "utf-8"), /TRAIN else 0\.0/);
  });

  it("makes all safe fixes on save", async () => {
    await editor.ask((api) => {
      const actions = { "source.fixAll.tflint": "explicit" };
      return api.workspace.getConfiguration("editor").update("codeActionsOnSave", actions, api.ConfigurationTarget.Global);
    });
    const worn = join(folder, "valve_wear.py");
    await editor.show(worn);
    await settled(editor, pathToFileURL(worn).href, (found) => found.some(({ code }) => code === "TFL204"));
    await editor.goTo(1);
    await editor.press("End");
    await editor.type("  # looked at");
    await editor.press("Control+s");
    await settled(editor, pathToFileURL(worn).href, (found) => !found.some(({ code }) => code === "TFL204"));
    assert.match(readFileSync(worn, "utf-8"), /dense\(features\['turns'\], 1\)/);
  });

  it("says in the language status that a dry run goes on, and cancels it from its progress", async () => {
    const slow = join(folder, "pump_endless.py");
    writeFileSync(slow, readFileSync(program, "utf-8").replace("estimator.train", `${ENDLESS}\nestimator.train`));
    await editor.show(slow);
    await editor.command("tflint: Dry run this file");
    await editor.status(/dry run of pump_endless\.py/);
    await editor.page.locator(".statusbar-item", { hasText: "tflint: dry run of pump_endless.py" }).first().click();
    await editor.page.getByRole("button", { name: "Cancel" }).click();
    await editor.page.locator(".statusbar-item", { hasText: "was cancelled" }).waitFor();
    await editor.status(/dry runs use .*python/);
  });

  it("shows a notebook's findings in the right cell", async () => {
    const notebook = join(folder, "dough_rise.ipynb");
    await editor.ask((api, path) => api.commands.executeCommand("vscode.open", api.Uri.file(path)), notebook);
    const findings = await until("a finding in a cell", async () => {
      const found = await inCells();
      return found.length > 0 && found;
    });
    assert.deepEqual(findings[0], ["warning", "TFL401", 'speed = tf.py_func(vigour, [features["degrees"]], tf.float32)']);
  });

  it("shows a notebook's verdict in that cell", async () => {
    await editor.command("tflint: Dry run this file");
    await until("an error in a cell", async () => (await inCells()).some(([severity, code]) => severity === "error" && code === "TFL401"));
  });

  /** Of an open notebook's findings: severity, code, and the line of the cell. */
  async function inCells(): Promise<(string | undefined)[][]> {
    const cells = await editor.ask((api) =>
      (api.workspace.notebookDocuments[0]?.getCells() ?? []).map(({ document }) => [
        document.uri.toString(),
        document.getText(),
      ] as const),
    );
    const found = await Promise.all(
      cells.map(async ([uri, text]) =>
        (await shown(editor, uri)).map(({ severity, code, line }) => [severity, code, text.split("\n")[line - 1]?.trim()]),
      ),
    );
    return found.flat();
  }

  /** Picks an entry of the quick fixes at the hostile line. */
  async function choose(title: string, taken?: string): Promise<void> {
    await editor.goTo(LINE, 20);
    await editor.fix(title, async () => {
      if (taken !== undefined) await picture(editor, taken, { lines: [12, 21] });
    });
  }

  function text(): Promise<string> {
    return editor.ask((api) => api.window.activeTextEditor?.document.getText() ?? "");
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
