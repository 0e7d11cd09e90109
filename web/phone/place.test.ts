import { describe, expect, it } from "vitest";
import { kilometrePost, placeText } from "./place";

describe("place", () => {
  it("words become one line an officer can find", () => {
    expect(placeText({ road: "31省道", kilometre: "12.5", landmark: "加油站东侧", direction: "由东向西" })).toBe(
      "31省道 K12+500 加油站东侧，由东向西",
    );
    expect(placeText({ road: " 暨阳路 ", kilometre: "", landmark: "", direction: "" })).toBe("暨阳路");
  });

  it("kilometre posts are read in each of their spellings, anything else stays as typed", () => {
    expect(["12", "K12+5", "k12+050", "12.05", "三号桥"].map(kilometrePost)).toEqual([
      "K12+000",
      "K12+005",
      "K12+050",
      "K12+050",
      "三号桥",
    ]);
  });
});
