/** The pictures of the extension's README. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Locator } from "playwright-core";

import type { Editor } from "./editor.ts";
import { IMAGES, PICTURES } from "./setting.ts";

interface Shot {
  /** The first and the last line of the program to be seen. */
  readonly lines?: readonly [first: number, last: number];
  /** What is to be seen. */
  readonly around?: Locator;
}

const LINE_HEIGHT = 19;
const MARGIN = 12;

/** Takes a picture of part of the window, where pictures are wanted; a shot of nothing is of the whole window. */
export async function picture(editor: Editor, name: string, { lines, around }: Shot): Promise<void> {
  if (!PICTURES) return;
  await editor.page.waitForTimeout(1000);
  const clip = lines ? await ofLines(editor, lines) : around ? await ofElement(around) : undefined;
  await mkdir(IMAGES, { recursive: true });
  await editor.page.screenshot({ path: join(IMAGES, `${name}.png`), ...(clip && { clip }) });
}

interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function ofLines(editor: Editor, [first, last]: readonly [number, number]): Promise<Clip> {
  const numbers = editor.page.locator(".margin-view-overlays .line-numbers");
  const boxes = await Promise.all((await numbers.all()).map(async (number) => ({
    line: Number(await number.innerText()),
    box: await number.boundingBox(),
  })));
  const top = boxes.find(({ line }) => line === first)?.box;
  const bottom = boxes.find(({ line }) => line === last)?.box;
  if (!top || !bottom) throw new Error(`lines ${first} to ${last} are not in the window`);
  return { x: top.x, y: top.y, width: 900, height: bottom.y - top.y + LINE_HEIGHT };
}

async function ofElement(element: Locator): Promise<Clip> {
  const box = await element.boundingBox();
  if (box === null) throw new Error("what the picture is of is not in the window");
  return { x: box.x - MARGIN, y: box.y - MARGIN, width: box.width + 2 * MARGIN, height: box.height + 2 * MARGIN };
}
