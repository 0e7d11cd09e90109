import { describe, expect, it } from "vitest";
import { fenOf, shortTime, yuan } from "./words";

describe("words", () => {
  it("fen are shown as yuan without losing any", () => {
    expect([0, 5, 200_000, 123_456, 100_000_050].map(yuan)).toEqual(["0", "0.05", "2,000", "1,234.56", "1,000,000.50"]);
  });

  it("typed yuan become integer fen, anything else is refused", () => {
    expect(["2000", "1,234.5", "￥0.07", " 12 "].map(fenOf)).toEqual([200_000, 123_450, 7, 1200]);
    expect(["", "1.234", "-3", "一百", "1e5"].map(fenOf)).toEqual([null, null, null, null, null]);
  });

  it("an instant is read in China time wherever the reader is", () => {
    expect(shortTime("2026-11-23T06:05:00Z")).toBe("11月23日 14:05");
  });
});
