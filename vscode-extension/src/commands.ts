/** The commands of the palette, the code lenses and the walkthrough. */

import { commands, type Disposable, type ExtensionContext, type LogOutputChannel, Uri, window, workspace } from "vscode";

import { type Report, show } from "./report.ts";
import type { Server } from "./server.ts";
import type { Ended, StatusItem } from "./status.ts";

/** The program that the walkthrough opens. */
const EXAMPLE = "rain_tomorrow.py";

export function register(
  context: ExtensionContext,
  server: Server,
  status: StatusItem,
  log: LogOutputChannel,
): Disposable[] {
  const all: Record<string, (...args: never[]) => unknown> = {
    "tflint.dryRun": (uri?: string | Uri) => dryRun(server, status, uri),
    "tflint.showReport": (uri?: string | Uri, line?: number) => showReport(server, uri, line),
    "tflint.restart": () => server.restart(),
    "tflint.showLogs": () => { log.show(); },
    "tflint.debugInformation": () => debugInformation(context, server),
    "tflint.openExample": () => openExample(context),
  };
  return Object.entries(all).map(([name, action]) => commands.registerCommand(name, action));
}

async function dryRun(server: Server, status: StatusItem, uri?: string | Uri): Promise<void> {
  const program = uri?.toString() ?? current();
  if (program === undefined) return;
  status.ended(await server.execute<Ended>("tflint.server.dryRun", program));
}

/** `line` is 0-based, as positions of the protocol are. */
async function showReport(server: Server, uri?: string | Uri, line?: number): Promise<void> {
  const program = uri?.toString() ?? current();
  if (program === undefined) return;
  const at = line ?? window.activeTextEditor?.selection.active.line ?? 0;
  await show(await server.execute<Report>("tflint.server.showReport", program, at));
}

async function debugInformation(context: ExtensionContext, server: Server): Promise<void> {
  const { version } = context.extension.packageJSON as { version: string };
  const said = await server.execute<string>("tflint.server.debugInformation");
  const content = `tflint for VS Code ${version}, workspace ${workspace.isTrusted ? "trusted" : "not trusted"}\n\n${said}`;
  await window.showTextDocument(await workspace.openTextDocument({ language: "markdown", content }));
}

/** A copy that the user may change, in the extension's own storage. */
async function openExample(context: ExtensionContext): Promise<void> {
  const copy = Uri.joinPath(context.globalStorageUri, EXAMPLE);
  await workspace.fs.createDirectory(context.globalStorageUri);
  await workspace.fs.copy(Uri.joinPath(context.extensionUri, "dist", EXAMPLE), copy, { overwrite: true });
  await window.showTextDocument(copy);
}

/** The file that the user looks at; of a notebook the cell. */
function current(): string | undefined {
  return (window.activeTextEditor?.document ?? window.activeNotebookEditor?.notebook)?.uri.toString();
}
