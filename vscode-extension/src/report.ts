/** The conversion report of a model, beside its program. */

import { commands, Position, Selection, Uri, ViewColumn, type WebviewPanel, window, workspace } from "vscode";

/** What the server answers; `path` is where it has written the content, if it has. */
export interface Report {
  readonly kind: "html" | "markdown";
  readonly title: string;
  readonly content: string;
  readonly path?: string | null;
}

/** What a report's page says when a line of it is clicked; `line` is 1-based. */
interface Clicked {
  readonly command: string;
  readonly uri: string;
  readonly line: number;
}

/** A page that brings no policy of its own may not run or load anything. */
const NOTHING_BUT_STYLE =
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

export async function show(report: Report): Promise<void> {
  if (report.kind === "html") await page(report);
  else await preview(report);
}

async function page({ title, content }: Report): Promise<void> {
  const ownPolicy = content.includes('http-equiv="Content-Security-Policy"');
  const panel = window.createWebviewPanel("tflint.report", title, ViewColumn.Beside, {
    enableScripts: ownPolicy,
    enableFindWidget: true,
    localResourceRoots: [],
  });
  panel.webview.onDidReceiveMessage((message: Clicked) => open(message, panel));
  panel.webview.html = ownPolicy ? content : content.replace(/(?<=<head[^>]*>)|^(?!.*<head)/s, NOTHING_BUT_STYLE);
  return Promise.resolve();
}

/** The place in the program that a line of the report is about. */
async function open({ command, uri, line }: Clicked, panel: WebviewPanel): Promise<void> {
  if (command !== "open") return;
  const beside = panel.viewColumn === ViewColumn.One ? ViewColumn.Two : ViewColumn.One;
  const editor = await window.showTextDocument(Uri.parse(uri), { viewColumn: beside });
  const start = new Position(line - 1, 0);
  editor.selection = new Selection(start, start);
  editor.revealRange(editor.selection);
}

async function preview({ content, path }: Report): Promise<void> {
  const document = path
    ? await workspace.openTextDocument(path)
    : await workspace.openTextDocument({ language: "markdown", content });
  await commands.executeCommand("markdown.showPreviewToSide", document.uri);
}
