import { describe, expect, it } from "vitest";
import { fit, inkOf, inkProblem, pixelOf, pointAt, type Point } from "./ink";

const PAD = { width: 300, height: 600 };
const whole = { left: 0, top: 0, ...PAD };
const at = (x: number, y: number, t = 0) => pointAt(whole, PAD, { x, y, t, pressure: 0.5 });
const line = (from: [number, number], to: [number, number], points = 30): Point[] =>
  Array.from({ length: points }, (_, i) => {
    const part = i / (points - 1);
    return at(from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, i * 10);
  });

describe("ink", () => {
  it("comes back in the pixels it was drawn in", () => {
    const ink = inkOf([[at(30, 60), at(150, 300, 12.4)]], PAD, 2);
    expect(ink).toEqual({
      width: 300,
      height: 600,
      pixel_ratio: 2,
      strokes: [[{ t: 0, x: 30, y: 60, pressure: 0.5 }, { t: 12, x: 150, y: 300, pressure: 0.5 }]],
    });
  });

  it("is drawn again whole and in proportion after the phone was turned, and turned back", () => {
    const strokes = [line([30, 60], [270, 540])];
    const turned = fit(strokes, PAD, { width: 600, height: 300 });
    expect(turned).toEqual({ left: 225, top: 0, width: 150, height: 300 });
    expect(pixelOf(turned, strokes[0]![0]!)).toEqual({ x: 240, y: 30 });
    expect(fit(strokes, PAD, PAD)).toEqual(whole);
  });

  it("goes on beside the first pad after turning, and nothing falls below zero or on the edge", () => {
    const strokes = [line([30, 60], [270, 540])];
    const wide = { width: 600, height: 300 };
    const beside = pointAt(fit(strokes, PAD, wide), wide, { x: 0, y: 150, t: 900, pressure: 0.5 });
    const ink = inkOf([...strokes, [beside]], PAD, 2);
    const points = ink.strokes.flat();
    expect(Math.min(...points.map(({ x }) => x))).toBe(12);
    expect(ink.width).toBe(762);
    expect(points.every(({ x, y }) => x <= ink.width && y <= ink.height)).toBe(true);
  });

  it("a finger that slides off the pad stays on its edge", () => {
    expect(at(-50, 9999)).toMatchObject({ x: 0, y: 1 });
  });

  it("blank, short and tiny ink is refused, a name is not", () => {
    expect(inkProblem([])).toContain("还没有");
    expect(inkProblem([line([100, 100], [250, 100], 3)])).toContain("太短");
    const scribble = Array.from({ length: 40 }, (_, i) => at(150 + (i % 2) * 40, 300, i));
    expect(inkProblem([scribble])).toContain("太小");
    expect(inkProblem([line([60, 200], [240, 200]), line([150, 120], [150, 400])])).toBeNull();
  });
});
