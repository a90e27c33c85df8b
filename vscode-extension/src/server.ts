/** The language server: how it is launched, restarted and asked. */

import { type Disposable, type ExtensionContext, type LogOutputChannel, Uri, window, workspace } from "vscode";
import {
  type ConfigurationParams,
  DidChangeConfigurationNotification,
  type DocumentSelector,
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";

import { forServer, NoPython } from "./interpreters.ts";
import type { PythonExtensions } from "./pythonExtensions.ts";
import { Restarts } from "./restarts.ts";
import { importStrategy, resolved, serverPlaces } from "./settings.ts";
import type { Status, StatusItem } from "./status.ts";

const PROGRAMS: DocumentSelector = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { scheme: "vscode-notebook-cell", language: "python" },
];

export class Server implements Disposable {
  readonly #context: ExtensionContext;
  readonly #extensions: PythonExtensions;
  readonly #status: StatusItem;
  readonly #log: LogOutputChannel;
  readonly #trace: LogOutputChannel;
  readonly #restarts = new Restarts(() => this.#start());
  #client: LanguageClient | undefined;
  /** The Python it runs in. */
  #python = "";

  constructor(context: ExtensionContext, extensions: PythonExtensions, status: StatusItem, log: LogOutputChannel) {
    this.#context = context;
    this.#extensions = extensions;
    this.#status = status;
    this.#log = log;
    this.#trace = window.createOutputChannel("tflint trace", { log: true });
  }

  /** End the server, if it runs, and start it with the settings and the trust that are now in force. */
  restart(): Promise<void> {
    return this.#restarts.ask();
  }

  /** Have the server read its configuration again. */
  async configure(): Promise<void> {
    if (this.#client?.isRunning() !== true) return;
    await this.#client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  /** Ask the server to carry out one of its commands: the one that is there when a restart that goes on is over. */
  async execute<Answer>(command: string, ...args: unknown[]): Promise<Answer> {
    await this.#restarts.settled();
    if (this.#client?.isRunning() !== true) throw new Error("tflint's server does not run: see its log");
    return (await this.#client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args })) as Answer;
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }

  dispose(): void {
    this.#trace.dispose();
  }

  async #start(): Promise<void> {
    await this.stop();
    this.#status.starting();
    try {
      const python = await forServer(serverPlaces(this.#extensions));
      this.#python = python.path;
      this.#log.info(`tflint runs in ${python.path} (from ${python.from})`);
      const options = await this.#options();
      this.#client = new LanguageClient("tflint", "tflint", this.#launch(), options);
      this.#client.onNotification("tflint/status", (status: Status) => { this.#status.show(status); });
      await this.#client.start();
      this.#status.started();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      this.#log.error(words);
      this.#status.failed(error instanceof NoPython ? "noPython" : "broken", words);
      if (!(error instanceof NoPython)) throw error;
    }
  }

  #launch(): ServerOptions {
    const bundled = Uri.joinPath(this.#context.extensionUri, "bundled", "server.py").fsPath;
    return {
      command: this.#python,
      args: ["-P", ...(importStrategy() === "useBundled" ? [bundled] : ["-m", "lsp_server"])],
    };
  }

  async #options(): Promise<LanguageClientOptions> {
    return {
      documentSelector: PROGRAMS,
      outputChannel: this.#log,
      traceOutputChannel: this.#trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: {
        trusted: workspace.isTrusted,
        settings: await resolved(undefined, this.#extensions, this.#python),
      },
      diagnosticPullOptions: { onChange: true, onSave: true, onTabs: true },
      middleware: this.#middleware(),
    };
  }

  #middleware(): Middleware {
    return {
      workspace: {
        configuration: async (params: ConfigurationParams, token, next) => {
          const values = (await next(params, token)) as unknown[];
          return Promise.all(
            params.items.map(({ section, scopeUri }, index) => {
              const scope = scopeUri === undefined ? undefined : Uri.parse(scopeUri);
              return section === "tflint" ? resolved(scope, this.#extensions, this.#python) : values[index];
            }),
          );
        },
      },
    };
  }
}
