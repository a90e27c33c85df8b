/** A real VS Code, with tflint in it: code-server, a Chromium that shows it, and a probe in its extension host. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { type Browser, chromium, type Page } from "playwright-core";
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
  "editor.stickyScroll.enabled": false,
  "editor.occurrencesHighlight": "off",
};
const FLAGS = ["no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update", "disable-sync"];
const UP_MS = 120_000;

export class Editor {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: ChildProcess;
  readonly #scratch: string;
  readonly #socket: string;

  private constructor(page: Page, browser: Browser, server: ChildProcess, scratch: string, socket: string) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
    this.#scratch = scratch;
    this.#socket = socket;
  }

  /** VS Code on a folder, with these user settings, the extensions given by path, and the probe. */
  static async open(
    folder: string,
    { settings = {}, trusted = true, vsix }: { settings?: Settings; trusted?: boolean; vsix: readonly string[] },
  ): Promise<Editor> {
    const scratch = await mkdtemp(join(tmpdir(), "tflint-editor-"));
    const [data, extensions, socket] = [join(scratch, "data"), join(scratch, "extensions"), join(scratch, "probe")];
    await mkdir(join(data, "User"), { recursive: true });
    await writeFile(join(data, "User", "settings.json"), JSON.stringify({ ...QUIET, ...settings }));
    const environment = { ...process.env, HOME: scratch, PROBE: socket };
    const where = ["--user-data-dir", data, "--extensions-dir", extensions];
    const installs = vsix.flatMap((path) => ["--install-extension", path]);
    await promisify(execFile)("code-server", [...where, ...installs], { env: environment });

    const port = await freePort();
    const flags = ["--auth", "none", "--disable-telemetry", "--disable-update-check", "--bind-addr"];
    const trust = trusted ? ["--disable-workspace-trust"] : [];
    const server = spawn("code-server", [...flags, `127.0.0.1:${port}`, ...trust, ...where, folder], {
      env: environment,
      stdio: "ignore",
      detached: true,
    });
    const address = `http://127.0.0.1:${port}/?folder=${folder}`;
    await until("code-server answers", () => answers(address));

    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: FLAGS.map((flag) => `--${flag}`),
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(UP_MS);
    await page.goto(address);
    await page.waitForSelector(".monaco-workbench .part.editor");
    const editor = new Editor(page, browser, server, scratch, socket);
    await until("the probe answers", () => editor.ask(() => true).catch(() => false));
    return editor;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    const gone = new Promise((resolve) => this.#server.once("exit", resolve));
    if (this.#server.pid !== undefined) process.kill(-this.#server.pid, "SIGTERM");
    await gone;
    await rm(this.#scratch, { recursive: true, force: true, maxRetries: 5 });
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
    await this.page.waitForSelector(".monaco-editor.focused .view-line");
  }

  /** Moves the cursor; line and column are 1-based. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.press("Control+g");
    await this.page.keyboard.type(`${line}:${column}`);
    await this.press("Enter");
    await this.page.waitForSelector(".monaco-editor.focused");
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(words: string): Promise<void> {
    await this.page.keyboard.type(words);
  }

  async command(title: string): Promise<void> {
    await this.press("F1");
    await this.page.keyboard.type(title);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
    await this.press("Enter");
  }
}

/** Asks until the answer is neither false nor undefined, and returns it. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
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

function post(socketPath: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, method: "POST" }, (response) => { text(response).then(resolve, reject); })
      .on("error", reject)
      .end(body);
  });
}
