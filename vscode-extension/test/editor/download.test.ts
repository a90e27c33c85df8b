/** What the README says of the download. */

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

import { TFLINT } from "./setting.ts";

it("is as large as the README says", () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "..", "README.md"), "utf-8");
  const [, megabytes] = /(\d+) MB to download/.exec(readme) ?? [];
  assert.equal(Math.round(statSync(TFLINT).size / 1e6), Number(megabytes));
});
