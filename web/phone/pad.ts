/**
 * What a hand does on the pad, as data: one finger draws; a palm or a second finger does not; a pen silences the hand
 * that holds it. Knows no canvas and no events, so that every odd hand can be tested.
 *
 * The ink stays where it was put while it is written. It moves only when the pad itself gets another size.
 */
import { fit, inkOf, inkProblem, pointAt, type Box, type Point, type Size, type Spot } from "./ink";
import type { Ink, Pointer } from "../shared/contract";

/** A pointer that comes down, with the size of what touches. */
export interface Touch extends Spot {
  readonly id: number;
  readonly kind: Pointer;
  /** The main one of its kind: when it comes down, none of its kind was down before. */
  readonly main: boolean;
  readonly across: number;
}

/** Wider than any fingertip: the ball of the hand. */
const PALM_PX = 90;

export class Pad {
  strokes: Point[][] = [];
  /** Where the pad of the first stroke lies inside the pad as it is now. */
  box: Box;
  private drawn: Size;
  private began = 0;
  private drawing: { id: number; kind: Pointer } | null = null;
  private pen = false;

  constructor(private size: Size) {
    this.drawn = size;
    this.box = { left: 0, top: 0, ...size };
  }

  /** The phone was turned, or the window changed: the same ink, whole and in proportion, in the new box. */
  resize(size: Size): void {
    if (size.width === this.size.width && size.height === this.size.height) return;
    this.size = size;
    if (this.strokes.length === 0) this.begin(0);
    else this.box = fit(this.strokes, this.drawn, size);
  }

  private begin(at: number): void {
    [this.drawn, this.began] = [this.size, at];
    this.box = { left: 0, top: 0, ...this.size };
  }

  /** True when this one draws from now on. */
  down(touch: Touch): boolean {
    if (touch.kind === "pen") this.pen = true;
    if (touch.kind === "touch" && (this.pen || touch.across > PALM_PX)) return false;
    // A main pointer of the same kind cannot come down beside itself: the end of the earlier one was missed.
    const lost = touch.main && this.drawing?.kind === touch.kind;
    if (this.drawing !== null && !lost) return false;
    this.drawing = { id: touch.id, kind: touch.kind };
    if (this.strokes.length === 0) this.begin(touch.t);
    this.strokes.push([{ ...this.point(touch), pointer: touch.kind }]);
    return true;
  }

  /** True when something was drawn. A pointer that rests adds nothing. */
  move(id: number, spots: readonly Spot[]): boolean {
    const stroke = this.strokes.at(-1);
    if (id !== this.drawing?.id || stroke === undefined) return false;
    const before = stroke.length;
    for (const spot of spots) {
      const [point, last] = [this.point(spot), stroke.at(-1)];
      if (point.x !== last?.x || point.y !== last.y) stroke.push(point);
    }
    return stroke.length > before;
  }

  up(id: number): void {
    if (id === this.drawing?.id) this.drawing = null;
  }

  private point(spot: Spot): Point {
    return pointAt(this.box, this.size, { ...spot, t: spot.t - this.began });
  }

  /** Takes the last stroke back. */
  undo(): void {
    this.strokes.pop();
    this.drawing = null;
    if (this.strokes.length === 0) this.begin(0);
  }

  clear(): void {
    this.strokes = [];
    this.drawing = null;
    this.begin(0);
  }

  problem(): string | null {
    return inkProblem(this.strokes);
  }

  ink(pixelRatio: number): Ink {
    return inkOf(this.strokes, this.drawn, pixelRatio);
  }
}
