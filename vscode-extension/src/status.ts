/** What tflint is doing, or cannot do, for the file in the editor: an item of VS Code's language status. */

import { type Command, type Disposable, languages, LanguageStatusSeverity, type TextEditor, Uri, window } from "vscode";

/** What the server says of a file, or, with no uri, of all of them. */
export interface Status {
  readonly uri?: string | null;
  readonly state: "ready" | "busy" | "noTensorFlow" | "untrusted" | "broken";
  readonly message: string;
  readonly interpreter?: string | null;
  readonly tensorflow?: string | null;
}

const EVERYWHERE = "";

export class StatusItem implements Disposable {
  readonly #item = languages.createLanguageStatusItem("tflint", { language: "python" });
  readonly #states = new Map<string, Status>();
  readonly #followed = window.onDidChangeActiveTextEditor((editor) => { this.#draw(editor); });

  constructor() {
    this.#item.name = "tflint";
    this.#item.text = "tflint";
    this.#item.busy = true;
  }

  show(status: Status): void {
    this.#states.set(key(status.uri), status);
    this.#draw(window.activeTextEditor);
  }

  /** The server does not run. */
  broken(message: string): void {
    this.#states.clear();
    this.show({ state: "broken", message });
  }

  #draw(editor: TextEditor | undefined): void {
    const status = this.#states.get(key(editor?.document.uri.toString())) ?? this.#states.get(EVERYWHERE);
    if (status === undefined) return;
    const item = this.#item;
    item.busy = status.state === "busy";
    item.severity = status.state === "broken" ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.text = status.tensorflow ? `tflint · TensorFlow ${status.tensorflow}` : "tflint";
    item.detail = status.message;
    item.command = COMMANDS[status.state];
  }

  dispose(): void {
    this.#followed.dispose();
    this.#item.dispose();
  }
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

/** A cell's status is its notebook's. */
function key(uri: string | null | undefined): string {
  if (!uri) return EVERYWHERE;
  const { scheme, path } = Uri.parse(uri);
  return scheme === "vscode-notebook-cell" ? `file:${path}` : `${scheme}:${path}`;
}
