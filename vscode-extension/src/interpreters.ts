/** Which Python runs tflint, and which one dry runs use. */

import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";

/** tflint's own code needs this Python or a newer one; dry runs do not. */
export const OLDEST: Version = [3, 11];

export type Version = readonly [major: number, minor: number];
export type From = "setting" | "Python Environments extension" | "Python extension" | "PATH" | "tflint's own";

export interface Python {
  readonly path: string;
  readonly from: From;
}

/** What runs under a name: the executable that it is, and its version. */
export interface Found {
  readonly executable: string;
  readonly version: Version;
}

/** Where a Python may be named, the places that matter most first; each is asked only if those before it had none. */
export interface Places {
  readonly setting: string;
  /** The environment that an extension has selected. */
  readonly environments: () => Promise<string | undefined>;
  readonly pythonExtension: () => Promise<string | undefined>;
  /** Names to look for on PATH. */
  readonly names: readonly string[];
  /** Undefined where nothing of that name runs. */
  readonly probe: (command: string) => Promise<Found | undefined>;
}

export const NAMES: readonly string[] =
  process.platform === "win32"
    ? ["python", "python3", "py"]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/**
 * The Python of dry runs. One that a setting or an extension names is taken as it is, so that what is wrong with it is
 * said of the one the user chose.
 */
export async function forDryRuns(places: Places, own: string): Promise<Python> {
  for await (const python of named(places)) return python;
  for (const name of places.names) {
    const found = await places.probe(name);
    if (found !== undefined) return { path: found.executable, from: "PATH" };
  }
  return { path: own, from: "tflint's own" };
}

/**
 * The Python that tflint runs in.
 *
 * @throws {NoPython} where the one that the setting names will not do, or there is none.
 */
export async function forServer(places: Places): Promise<Python> {
  for await (const python of named(places)) {
    const found = await places.probe(python.path);
    if (found !== undefined && atLeast(found.version, OLDEST)) return python;
    if (python.from === "setting") throw new NoPython(python.path, found);
  }
  for (const name of places.names) {
    const found = await places.probe(name);
    if (found !== undefined && atLeast(found.version, OLDEST)) return { path: found.executable, from: "PATH" };
  }
  throw new NoPython();
}

export class NoPython extends Error {
  constructor(chosen?: string, found?: Found) {
    super(
      chosen === undefined
        ? `tflint needs Python ${OLDEST.join(".")} or newer to run in, and found none on PATH: ` +
            'install one, or name one in the setting "tflint.server.interpreter". Dry runs may use an older one.'
        : `"tflint.server.interpreter" names ${chosen}, which ` +
            (found === undefined ? "does not run" : `is Python ${found.version.join(".")}`) +
            `: tflint needs Python ${OLDEST.join(".")} or newer.`,
    );
  }
}

async function* named(places: Places): AsyncGenerator<Python> {
  if (places.setting !== "") yield { path: places.setting, from: "setting" };
  const environment = await places.environments();
  if (environment !== undefined) yield { path: environment, from: "Python Environments extension" };
  const selected = await places.pythonExtension();
  if (selected !== undefined) yield { path: selected, from: "Python extension" };
}

function atLeast([major, minor]: Version, [oldestMajor, oldestMinor]: Version): boolean {
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Runs a Python, away from the user's files, to ask what it is. */
export async function probe(command: string): Promise<Found | undefined> {
  const question = "import json, sys; print(json.dumps([sys.executable, sys.version_info[:2]]))";
  try {
    const { stdout } = await promisify(execFile)(command, ["-I", "-c", question], { cwd: homedir(), timeout: 10_000 });
    const [executable, version] = JSON.parse(stdout) as [string, Version];
    return { executable, version };
  } catch {
    return undefined;
  }
}

/** A path from a setting, with what may stand at its beginning replaced. */
export function expanded(setting: string, folder: string | undefined): string {
  const path = setting.trim().replace(/^~(?=$|[\\/])/, homedir());
  return folder === undefined ? path : path.replace(/^\$\{workspaceFolder\}/, folder);
}
