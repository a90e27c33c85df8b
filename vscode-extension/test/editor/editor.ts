/** A real VS Code, with tflint in it: code-server, a Chromium that shows it, and a probe in its extension host. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { chromium, type Locator, type Page } from "playwright-core";
import type * as vscode from "vscode";

export type Api = typeof vscode;
export type Settings = Record<string, unknown>;

const QUIET = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "window.commandCenter": false,
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  "editor.suggestOnTriggerCharacters": false,
  "editor.parameterHints.enabled": false,
  "editor.stickyScroll.enabled": false,
  "editor.hover.above": false,
  "editor.occurrencesHighlight": "off",
};
const FLAGS = ["no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update", "disable-sync"];
/** Until something that should happen counts as one that does not: machines of CI are slow. */
const UP_MS = 180_000;

export class Editor implements AsyncDisposable {
  readonly page: Page;
  readonly #socket: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(page: Page, socket: string, stack: AsyncDisposableStack) {
    this.page = page;
    this.#socket = socket;
    this.#stack = stack;
  }

  /** VS Code on a folder, or on the folders that a workspace file names, with these settings of the machine. */
  static async open(
    place: string,
    { settings = {}, trusted = true, vsix }: { settings?: Settings; trusted?: boolean; vsix: readonly string[] },
  ): Promise<Editor> {
    await using stack = new AsyncDisposableStack();
    const scratch = await mkdtemp(join(tmpdir(), "tflint-editor-"));
    stack.defer(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));
    const [data, extensions, socket] = [join(scratch, "data"), join(scratch, "extensions"), join(scratch, "probe")];
    await written(join(data, "User", "settings.json"), QUIET);
    await written(join(data, "Machine", "settings.json"), settings);
    const environment = { ...process.env, HOME: scratch, PROBE: socket };
    const where = ["--user-data-dir", data, "--extensions-dir", extensions];
    const installs = vsix.flatMap((path) => ["--install-extension", path]);
    await promisify(execFile)("code-server", [...where, ...installs], { env: environment });

    const port = await freePort();
    const flags = ["--auth", "none", "--disable-telemetry", "--disable-update-check", "--bind-addr"];
    const trust = trusted ? ["--disable-workspace-trust"] : [];
    const server = spawn("code-server", [...flags, `127.0.0.1:${port}`, ...trust, ...where, place], {
      env: environment,
      stdio: "ignore",
      detached: true,
    });
    stack.defer(() => ended(server));
    const kind = place.endsWith(".code-workspace") ? "workspace" : "folder";
    const address = `http://127.0.0.1:${port}/?${kind}=${place}`;
    await until("code-server answers", () => answers(address));

    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: FLAGS.map((flag) => `--${flag}`),
    });
    stack.defer(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(UP_MS);
    await page.goto(address);
    await page.waitForSelector(".monaco-workbench .part.editor");
    const asked = JSON.stringify({ source: "() => true", args: [] });
    await until("the probe answers", () => post(socket, asked).then(() => true, () => false));
    return new Editor(page, socket, stack.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** What a function returns when it runs in the extension host; of the test's own variables it sees only `args`. */
  async ask<Args extends unknown[], Answer>(
    question: (api: Api, ...args: Args) => Answer | PromiseLike<Answer>,
    ...args: Args
  ): Promise<Answer> {
    const told = await post(this.#socket, JSON.stringify({ source: question.toString(), args }));
    const { answer, error } = JSON.parse(told) as { answer: Answer; error?: string };
    if (error !== undefined) throw new Error(error);
    return answer;
  }

  /** Shows a file and has the keyboard in it. */
  async show(path: string): Promise<void> {
    await this.ask(
      (api, file) => api.window.showTextDocument(api.Uri.file(file)).then(() => undefined),
      path,
    );
    await this.press("Control+1");
    await this.page.locator(".tab.active", { hasText: basename(path) }).first().waitFor();
    await this.page.waitForSelector(".monaco-editor.focused .view-line");
    // Commands go by what the extension host takes for the active editor, which it hears of later.
    await until(`${path} is in the active editor`, () =>
      this.ask((api, file) => api.window.activeTextEditor?.document.uri.fsPath === file, path),
    );
  }

  /** Moves the cursor; line and column are 1-based. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.#enter("Control+g", `:${line}:${column}`);
    const place = this.page.locator("#status\\.editor\\.selection", { hasText: `Ln ${line}, Col ${column}` });
    await place.waitFor();
    await this.page.waitForSelector(".monaco-editor.focused");
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(words: string): Promise<void> {
    await this.page.keyboard.type(words);
  }

  async command(title: string): Promise<void> {
    await this.#enter("F1", `>${title}`, title);
  }

  /** Fills in VS Code's input, when it is there, and accepts: the entry that must be the focused one, if it is said. */
  async #enter(key: string, words: string, entry?: string): Promise<void> {
    const widget = this.page.locator(".quick-input-widget");
    await this.press(key);
    await widget.locator("input.input").fill(words);
    if (entry !== undefined) await widget.locator(".monaco-list-row.focused", { hasText: entry }).waitFor();
    await this.press("Enter");
    await widget.waitFor({ state: "hidden" });
  }

  /** Picks an entry of the quick fixes at the cursor; `before` is done while they are seen. */
  async fix(title: string, before?: () => Promise<void>): Promise<void> {
    const menu = this.page.locator(".action-widget").first();
    const entry = menu.locator(".monaco-list-row", { hasText: title }).first();
    // VS Code drops a request for them that is still unanswered when it asks for its light bulb's, after each move.
    await until(`the quick fix "${title}"`, async () => {
      await this.press("Control+.");
      return comes(entry);
    });
    await before?.();
    await entry.click();
    await menu.waitFor({ state: "hidden" });
  }

  /** What the language status says of tflint, once it says something like this. */
  async status(wanted: RegExp, before?: (item: Locator) => Promise<void>): Promise<void> {
    const item = this.page.locator(".hover-language-status", { hasText: "tflint" }).filter({ hasText: wanted });
    await until(`the language status says ${wanted}`, async () => {
      await this.page.locator("#status\\.languageStatus").click();
      return comes(item);
    });
    await before?.(item);
    await this.press("Escape", "Control+1");
  }

  /** How many notifications there are. */
  async popups(): Promise<number> {
    return this.page.locator(".notification-toast").count();
  }

  /** For a test that failed: all the words that are to be seen, and where a picture is. */
  async witness(): Promise<string> {
    const picture = join(tmpdir(), `tflint-failed-${Date.now()}.png`);
    await this.page.screenshot({ path: picture });
    return `${await this.page.locator(".monaco-workbench").innerText()}\n(${picture})`;
  }
}

/** Says why a test of this editor may have failed, after each that did. */
export function witnessed(editor: () => Editor): void {
  afterEach(async (context) => {
    if ("passed" in context && context.passed === false) console.error(await editor().witness());
  });
}

/** Whether something comes to be seen within some seconds. */
function comes(what: Locator): Promise<boolean> {
  return what.waitFor({ timeout: 10_000 }).then(() => true, () => false);
}

/** Asks until the answer is neither false nor undefined, and returns it. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  limitMs = UP_MS,
): Promise<Answer> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await sleep(200);
  }
}

async function written(path: string, settings: Settings): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(settings));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(address, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => { resolve(false); });
  });
}

/** Ends a process and all that it has started. */
async function ended(leader: ChildProcess): Promise<void> {
  if (leader.pid === undefined || leader.exitCode !== null) return;
  const gone = new Promise((resolve) => leader.once("exit", resolve));
  process.kill(-leader.pid, "SIGTERM");
  await gone;
}

function post(socketPath: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, method: "POST" }, (response) => { text(response).then(resolve, reject); })
      .on("error", reject)
      .end(body);
  });
}
