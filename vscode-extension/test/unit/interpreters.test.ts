import assert from "node:assert/strict";
import { mkdtempSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

import { expanded, forDryRuns, forServer, NoPython, type Places, probe, type Version } from "../../src/interpreters.ts";

const OWN = "/own/python";

/** Places that name the Pythons given, and what runs under each name; `asked` collects what was looked at. */
function places(named: Partial<Places>, running: Record<string, Version> = {}, asked: string[] = []): Places {
  return {
    setting: "",
    environments: () => Promise.resolve(undefined),
    pythonExtension: () => Promise.resolve(undefined),
    names: Object.keys(running),
    probe: (command) => {
      asked.push(command);
      const version = running[command];
      return Promise.resolve(version && { executable: `/bin/${command}`, version });
    },
    ...named,
  };
}

const environments = (): Promise<string> => Promise.resolve("/environments/python");
const pythonExtension = (): Promise<string> => Promise.resolve("/extension/python");

describe("the Python of dry runs", () => {
  const everywhere = { setting: "/setting/python", environments, pythonExtension };

  it("is the setting's, before all others", async () => {
    assert.deepEqual(await forDryRuns(places(everywhere), OWN), { path: "/setting/python", from: "setting" });
  });

  it("is what the Python Environments extension selected, before the Python extension's", async () => {
    assert.deepEqual(await forDryRuns(places({ ...everywhere, setting: "" }), OWN), {
      path: "/environments/python",
      from: "Python Environments extension",
    });
    assert.deepEqual(await forDryRuns(places({ pythonExtension }), OWN), {
      path: "/extension/python",
      from: "Python extension",
    });
  });

  it("is the first on PATH that runs, however old", async () => {
    const found = await forDryRuns(places({ names: ["python3", "python"] }, { python: [3, 7] }), OWN);
    assert.deepEqual(found, { path: "/bin/python", from: "PATH" });
  });

  it("is tflint's own where there is no other", async () => {
    assert.deepEqual(await forDryRuns(places({}), OWN), { path: OWN, from: "tflint's own" });
  });

  it("is taken from a setting or an extension without running it", async () => {
    const asked: string[] = [];
    await forDryRuns(places(everywhere, { python3: [3, 12] }, asked), OWN);
    assert.deepEqual(asked, []);
  });
});

describe("the Python that tflint runs in", () => {
  it("is passed over where it is older than 3.11", async () => {
    const running: Record<string, Version> = { "/environments/python": [3, 7], python3: [3, 10], "python3.12": [3, 12] };
    const found = await forServer(places({ environments, names: ["python3", "python3.12"] }, running));
    assert.deepEqual(found, { path: "/bin/python3.12", from: "PATH" });
  });

  it("is the selected environment's where that is new enough", async () => {
    const found = await forServer(places({ environments }, { "/environments/python": [3, 11], python3: [3, 14] }));
    assert.deepEqual(found, { path: "/environments/python", from: "Python Environments extension" });
  });

  it("is never another than the one that the setting names", async () => {
    const old = places({ setting: "/setting/python" }, { "/setting/python": [3, 9], python3: [3, 12] });
    await assert.rejects(forServer(old), (error) => error instanceof NoPython && error.message.includes("is Python 3.9"));
    const gone = places({ setting: "/setting/python" }, { python3: [3, 12] });
    await assert.rejects(forServer(gone), (error) => error instanceof NoPython && error.message.includes("does not run"));
  });

  it("is asked for in one sentence where there is none", async () => {
    await assert.rejects(forServer(places({}, { python3: [3, 10] })), /install one, or name one in the setting/);
  });
});

describe("a probe", () => {
  it("tells the version and the executable of what runs", async () => {
    const found = await probe("python3");
    assert.equal(found?.version[0], 3);
    assert.match(found.executable, /python/);
  });

  it("tells nothing of what does not run, or is no Python", async () => {
    assert.equal(await probe("/no/such/python"), undefined);
    const folder = mkdtempSync(join(tmpdir(), "tflint-"));
    symlinkSync("/bin/true", join(folder, "python"));
    assert.equal(await probe(join(folder, "python")), undefined);
  });
});

describe("a path from a setting", () => {
  it("may begin with the folder or the home folder", () => {
    assert.equal(expanded("${workspaceFolder}/.venv/bin/python", "/home/me/rain"), "/home/me/rain/.venv/bin/python");
    assert.equal(expanded("~/venv/bin/python", undefined), `${homedir()}/venv/bin/python`);
    assert.equal(expanded(" python3.9 ", "/work"), "python3.9");
    assert.equal(expanded("/a/~b/python", "/work"), "/a/~b/python");
  });
});
