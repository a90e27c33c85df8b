/** What tflint is doing, or cannot do, for the file in the editor: an item of VS Code's language status. */

import { type Command, type Disposable, languages, LanguageStatusSeverity, Uri, window } from "vscode";

/** What the server says of a folder and the files in it. */
export interface Status {
  readonly uri: string;
  readonly state: "ready" | "busy" | "noTensorFlow" | "untrusted" | "broken";
  readonly message: string;
  readonly interpreter?: string;
  readonly tensorflow?: string;
}

const COMMANDS: Record<Status["state"], Command> = {
  ready: { command: "tflint.dryRun", title: "Dry run" },
  busy: { command: "tflint.showLogs", title: "Log" },
  noTensorFlow: {
    command: "workbench.action.openSettings",
    title: "Choose interpreter",
    arguments: ["tflint.interpreter"],
  },
  untrusted: { command: "workbench.trust.manage", title: "Manage trust" },
  broken: { command: "tflint.showLogs", title: "Log" },
};

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
  broken(message: string): void {
    this.show({ uri: "/", state: "broken", message });
  }

  #draw(): void {
    const status = this.#of(window.activeTextEditor?.document.uri.path ?? "/");
    if (status === undefined) return;
    this.#item.busy = status.state === "busy";
    this.#item.severity = LanguageStatusSeverity[status.state === "broken" ? "Error" : "Information"];
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
