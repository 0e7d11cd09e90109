import { describe, expect, it } from "vitest";
import { leftWords, minutesBetween, spanWords } from "./span";

describe("lengths of time", () => {
  it("are said in the two units that matter", () => {
    expect([0, 23, 60, 125, 1440, 1500, 2890].map(spanWords)).toEqual([
      "不到 1 分钟", "23 分钟", "1 小时", "2 小时 5 分钟", "1 天", "1 天 1 小时", "2 天",
    ]);
  });

  it("are counted in whole minutes and never run backwards", () => {
    expect(minutesBetween("2026-11-23T06:00:00Z", "2026-11-23T06:22:40Z")).toBe(23);
    expect(minutesBetween("2026-11-23T06:00:00Z", "2026-11-23T05:00:00Z")).toBe(0);
    expect(minutesBetween("2026-11-23T06:00:00Z", "")).toBeNull();
  });

  it("count down to the last minute and then stop", () => {
    const until = "2026-11-24T06:00:00Z";
    expect(leftWords(until, Date.parse("2026-11-23T07:00:00Z"))).toBe("还剩 23 小时");
    expect(leftWords(until, Date.parse("2026-11-24T05:59:59Z"))).toBe("还剩 1 分钟");
    expect(leftWords(until, Date.parse(until))).toBeNull();
  });
});
