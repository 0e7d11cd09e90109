import { describe, expect, it } from "vitest";
import { flawIn } from "./image";
import { nextPart, type Part, type Photo } from "./uploads";

const part = (fresh: Partial<Part> = {}): Part => ({ bytes: null, sha256: "", size: 1, url: null, sent: 0, done: false, ...fresh });
const photo = (id: string, fresh: Partial<Photo> = {}): Photo => ({
  id,
  accident_id: "1",
  kind: "photo",
  shot: "impact",
  still: null,
  taken_at: "",
  clockWrong: false,
  position: null,
  preview: part(),
  full: part(),
  failed: null,
  ...fresh,
});

describe("the queue", () => {
  it("sends every preview before any larger copy, and what the officer asked for before all", () => {
    const seen = photo("seen", { preview: part({ done: true }) });
    expect(nextPart([seen, photo("new")])).toEqual({ id: "new", which: "preview", urgent: false });
    expect(nextPart([seen])).toEqual({ id: "seen", which: "full", urgent: false });
    const still = photo("still", { kind: "still", preview: null });
    expect(nextPart([seen, photo("new"), still])).toEqual({ id: "still", which: "full", urgent: true });
  });

  it("what has arrived or was refused is left alone", () => {
    expect(nextPart([photo("a", { full: part({ done: true }) }), photo("b", { failed: "照片已满" })])).toBeNull();
  });
});

describe("a look at the picture", () => {
  const pixels = (value: (x: number, y: number) => number) => {
    const rgba = new Uint8ClampedArray(64 * 64 * 4);
    for (let i = 0; i < 64 * 64; i += 1) rgba.fill(value(i % 64, Math.floor(i / 64)), i * 4, i * 4 + 3);
    return flawIn(rgba, 64, 64);
  };

  it("tells dark from blurred from good", () => {
    expect(pixels(() => 12)).toBe("dark");
    expect(pixels((x) => 90 + x)).toBe("blurred");
    expect(pixels((x, y) => ((x >> 2) + (y >> 2)) % 2 === 0 ? 60 : 190)).toBeNull();
  });
});
