/** A user has several folders with different interpreters, changes settings, and looks for what went wrong. */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";

import { Editor, until, witnessed } from "./editor.ts";
import { settled, shown } from "./findings.ts";
import { DRY_RUN_PYTHON, EXAMPLES, PYTHONS, SERVER_PYTHON, VSIX, workspace } from "./setting.ts";

const PROGRAM = "rain_tomorrow.py";
const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";
const WIDE = `import tensorflow as tf

def model_fn(features, labels, mode):
    "\u{1f4a9}\u00e9"; noisy = tf.nn.dropout(features["x"], rate=0.5)
    return tf.estimator.EstimatorSpec(mode, predictions={"y": noisy})

def receiver():
    x = tf.compat.v1.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
`;

describe("in several folders", () => {
  let editor: Editor;
  const [bare, other] = [workspace(join(EXAMPLES, PROGRAM)), workspace(join(EXAMPLES, PROGRAM))];
  const program = join(other, PROGRAM);
  const uri = pathToFileURL(program).href;
  const scratch = workspace();
  const [selected, newer, old] = ["selected", "newer", "old"].map((name) => join(scratch, name)) as [string, string, string];

  before(async () => {
    for (const python of [selected, newer]) script(python, `exec ${DRY_RUN_PYTHON} "$@"`);
    script(old, `echo '["${old}", [3, 9]]'`);
    mkdirSync(join(bare, ".vscode"));
    writeFileSync(join(bare, ".vscode", "settings.json"), JSON.stringify({ "tflint.interpreter": SERVER_PYTHON }));
    const both = join(scratch, "both.code-workspace");
    writeFileSync(both, JSON.stringify({ folders: [{ path: bare }, { path: other }] }));
    const settings = { "tflint.server.interpreter": SERVER_PYTHON };
    editor = await Editor.open(both, { settings, vsix: [...VSIX, ...PYTHONS] });
    await editor.show(program);
  });
  after(() => editor[Symbol.asyncDispose]());
  witnessed(() => editor);

  it("uses the Python that the Python extension has selected", async () => {
    await select(PYTHON, selected);
    await editor.status(new RegExp(`dry runs use ${selected}`));
  });

  it("prefers the one of the Python Environments extension", async () => {
    await select(ENVIRONMENTS, newer);
    await editor.status(new RegExp(`dry runs use ${newer}`));
  });

  it("prefers a folder's setting to both, and says once, in the status, that there is no TensorFlow", async () => {
    await editor.show(join(bare, PROGRAM));
    await editor.status(/has no TensorFlow.*Choose interpreter/s);
    await editor.command("tflint: Dry run this file");
    await editor.page.locator(".statusbar-item", { hasText: "has no TensorFlow" }).waitFor();
    await editor.status(/has no TensorFlow.*in the setting "tflint\.interpreter"/s);
    assert.equal(await editor.popups(), 0);
    const found = await shown(editor, pathToFileURL(join(bare, PROGRAM)).href);
    assert.deepEqual(found.map(({ severity, code }) => [severity, code]), [["warning", "TFL204"]]);
  });

  it("dry-runs a program of the other folder with the other Python", async () => {
    await editor.show(program);
    await editor.command("tflint: Dry run this file");
    await settled(editor, uri, (found) => found.some(({ severity }) => severity === "error"));
    await editor.status(new RegExp(`dry runs use TensorFlow 2\\.15.*${newer}`, "s"));
  });

  it("hears of an edited pyproject.toml", async () => {
    const configuration = join(other, "pyproject.toml");
    writeFileSync(configuration, '[tool.tflint]\nignore = ["TFL2"]\n');
    await settled(editor, uri, (found) => !found.some(isSuspected));
    rmSync(configuration);
    await settled(editor, uri, (found) => found.some(isSuspected));
  });

  it("hears of a changed setting, of one folder", async () => {
    await configure("ignore", ["TFL2"], other);
    await settled(editor, uri, (found) => !found.some(isSuspected));
    assert.ok((await shown(editor, pathToFileURL(join(bare, PROGRAM)).href)).some(isSuspected));
    await configure("ignore", null, other);
    await settled(editor, uri, (found) => found.some(isSuspected));
  });

  it("shows the problems of files that are not open, where that is asked for", async () => {
    const unopened = join(other, "later.py");
    writeFileSync(unopened, WIDE);
    assert.deepEqual(await shown(editor, pathToFileURL(unopened).href), []);
    await configure("diagnosticMode", "workspace");
    await settled(editor, pathToFileURL(unopened).href, ([first]) => first?.code === "TFL501");
    await configure("diagnosticMode", null);
    await settled(editor, pathToFileURL(unopened).href, (found) => found.length === 0);
  });

  it("underlines the right text of a document that was never saved, whatever stands before it on the line", async () => {
    const untitled = await editor.ask(async (api, content) => {
      const document = await api.workspace.openTextDocument({ language: "python", content });
      await api.window.showTextDocument(document);
      return document.uri.toString();
    }, WIDE);
    const [found] = await settled(editor, untitled, ([first]) => first?.code === "TFL501");
    assert.match(found?.means ?? "", /^tf\.nn\.dropout/);
    await editor.command("tflint: Dry run this file");
    await editor.page.locator(".statusbar-item", { hasText: "was never saved" }).waitFor();
  });

  it("restarts its server when asked to, however often", async () => {
    const before = await information();
    const asked = editor.ask((api) =>
      Promise.all([1, 2, 3].map(() => api.commands.executeCommand("tflint.restart"))).then(() => undefined),
    );
    await asked;
    assert.notEqual(analyser(await information()), analyser(before));
    await editor.show(program);
    await settled(editor, uri, (found) => found.length > 0);
  });

  it("shows its log", async () => {
    await editor.command("tflint: Show logs");
    // It is empty here: what writes logs is a native module, which scripts/real_editor.py does not compile.
    const chosen = editor.page.locator(".part.panel option:checked", { hasText: /^tflint$/ });
    await chosen.first().waitFor({ state: "attached" });
    await editor.ask((api) => api.commands.executeCommand("workbench.action.closePanel"));
  });

  it("prints what a bug report should have", async () => {
    const printed = await information();
    for (const folder of [bare, other]) assert.match(printed, new RegExp(`## .*${basename(folder)}`));
    assert.match(printed, /workspace trusted/);
    assert.ok(printed.includes(newer));
  });

  it("has a walkthrough, whose example is found fault with", async () => {
    await editor.ask((api) =>
      api.commands.executeCommand("workbench.action.openWalkthrough", "tflint.tflint#firstDryRun", false),
    );
    const page = editor.page.locator(".gettingStartedContainer", { hasText: "Get started with tflint" });
    await page.getByRole("button", { name: "Open the example" }).click();
    const example = await until("the example", () =>
      editor.ask((api) => {
        const open = api.window.activeTextEditor?.document;
        return open?.uri.path.includes("globalStorage") === true && open.uri.toString();
      }),
    );
    await settled(editor, example, ([first]) => first?.code === "TFL204");
  });

  it("says in the status, and nowhere else, that there is no Python to run in", async () => {
    await configure("server.interpreter", old);
    await editor.status(/names .*old, which is Python 3\.9: tflint needs Python 3\.11 or newer.*Choose interpreter/s);
    assert.equal(await editor.popups(), 0);
    await configure("server.interpreter", SERVER_PYTHON);
    await editor.show(program);
    await settled(editor, uri, (found) => found.length > 0);
  });

  function isSuspected({ code }: { code: string }): boolean {
    return code === "TFL204";
  }

  function script(path: string, line: string): void {
    writeFileSync(path, `#!/bin/sh\n${line}\n`);
    chmodSync(path, 0o755);
  }

  /** Has one of the Python extensions select an interpreter. */
  function select(extension: string, executable: string): Promise<void> {
    return editor.ask(
      async (api, id, path) => {
        const found = api.extensions.getExtension<{ select(path: string): void }>(id);
        (await found?.activate())?.select(path);
      },
      extension,
      executable,
    );
  }

  /** Changes a setting of tflint's, null for its default: of a folder, or the user's own. */
  function configure(name: string, value: unknown, folder: string | null = null): Promise<void> {
    return editor.ask(
      (api, setting, to, of) => {
        const { Global, WorkspaceFolder } = api.ConfigurationTarget;
        const [scope, target] = of === null ? [null, Global] : [api.Uri.file(of), WorkspaceFolder];
        return api.workspace.getConfiguration("tflint", scope).update(setting, to ?? undefined, target);
      },
      name,
      value,
      folder,
    );
  }

  /** What the command for bug reports prints. */
  async function information(): Promise<string> {
    await editor.command("tflint: Print debug information");
    const printed = await until("debug information", () =>
      editor.ask((api) => {
        const open = api.window.activeTextEditor?.document;
        return open?.languageId === "markdown" && open.getText();
      }),
    );
    await editor.ask((api) => api.commands.executeCommand("workbench.action.revertAndCloseActiveEditor"));
    return printed;
  }

  function analyser(printed: string): string | undefined {
    return /Analysing process: (\d+)/.exec(printed)?.[1];
  }
});
