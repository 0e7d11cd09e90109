import { describe, expect, it } from "vitest";
import type { Deadline } from "../../shared/contract-deadlines";
import { daysLeft, near, nextDeadline } from "./deadlines";

function term(kind: Deadline["kind"], due: string | null, more: Partial<Deadline> = {}): Deadline {
  return { kind, due, text: "", article: "", provisional: false, done: false, ...more };
}

describe("the next deadline", () => {
  it("is the earliest that is open, also when it has passed", () => {
    expect(nextDeadline([term("review", "2026-03-06"), term("finding", "2026-03-04")])?.kind).toBe("finding");
    expect(nextDeadline([term("review", "2026-03-06"), term("finding", "2026-03-04", { done: true })])?.kind).toBe("review");
  });
  it("is never how long something is kept", () => {
    expect(nextDeadline([term("retain_file", "2026-03-01")])).toBeNull();
  });
  it("comes first while its day cannot be told", () => {
    expect(nextDeadline([term("review", "2026-03-06"), term("finding", null)])?.kind).toBe("finding");
  });
});

describe("how near it is", () => {
  it("counts days as they are in China", () => {
    // 00:30 on the 4th in China, still the 3rd in Greenwich.
    expect(daysLeft("2026-03-04", Date.parse("2026-03-03T16:30:00Z"))).toBe(0);
    expect(daysLeft("2026-03-04", Date.parse("2026-03-03T15:30:00Z"))).toBe(1);
  });
  it("says so in a word", () => {
    const now = Date.parse("2026-03-03T04:00:00Z");
    expect(["2026-03-01", "2026-03-03", "2026-03-04", "2026-03-06", null].map((due) => near(due, now).word)).toEqual([
      "已过 2 天", "今天", "明天", "还有 3 天", "日期待定",
    ]);
  });
});
