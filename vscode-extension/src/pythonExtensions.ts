/** The interpreters that other extensions have selected. Neither extension is required. */

import type { PythonEnvironmentApi } from "@vscode/python-environments";
import type { PythonExtension } from "@vscode/python-extension";
import { type Disposable, EventEmitter, extensions, type Uri } from "vscode";

export class PythonExtensions implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: Disposable[] = [];
  readonly #subscribed = new Set<string>();

  /** Fires when another interpreter was selected, or an extension that selects one came or went. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions.push(extensions.onDidChange(() => { this.#changed.fire(); }));
  }

  async environments(scope: Uri | undefined): Promise<string | undefined> {
    const api = await this.#api<PythonEnvironmentApi>("ms-python.vscode-python-envs");
    if (api === undefined) return undefined;
    this.#once("environments", () => api.onDidChangeEnvironment(() => { this.#changed.fire(); }));
    return (await api.getEnvironment(scope))?.execInfo.run.executable;
  }

  async pythonExtension(scope: Uri | undefined): Promise<string | undefined> {
    const api = await this.#api<PythonExtension>("ms-python.python");
    if (api === undefined) return undefined;
    const { environments } = api;
    this.#once("python", () => environments.onDidChangeActiveEnvironmentPath(() => { this.#changed.fire(); }));
    const selected = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(scope));
    return selected?.executable.uri?.fsPath;
  }

  async #api<Api>(id: string): Promise<Api | undefined> {
    const extension = extensions.getExtension<Api | undefined>(id);
    return extension === undefined || extension.isActive ? extension?.exports : extension.activate();
  }

  #once(extension: string, subscribe: () => Disposable): void {
    if (this.#subscribed.has(extension)) return;
    this.#subscribed.add(extension);
    this.#subscriptions.push(subscribe());
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
