/** The settings of section "tflint", as the server reads them. */

import { type Uri, workspace } from "vscode";

import { expanded, forDryRuns, NAMES, type Places, probe } from "./interpreters.ts";
import type { PythonExtensions } from "./pythonExtensions.ts";

/** Settings that another server process is needed for. */
export const OF_THE_PROCESS = ["tflint.server.interpreter", "tflint.importStrategy"];

export type ImportStrategy = "useBundled" | "fromEnvironment";

/** A folder's settings, with paths as they are on this machine and the interpreter found; `own` is the server's. */
export async function resolved(
  scope: Uri | undefined,
  extensions: PythonExtensions,
  own: string,
): Promise<Record<string, unknown>> {
  const settings = workspace.getConfiguration("tflint", scope ?? null);
  const { path } = await forDryRuns(places(settings.get("interpreter", ""), scope, extensions), own);
  const folder = folderOf(scope);
  const converters = settings.get<string[]>("converters", []).map((converter) => expanded(converter, folder));
  return { ...(JSON.parse(JSON.stringify(settings)) as object), interpreter: path, converters };
}

export function importStrategy(): ImportStrategy {
  return workspace.getConfiguration("tflint").get<ImportStrategy>("importStrategy", "useBundled");
}

/**
 * Where the server's own Python may be. An untrusted workspace may hold, and have selected, an environment of its own:
 * there only the user's setting and PATH count.
 */
export function serverPlaces(extensions: PythonExtensions): Places {
  const setting = workspace.getConfiguration("tflint").get("server.interpreter", "");
  const nowhere = (): Promise<undefined> => Promise.resolve(undefined);
  const all = places(setting, workspace.workspaceFolders?.[0]?.uri, extensions);
  return workspace.isTrusted ? all : { ...all, environments: nowhere, pythonExtension: nowhere };
}

function places(setting: string, scope: Uri | undefined, extensions: PythonExtensions): Places {
  return {
    setting: expanded(setting, folderOf(scope)),
    environments: () => extensions.environments(scope),
    pythonExtension: () => extensions.pythonExtension(scope),
    names: NAMES,
    probe,
  };
}

function folderOf(scope: Uri | undefined): string | undefined {
  const folder = scope === undefined ? workspace.workspaceFolders?.[0] : workspace.getWorkspaceFolder(scope);
  return folder?.uri.fsPath;
}
