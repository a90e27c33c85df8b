import { copyFile } from "node:fs/promises";

import { build } from "esbuild";

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.cjs",
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
});
// The program that the walkthrough opens.
await copyFile("../examples/rain_tomorrow.py", "dist/rain_tomorrow.py");
