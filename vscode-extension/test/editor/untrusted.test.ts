/** A user opens a workspace that is not trusted, and trusts it later. */

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";

import { Editor, until, witnessed } from "./editor.ts";
import { settled } from "./findings.ts";
import { EXAMPLES, INTERPRETERS, VSIX, workspace } from "./setting.ts";

describe("in a workspace that is not trusted", () => {
  let editor: Editor;
  const folder = workspace(join(EXAMPLES, "rain_tomorrow.py"));
  const program = join(folder, "rain_tomorrow.py");
  const uri = pathToFileURL(program).href;
  const ran = join(folder, "ran");

  before(async () => {
    const hostile = join(folder, "python");
    writeFileSync(hostile, `#!/bin/sh\ntouch ${ran}\nexec ${INTERPRETERS["tflint.interpreter"]} "$@"\n`);
    chmodSync(hostile, 0o755);
    mkdirSync(join(folder, ".vscode"));
    const settings = { "tflint.interpreter": hostile, "tflint.server.interpreter": hostile };
    writeFileSync(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
    editor = await Editor.open(folder, {
      settings: { "tflint.server.interpreter": INTERPRETERS["tflint.server.interpreter"] },
      trusted: false,
      vsix: VSIX,
    });
    await editor.show(program);
  });
  after(() => editor[Symbol.asyncDispose]());
  witnessed(() => editor);

  it("shows what static analysis finds", async () => {
    const found = await settled(editor, uri, ({ length }) => length > 0);
    assert.deepEqual(found.map(({ code, severity }) => [code, severity]), [["TFL204", "warning"]]);
  });

  it("says in the language status that nothing is run", async () => {
    await editor.status(/not trusted.*Manage trust/s);
  });

  it("runs nothing, whether a program is saved or a dry run asked for", async () => {
    await editor.goTo(1);
    await editor.press("End");
    await editor.type("  # looked at");
    await editor.press("Control+s");
    const { state } = await editor.ask(
      (api, of) => api.commands.executeCommand<{ state: string }>("tflint.server.dryRun", of),
      uri,
    );
    assert.equal(state, "notRun");
    assert.equal(existsSync(ran), false, "an interpreter that the workspace names has run");
    const found = await settled(editor, uri, ({ length }) => length > 0);
    assert.deepEqual(found.map(({ severity }) => severity), ["warning"]);
  });

  it("dry-runs with the workspace's interpreter once the workspace is trusted", async () => {
    await editor.ask((api) => void api.commands.executeCommand("workbench.trust.manage"));
    await editor.page.getByRole("button", { name: "Trust", exact: true }).click();
    await until("trust", () => editor.ask((api) => api.workspace.isTrusted));
    await editor.show(program);
    await editor.command("tflint: Dry run this file");
    await settled(editor, uri, (found) => found.some(({ code, severity }) => code === "TFL204" && severity === "error"));
    assert.equal(existsSync(ran), true);
  });
});
