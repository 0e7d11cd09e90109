import { describe, expect, it } from "vitest";
import { movedParties, signed } from "./changes";

describe("a plan that was made again", () => {
  it("shows of each party only what moved", () => {
    const party = { label: "甲", receives_before_fen: 100, receives_after_fen: 150, pays_before_fen: 20, pays_after_fen: 20, bears_before_fen: 0, bears_after_fen: 5 };
    expect(movedParties({ parties: [party] }).map((row) => [row.what, row.before_fen, row.after_fen])).toEqual([["得到赔付", 100, 150], ["自行承担", 0, 5]]);
  });
  it("says more and less with a sign", () => {
    expect([5_000, -5_000, 0].map(signed)).toEqual(["＋50.00", "−50.00", "0.00"]);
  });
});
