/** What VS Code, and what tflint's command, say of a file. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { type Api, type Editor, until } from "./editor.ts";

export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly line: number;
  readonly column: number;
}

export interface Shown extends Finding {
  readonly message: string;
  readonly source: string;
  /** Where the page of its rule is. */
  readonly page: string;
  readonly related: readonly string[];
  /** The text that is underlined. */
  readonly means: string;
}

/** The diagnostics of a document, as the Problems view has them; every source counts, so that doubles are seen. */
export async function shown(editor: Editor, uri: string): Promise<Shown[]> {
  return editor.ask(
    (api: Api, of: string) =>
      api.languages.getDiagnostics(api.Uri.parse(of)).map((diagnostic) => ({
        code: String(typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code),
        severity: (["error", "warning", "info", "info"] as const)[diagnostic.severity],
        line: diagnostic.range.start.line + 1,
        column: diagnostic.range.start.character + 1,
        message: diagnostic.message,
        source: diagnostic.source ?? "",
        page: typeof diagnostic.code === "object" ? diagnostic.code.target.path : "",
        related: (diagnostic.relatedInformation ?? []).map(({ message }) => message),
        means: api.workspace.textDocuments.find(({ uri }) => uri.toString() === of)?.getText(diagnostic.range) ?? "",
      })),
    uri,
  );
}

/** The diagnostics of a document once they are as they should be. */
export function settled(editor: Editor, uri: string, wanted: (found: Shown[]) => boolean): Promise<Shown[]> {
  return until(`other findings in ${uri}`, async () => {
    const found = await shown(editor, uri);
    return wanted(found) && found;
  });
}

/** What the command says of a program. */
export async function told(python: string, program: string, ...flags: string[]): Promise<Finding[]> {
  const command = ["-m", "analyzer", "check", "--output-format", "json", "--exit-zero", "--no-cache", ...flags, program];
  const { stdout } = await promisify(execFile)(python, command, { maxBuffer: 1 << 26 });
  const { findings } = JSON.parse(stdout) as { findings: (Finding & { rule: string })[] };
  return findings.map(({ rule, severity, line, column }) => ({ code: rule, severity, line, column }));
}

/** Without messages, in the order of the file. */
export function places(findings: readonly Finding[]): string[] {
  return findings.map(({ code, severity, line, column }) => `${line}:${column} ${severity} ${code}`).sort();
}
