import { describe, expect, it } from "vitest";
import type { QueueItem } from "../../shared/contract";
import { AGAIN_AFTER_MS, SILENT, hear, hush } from "./ring";
import { duration, inOrder, urgency, waitedS } from "./waiting";

const did = (effects: readonly { do: string }[]): string[] => effects.map((e) => e.do);

describe("the ring", () => {
  it("rings and notifies at once when a case arrives", () => {
    const [, effects] = hear(SILENT, ["a"], 0);
    expect(did(effects)).toEqual(["title", "ring", "notify"]);
  });
  it("rings again and again while nobody takes it, without a new notice", () => {
    const [ring] = hear(SILENT, ["a"], 0);
    expect(did(hear(ring, ["a"], AGAIN_AFTER_MS - 1)[1])).toEqual(["title"]);
    expect(did(hear(ring, ["a"], AGAIN_AFTER_MS)[1])).toEqual(["title", "ring"]);
  });
  it("stays silent after being hushed, until another case comes", () => {
    const [rung] = hear(SILENT, ["a"], 0);
    const [quiet, effects] = hear(hush(rung), ["a"], AGAIN_AFTER_MS * 3);
    expect(did(effects)).toEqual(["title"]);
    expect(did(hear(quiet, ["a", "b"], AGAIN_AFTER_MS * 3 + 1)[1])).toEqual(["title", "ring", "notify"]);
  });
  it("rings for the same case when it comes back to the queue", () => {
    const [rung] = hear(SILENT, ["a"], 0);
    const [gone] = hear(hush(rung), [], 1);
    expect(did(hear(gone, ["a"], 2)[1])).toContain("ring");
  });
  it("rings once, not again and again, while the officer is speaking with somebody", () => {
    const [ring, effects] = hear(SILENT, ["a"], 0, true);
    expect(did(effects)).toContain("ring");
    expect(did(hear(ring, ["a"], AGAIN_AFTER_MS, true)[1])).toEqual(["title"]);
  });
  it("keeps the count in the title also when hushed", () => {
    const [rung] = hear(SILENT, ["a", "b"], 0);
    expect(hear(hush(rung), ["a", "b"], 1)[1]).toEqual([{ do: "title", count: 2 }]);
  });
});

const item = (id: string, since: string | null, injured = false): QueueItem =>
  ({ accident_id: id, waiting_since: since, reported_at: "2026-03-01T00:00:00Z", injured }) as QueueItem;

describe("waiting", () => {
  it("counts from entering the queue, never below zero", () => {
    expect(waitedS(item("a", "2026-03-01T00:01:00Z"), new Date("2026-03-01T00:02:15Z"))).toBe(75);
    expect(waitedS(item("a", "2026-03-01T00:01:00Z"), new Date("2026-03-01T00:00:00Z"))).toBe(0);
  });
  it("turns at one and three minutes, and earlier for the injured", () => {
    expect([0, 59, 60, 179, 180].map((s) => urgency(s, false))).toEqual(["calm", "calm", "soon", "soon", "late"]);
    expect([0, 60].map((s) => urgency(s, true))).toEqual(["soon", "late"]);
  });
  it("puts the injured first, then the longest wait", () => {
    const items = [item("b", "2026-03-01T00:02:00Z"), item("a", "2026-03-01T00:01:00Z"), item("c", "2026-03-01T00:03:00Z", true)];
    expect(inOrder(items).map((i) => i.accident_id)).toEqual(["c", "a", "b"]);
  });
  it("says durations in words", () => {
    expect([5, 75, 3700].map(duration)).toEqual(["5秒", "1分15秒", "1小时1分"]);
  });
});
