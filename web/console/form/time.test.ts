import { describe, expect, it } from "vitest";
import { fromField, showTime, toField } from "./time";

describe("Beijing time", () => {
  it("stands in the field eight hours after UTC", () => {
    expect(toField("2026-03-01T00:15:00Z")).toBe("2026-03-01T08:15");
    expect(toField("2026-02-28T20:00:00Z")).toBe("2026-03-01T04:00");
  });
  it("goes back to the same instant", () => {
    expect(fromField("2026-03-01T08:15")).toBe("2026-03-01T00:15:00Z");
  });
  it("takes an empty or broken field for not given", () => {
    expect(fromField("")).toBeNull();
    expect(toField(null)).toBe("");
    expect(showTime("nonsense")).toBe("—");
  });
});
