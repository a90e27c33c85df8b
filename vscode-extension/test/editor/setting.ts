/** What the tests are run with, by scripts/real_editor.py. */

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const OTHERS = given("TFLINT_OTHER_EXTENSIONS");

export const TFLINT = given("TFLINT_VSIX");
/** The extension and the probe. */
export const VSIX = [TFLINT, join(OTHERS, "probe.vsix")];
/** What stands for Microsoft's Python extensions. */
export const PYTHONS = [join(OTHERS, "python.vsix"), join(OTHERS, "environments.vsix")];
/** A Python without packages, for the server. */
export const SERVER_PYTHON = given("TFLINT_SERVER_PYTHON");
/** A Python with TensorFlow and tflint. */
export const DRY_RUN_PYTHON = given("TFLINT_DRY_RUN_PYTHON");
/** Whether the extension's pictures are taken anew. */
export const PICTURES = process.env.TFLINT_SCREENSHOTS === "1";
export const IMAGES = resolve(import.meta.dirname, "..", "..", "images");
export const EXAMPLES = resolve(import.meta.dirname, "..", "..", "..", "examples");

export const INTERPRETERS = { "tflint.interpreter": DRY_RUN_PYTHON, "tflint.server.interpreter": SERVER_PYTHON };

/** A folder for VS Code to open, with copies of these files. */
export function workspace(...sources: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "pump-"));
  for (const source of sources) copyFileSync(source, join(folder, basename(source)));
  return folder;
}

function given(variable: string): string {
  const value = process.env[variable];
  assert.ok(value, `${variable} is set by python -m scripts.real_editor`);
  return value;
}
