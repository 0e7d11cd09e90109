/**
 * A signature as strokes of points, apart from any canvas.
 *
 * Points are fractions of the pad on which the first stroke was drawn, so a rotation or resize redraws the same ink in
 * the new box, and ink added after it may reach beyond 0..1. Blank or tiny ink is refused here, and by the service again.
 */
import type { Ink, Pointer } from "../shared/contract";

export interface Point {
  /** Milliseconds since the first touch. */
  readonly t: number;
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
  /** Degrees, -90 to 90; a finger has none. */
  readonly tilt_x?: number;
  readonly tilt_y?: number;
  /** With the first point of each stroke. */
  readonly pointer?: Pointer;
}

export type Stroke = readonly Point[];

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Where the pad of the first stroke, widened by whatever was added since, lies inside a pad of `size`. */
export function fit(strokes: readonly Stroke[], drawn: Size, size: Size): Box {
  const reach = reachOf(strokes);
  const [wide, high] = [reach.width * drawn.width, reach.height * drawn.height];
  const scale = Math.min(size.width / wide, size.height / high);
  return {
    left: (size.width - wide * scale) / 2 - reach.left * drawn.width * scale,
    top: (size.height - high * scale) / 2 - reach.top * drawn.height * scale,
    width: drawn.width * scale,
    height: drawn.height * scale,
  };
}

/** Ink beside the first pad keeps this far from the edge, in fractions of that pad, so that no line is cut in half. */
const MARGIN = 0.04;

/** The first pad and everything drawn, in fractions of the first pad. */
function reachOf(strokes: readonly Stroke[]): Box {
  let [left, top, right, bottom] = [0, 0, 1, 1];
  for (const { x, y } of strokes.flat()) {
    if (x < 0) left = Math.min(left, x - MARGIN);
    if (y < 0) top = Math.min(top, y - MARGIN);
    if (x > 1) right = Math.max(right, x + MARGIN);
    if (y > 1) bottom = Math.max(bottom, y + MARGIN);
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** What a pointer says of itself at one moment, in pixels of the pad. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly t: number;
  readonly pressure: number;
  readonly tilt_x?: number;
  readonly tilt_y?: number;
}

/** A position on the pad, in its pixels, as a point; a finger that slides off stays on the edge. */
export function pointAt(box: Box, pad: Size, at: Spot): Point {
  const within = (value: number, most: number) => Math.min(most, Math.max(0, Number.isFinite(value) ? value : 0));
  const lean = at.tilt_x || at.tilt_y ? { tilt_x: at.tilt_x ?? 0, tilt_y: at.tilt_y ?? 0 } : {};
  return {
    t: Math.max(0, Math.round(at.t)),
    x: (within(at.x, pad.width) - box.left) / box.width,
    y: (within(at.y, pad.height) - box.top) / box.height,
    pressure: within(at.pressure, 1),
    ...lean,
  };
}

/** A point in pixels of the pad in which the ink lies in `box`. */
export function pixelOf(box: Box, point: Point): { x: number; y: number } {
  return { x: box.left + point.x * box.width, y: box.top + point.y * box.height };
}

const ROUND = 100;

/** The ink for the service: pixels of the first pad (widened if need be), two decimals, nothing below zero. */
export function inkOf(strokes: readonly Stroke[], drawn: Size, pixel_ratio: number): Ink {
  const round = (value: number) => Math.round(value * ROUND) / ROUND;
  const reach = reachOf(strokes);
  return {
    width: round(reach.width * drawn.width),
    height: round(reach.height * drawn.height),
    pixel_ratio,
    strokes: strokes.map((stroke) =>
      stroke.map((point) => ({
        ...point,
        x: round((point.x - reach.left) * drawn.width),
        y: round((point.y - reach.top) * drawn.height),
        pressure: round(point.pressure),
      })),
    ),
  };
}

/** A name needs at least this many points … */
const POINTS_MIN = 20;
/** … and no more than the service takes: over a minute without a pause. */
const POINTS_MAX = 20_000;
/** … drawn over at least this part of the pad's width or height … */
const SPREAD_MIN = 0.2;
/** … with a line at least this long, in pad widths. */
const LENGTH_MIN = 0.6;

/** Why this ink cannot be a signature, or null when it can. */
export function inkProblem(strokes: readonly Stroke[]): string | null {
  const points = strokes.flat();
  if (points.length === 0) return "还没有签名，请用手指在框里写您的姓名。";
  if (points.length > POINTS_MAX) return "签名太长了，请点“重写”，只写姓名。";
  const spread = (of: (point: Point) => number) => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of points) [low, high] = [Math.min(low, of(point)), Math.max(high, of(point))];
    return high - low;
  };
  const length = strokes.reduce((total, stroke) => total + lengthOf(stroke), 0);
  if (points.length < POINTS_MIN || length < LENGTH_MIN) return "签名太短了，请写完整的姓名。";
  if (spread(({ x }) => x) < SPREAD_MIN && spread(({ y }) => y) < SPREAD_MIN) return "签名太小了，请写大一些。";
  return null;
}

function lengthOf(stroke: Stroke): number {
  let total = 0;
  for (let index = 1; index < stroke.length; index += 1) {
    const [from, to] = [stroke[index - 1], stroke[index]];
    if (from !== undefined && to !== undefined) total += Math.hypot(to.x - from.x, to.y - from.y);
  }
  return total;
}
