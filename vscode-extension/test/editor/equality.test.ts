/** VS Code shows what the command shows. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";

import { Editor, witnessed } from "./editor.ts";
import { places, settled, told } from "./findings.ts";
import { DRY_RUN_PYTHON, EXAMPLES, INTERPRETERS, VSIX, workspace } from "./setting.ts";

/** The programs of a folder outside the repository are compared as well, where this names one. */
const MORE = process.env.TFLINT_PROGRAMS;
const PROGRAMS = [EXAMPLES, join(import.meta.dirname, "programs"), ...(MORE ? [MORE] : [])].flatMap(programs);
/** Of ours two are dry-run: what is compared is the editor, not the dry run. */
const DRY_RUN = ["rain_tomorrow.py", "valve_wear.py", ...(MORE ? readdirSync(MORE) : [])];

describe("VS Code shows what the command shows", () => {
  let editor: Editor;
  const folder = workspace(...PROGRAMS);

  before(async () => {
    editor = await Editor.open(folder, { settings: { ...INTERPRETERS, "tflint.dryRun.onSave": false }, vsix: VSIX });
  });
  after(() => editor[Symbol.asyncDispose]());
  witnessed(() => editor);

  for (const name of readdirSync(folder)) {
    const program = join(folder, name);
    const uri = pathToFileURL(program).href;

    it(`of ${name}, read`, async () => {
      const wanted = places(await told(DRY_RUN_PYTHON, program));
      await editor.show(program);
      await settled(editor, uri, (found) => places(found).join() === wanted.join());
    });

    if (!DRY_RUN.includes(name)) continue;
    it(`of ${name}, dry-run`, async () => {
      const wanted = places(await told(DRY_RUN_PYTHON, program, "--dry-run"));
      await editor.ask((api, of) => api.commands.executeCommand("tflint.server.dryRun", of), uri);
      await settled(editor, uri, (found) => places(found).join() === wanted.join());
    });
  }
});

function programs(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".py")).map((name) => join(folder, name));
}
