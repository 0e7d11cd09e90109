import { describe, expect, it } from "vitest";
import { kilometrePost, placeText, placeWords } from "./place";

describe("place", () => {
  it("words become one line an officer can find", () => {
    expect(placeText({ road: "31省道", kilometre: "12.5", landmark: "加油站东侧" })).toBe("31省道K12+500加油站东侧");
    expect(placeText({ road: " 暨阳路 ", kilometre: "", landmark: "" })).toBe("暨阳路");
    expect(placeText({ road: "", kilometre: "", landmark: "永兴加油站" })).toBe("永兴加油站");
  });

  it("a landmark that begins with the road does not name it twice", () => {
    expect(placeText({ road: "暨阳路", kilometre: "", landmark: "暨阳路东一路口" })).toBe("暨阳路东一路口");
  });

  it("what was typed comes back into its fields when the place is corrected", () => {
    const typed = { road: "31省道", kilometre: "K12+500", landmark: "加油站东侧" };
    expect(placeWords({ text: placeText(typed), road: typed.road })).toEqual(typed);
    expect(placeWords({ text: "永兴加油站", road: null })).toEqual({ road: "", kilometre: "", landmark: "永兴加油站" });
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
