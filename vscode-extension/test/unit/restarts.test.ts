import assert from "node:assert/strict";
import { it } from "node:test";

import { Restarts } from "../../src/restarts.ts";

interface Task {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Tasks that end when told to. */
class Tasks {
  readonly began: Task[] = [];

  readonly run = (): Promise<void> => {
    return new Promise((resolve, reject) => this.began.push({ resolve, reject }));
  };

  async end(number: number, error?: Error): Promise<void> {
    const task = this.began[number];
    assert.ok(task, `run ${number} has begun`);
    if (error === undefined) task.resolve();
    else task.reject(error);
    await new Promise(setImmediate);
  }
}

it("serves all that ask during a run with one more", async () => {
  const tasks = new Tasks();
  const restarts = new Restarts(tasks.run);
  const asked = [restarts.ask(), restarts.ask(), restarts.ask(), restarts.ask()];
  assert.equal(tasks.began.length, 1);
  await tasks.end(0);
  assert.equal(tasks.began.length, 2);
  await tasks.end(1);
  await Promise.all(asked);
  assert.equal(tasks.began.length, 2);
});

it("never runs two at a time, and runs again after the queue is empty", async () => {
  const tasks = new Tasks();
  const restarts = new Restarts(tasks.run);
  const first = restarts.ask();
  await tasks.end(0);
  await first;
  const second = restarts.ask();
  const third = restarts.ask();
  assert.equal(tasks.began.length, 2);
  await tasks.end(1);
  await second;
  await tasks.end(2);
  await third;
});

it("tells a failure to those it served, and goes on", async () => {
  const tasks = new Tasks();
  const restarts = new Restarts(tasks.run);
  const [first, second] = [restarts.ask(), restarts.ask()];
  const failed = assert.rejects(first, /no Python/);
  await tasks.end(0, new Error("no Python"));
  await failed;
  await tasks.end(1);
  await second;
});

it("is settled when nothing runs or waits, even where it failed", async () => {
  const tasks = new Tasks();
  const restarts = new Restarts(tasks.run);
  await restarts.settled();
  const [first, second] = [restarts.ask(), restarts.ask()];
  let settled = false;
  const waiting = restarts.settled().then(() => (settled = true));
  const failed = assert.rejects(first, /no Python/);
  await tasks.end(0, new Error("no Python"));
  await failed;
  assert.equal(settled, false);
  await tasks.end(1);
  await Promise.all([second, waiting]);
});
