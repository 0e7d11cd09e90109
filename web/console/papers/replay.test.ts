import { describe, expect, it } from "vitest";
import type { Ink } from "../../shared/contract";
import { drawnAt, fitInto, lengthOf, nextEnd, pointersOf, seconds } from "./replay";

const INK: Ink = {
  width: 100,
  height: 50,
  strokes: [
    [{ t: 0, x: 0, y: 0, pressure: 0.2, pointer: "pen" }, { t: 100, x: 10, y: 20, pressure: 0.4 }],
    [{ t: 900, x: 50, y: 0, pressure: 0.5, pointer: "touch" }, { t: 1_000, x: 60, y: 10, pressure: 0.5 }],
  ],
};

describe("the replay of a signature", () => {
  it("lasts as long as the hand took, pauses included", () => {
    expect(lengthOf(INK)).toBe(1_000);
    expect(lengthOf({ ...INK, strokes: [] })).toBe(1);
    expect(seconds(1_040)).toBe("1.0 秒");
  });

  it("shows what stood on the paper at a moment, the line cut where the hand was", () => {
    expect(drawnAt(INK, 50)).toEqual([[INK.strokes[0]![0], { t: 50, x: 5, y: 10, pressure: expect.closeTo(0.3) }]]);
    expect(drawnAt(INK, 500)).toEqual([INK.strokes[0]]);
    expect(drawnAt(INK, 1_000)).toEqual(INK.strokes);
  });

  it("goes from stroke to stroke for whom motion is too much", () => {
    expect([nextEnd(INK, 0), nextEnd(INK, 100), nextEnd(INK, 1_000)]).toEqual([100, 1_000, 1_000]);
  });

  it("says what it was written with", () => {
    expect(pointersOf(INK)).toBe("手写笔、手指");
    expect(pointersOf({ ...INK, strokes: [] })).toBe("");
  });

  it("fits whole and in proportion, without the empty rest of the pad", () => {
    const { scale, left, top } = fitInto(INK, { width: 300, height: 300 });
    for (const { x, y } of INK.strokes.flat()) {
      expect(x * scale + left).toBeGreaterThan(20);
      expect(x * scale + left).toBeLessThan(280);
      expect(y * scale + top).toBeGreaterThan(90);
      expect(y * scale + top).toBeLessThan(210);
    }
    expect(fitInto({ ...INK, strokes: [] }, { width: 100, height: 100 }).scale).toBeLessThan(1);
  });
});
