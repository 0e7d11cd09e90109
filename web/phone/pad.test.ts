import { describe, expect, it } from "vitest";
import { pixelOf } from "./ink";
import { Pad, type Touch } from "./pad";

const TALL = { width: 300, height: 600 };
const WIDE = { width: 600, height: 300 };
const touch = (x: number, y: number, more: Partial<Touch> = {}): Touch => ({
  id: 1, kind: "touch", main: true, across: 24, x, y, t: 0, pressure: 0.5, ...more,
});
const name = (pad: Pad, y = 300): void => {
  pad.down(touch(30, y));
  pad.move(1, Array.from({ length: 40 }, (_, i) => ({ x: 30 + i * 6, y: y + (i % 2) * 40, t: i * 8, pressure: 0.5 })));
  pad.up(1);
};

describe("the pad", () => {
  it("keeps every stroke where it was put while it is written, also beside the first pad after turning", () => {
    const pad = new Pad(TALL);
    name(pad);
    pad.resize(WIDE);
    const before = pad.strokes[0]!.map((point) => pixelOf(pad.box, point));
    pad.down(touch(0, 150));
    pad.move(1, [{ x: 600, y: 10, t: 900, pressure: 0.5 }]);
    expect(pad.strokes[0]!.map((point) => pixelOf(pad.box, point))).toEqual(before);
    expect(pixelOf(pad.box, pad.strokes[1]![1]!)).toEqual({ x: 600, y: 10 });
  });

  it("comes back exactly after the phone was turned and turned back", () => {
    const pad = new Pad(TALL);
    name(pad);
    const ink = pad.ink(2);
    pad.resize(WIDE);
    pad.resize(TALL);
    expect(pad.ink(2)).toEqual(ink);
    expect(pad.box).toEqual({ left: 0, top: 0, ...TALL });
  });

  it("a second finger, and the ball of the hand, draw nothing", () => {
    const pad = new Pad(TALL);
    expect(pad.down(touch(10, 10, { id: 7, across: 140 }))).toBe(false);
    expect(pad.down(touch(50, 50, { id: 8, main: false }))).toBe(true);
    expect(pad.down(touch(200, 200, { id: 9, main: false }))).toBe(false);
    expect(pad.move(9, [{ x: 210, y: 210, t: 5, pressure: 0.5 }])).toBe(false);
    expect(pad.strokes).toHaveLength(1);
  });

  it("once a pen wrote, the hand that holds it writes nothing", () => {
    const pad = new Pad(TALL);
    expect(pad.down(touch(50, 50, { kind: "pen", tilt_x: 30, tilt_y: -10 }))).toBe(true);
    pad.up(1);
    expect(pad.down(touch(200, 500, { id: 2 }))).toBe(false);
    expect(pad.strokes[0]![0]).toMatchObject({ tilt_x: 30, tilt_y: -10, pointer: "pen" });
  });

  it("goes on when the end of a stroke was never told", () => {
    const pad = new Pad(TALL);
    pad.down(touch(50, 50, { id: 3 }));
    expect(pad.down(touch(90, 90, { id: 4 }))).toBe(true);
    expect(pad.strokes).toHaveLength(2);
  });

  it("takes back one stroke at a time, and begins anew in the box as it then is", () => {
    const pad = new Pad(TALL);
    name(pad);
    name(pad, 400);
    expect(pad.problem()).toBeNull();
    pad.undo();
    expect(pad.strokes).toHaveLength(1);
    pad.resize(WIDE);
    pad.undo();
    expect(pad.problem()).toContain("还没有");
    name(pad, 100);
    expect(pad.ink(2)).toMatchObject(WIDE);
  });

  it("a finger that rests adds no points", () => {
    const pad = new Pad(TALL);
    pad.down(touch(50, 50));
    expect(pad.move(1, [{ x: 50, y: 50, t: 500, pressure: 0.9 }])).toBe(false);
    expect(pad.strokes[0]).toHaveLength(1);
  });
});
