/** What tflint is doing, or cannot do, for the file in the editor: an item of VS Code's language status. */

import { type Command, type Disposable, languages, LanguageStatusSeverity, Uri, window } from "vscode";

/** What the server says of a folder and the files in it; "noPython" is said where there can be no server. */
export interface Status {
  readonly uri: string;
  readonly state: "ready" | "busy" | "noTensorFlow" | "untrusted" | "broken" | "noPython";
  readonly message: string;
  readonly interpreter?: string;
  readonly tensorflow?: string;
}

/** How a dry run that was asked for went. */
export interface Ended {
  readonly state: "done" | "cancelled" | "notRun";
  readonly message: string;
}

const ICONS: Record<Ended["state"], string> = { done: "check", cancelled: "circle-slash", notRun: "warning" };
/** How long the status bar tells it. */
const TOLD_MS = 15_000;

const COMMANDS: Record<Status["state"], Command> = {
  ready: { command: "tflint.dryRun", title: "Dry run" },
  busy: { command: "tflint.showLogs", title: "Log" },
  noTensorFlow: interpreterIn("tflint.interpreter"),
  untrusted: { command: "workbench.trust.manage", title: "Manage trust" },
  broken: { command: "tflint.showLogs", title: "Log" },
  noPython: interpreterIn("tflint.server.interpreter"),
};
const ERRORS: ReadonlySet<Status["state"]> = new Set(["broken", "noPython"]);

export class StatusItem implements Disposable {
  readonly #item = languages.createLanguageStatusItem("tflint", { language: "python" });
  readonly #folders = new Map<string, Status>();
  readonly #followed = window.onDidChangeActiveTextEditor(() => { this.#draw(); });

  starting(): void {
    this.#folders.clear();
    this.#item.name = "tflint";
    this.#item.busy = true;
    this.#item.severity = LanguageStatusSeverity.Information;
    this.#item.text = "tflint";
    this.#item.detail = "starting";
    this.#item.command = COMMANDS.broken;
  }

  /** The server runs; what it has said by now is shown. */
  started(): void {
    this.#item.busy = false;
    this.#item.detail = "";
    this.#draw();
  }

  show(status: Status): void {
    this.#folders.set(Uri.parse(status.uri).path, status);
    this.#draw();
  }

  /** There is no server. */
  failed(state: "broken" | "noPython", message: string): void {
    this.show({ uri: "/", state, message });
  }

  /** Tell the user, who asked for it, how a dry run went; why there was none stays until something else is known. */
  ended({ state, message }: Ended): void {
    window.setStatusBarMessage(`$(${ICONS[state]}) tflint: ${message}`, TOLD_MS);
    if (state !== "notRun") return;
    this.#item.severity = LanguageStatusSeverity.Warning;
    this.#item.detail = message;
  }

  #draw(): void {
    const status = this.#of(window.activeTextEditor?.document.uri.path ?? "/");
    if (status === undefined) return;
    this.#item.busy = status.state === "busy";
    this.#item.severity = LanguageStatusSeverity[ERRORS.has(status.state) ? "Error" : "Information"];
    this.#item.detail = status.message;
    this.#item.command = COMMANDS[status.state];
  }

  /** The status of the innermost folder that a path lies in. */
  #of(path: string): Status | undefined {
    const around = [...this.#folders.keys()].filter((folder) => `${path}/`.startsWith(folder.replace(/\/*$/, "/")));
    return this.#folders.get(around.sort((one, other) => other.length - one.length)[0] ?? "");
  }

  dispose(): void {
    this.#followed.dispose();
    this.#item.dispose();
  }
}

function interpreterIn(setting: string): Command {
  return { command: "workbench.action.openSettings", title: "Choose interpreter", arguments: [setting] };
}
