/**
 * A handwritten signature as points in time: pure geometry, no canvas.
 * Strokes are kept in the pad's own coordinates, so turning or resizing the window moves nothing.
 */
import { ref } from "vue";
import type { Ink, InkPoint } from "../../shared/contract";

export const PAD = { width: 600, height: 200 } as const;

/** Fewer points than this are a slip of the hand, not a name. */
const POINTS_MIN = 12;

export type Strokes = readonly (readonly InkPoint[])[];

export function begin(strokes: Strokes, point: InkPoint): Strokes {
  return [...strokes, [point]];
}

export function extend(strokes: Strokes, point: InkPoint): Strokes {
  const last = strokes.at(-1);
  return last ? [...strokes.slice(0, -1), [...last, point]] : begin(strokes, point);
}

/** A place on the screen in pad coordinates, kept inside the pad. */
export function place(at: { x: number; y: number }, box: { left: number; top: number; width: number; height: number }): { x: number; y: number } {
  const clamp = (v: number, max: number): number => Math.min(max, Math.max(0, Math.round(v * 10) / 10));
  return {
    x: clamp(((at.x - box.left) / box.width) * PAD.width, PAD.width),
    y: clamp(((at.y - box.top) / box.height) * PAD.height, PAD.height),
  };
}

export function inkOf(strokes: Strokes): Ink | null {
  const points = strokes.reduce((count, stroke) => count + stroke.length, 0);
  return points < POINTS_MIN ? null : { ...PAD, strokes: strokes.map((s) => [...s]) };
}

/** The officer whose ink was kept during this visit: the session said "none" when it began. */
export const inkKeptFor = ref<string | null>(null);
