import { type ExtensionContext, window, workspace } from "vscode";

import { register } from "./commands.ts";
import { PythonExtensions } from "./pythonExtensions.ts";
import { Server } from "./server.ts";
import { OF_THE_PROCESS } from "./settings.ts";
import { StatusItem } from "./status.ts";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("tflint", { log: true });
  const extensions = new PythonExtensions();
  const status = new StatusItem();
  server = new Server(context, extensions, status, log);
  const { subscriptions } = context;
  const current = server;
  subscriptions.push(
    log,
    extensions,
    status,
    server,
    ...register(context, server, status, log),
    extensions.onDidChange(() => current.configure()),
    workspace.onDidGrantWorkspaceTrust(() => current.restart()),
    workspace.onDidChangeConfiguration((change) => {
      if (OF_THE_PROCESS.some((setting) => change.affectsConfiguration(setting))) return current.restart();
    }),
  );
  await server.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
