/**
 * A signature as it came into being: which part of the strokes stood on the paper at a moment. Pure; the picture is
 * drawn in `InkReplay.vue`. The time is the hand's own, pauses between strokes included.
 */
import type { Ink, InkPoint, Pointer } from "../../shared/contract";

/** From the first touch to the last point, in milliseconds; never zero, so that a part of it can be asked for. */
export function lengthOf(ink: Ink): number {
  let last = 1;
  for (const stroke of ink.strokes) for (const point of stroke) last = Math.max(last, point.t);
  return last;
}

/** What stood on the paper at `t`, the last line cut where the hand was. */
export function drawnAt(ink: Ink, t: number): InkPoint[][] {
  const drawn: InkPoint[][] = [];
  for (const stroke of ink.strokes) {
    const points = stroke.filter((point) => point.t <= t);
    const [from, to] = [points.at(-1), stroke[points.length]];
    if (from === undefined) continue;
    drawn.push(to === undefined ? points : [...points, between(from, to, t)]);
  }
  return drawn;
}

function between(from: InkPoint, to: InkPoint, t: number): InkPoint {
  const part = to.t > from.t ? (t - from.t) / (to.t - from.t) : 1;
  const at = (of: "x" | "y" | "pressure") => from[of] + (to[of] - from[of]) * part;
  return { t, x: at("x"), y: at("y"), pressure: at("pressure") };
}

/** The moments at which a stroke was finished: the steps for whom motion is too much. */
export function ends(ink: Ink): number[] {
  return ink.strokes.flatMap((stroke) => stroke.at(-1)?.t ?? []).sort((a, b) => a - b);
}

/** The first stroke that is finished after `t`; the end when none is. */
export function nextEnd(ink: Ink, t: number): number {
  return ends(ink).find((end) => end > t) ?? lengthOf(ink);
}

/** "3.4 秒" */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} 秒`;
}

const POINTERS: Record<Pointer, string> = { touch: "手指", pen: "手写笔", mouse: "鼠标" };

/** What it was written with, in words; empty when the phone did not say. */
export function pointersOf(ink: Ink): string {
  const kinds = new Set(ink.strokes.flat().flatMap(({ pointer }) => pointer ?? []));
  return [...kinds].map((kind) => POINTERS[kind]).join("、");
}

export interface Fitted {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** Around the ink, in parts of its longer side. */
const MARGIN = 0.12;

/** The ink whole and in proportion inside a picture of this size; the empty rest of the pad is left out. */
export function fitInto(ink: Ink, size: { width: number; height: number }): Fitted {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of ink.strokes.flat()) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  if (left > right) [left, top, right, bottom] = [0, 0, ink.width, ink.height];
  const margin = Math.max(right - left, bottom - top, 1) * MARGIN;
  const [wide, high] = [right - left + 2 * margin, bottom - top + 2 * margin];
  const scale = Math.min(size.width / wide, size.height / high);
  return {
    scale,
    left: (size.width - wide * scale) / 2 - (left - margin) * scale,
    top: (size.height - high * scale) / 2 - (top - margin) * scale,
  };
}
