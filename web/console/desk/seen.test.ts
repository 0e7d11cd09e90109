import { describe, expect, it } from "vitest";
import { ApiProblem } from "../../shared/api";
import type { AccidentView } from "../../shared/contract";
import { sendSeen } from "./seen";
import { aFinding, anAccident } from "./testing";

const stale = new ApiProblem(409, "stale", "内容已被更新");

function deed(now: AccidentView, refusals: ApiProblem[]) {
  const seen: number[] = [];
  const sent = sendSeen({
    looked: anAccident({ version: 1 }),
    send: async (version) => {
      seen.push(version);
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return now;
    },
    fetch: async () => now,
    about: (view) => [view.stage, view.finding],
  });
  return { sent, seen };
}

describe("a deed on a version", () => {
  it("goes through on the newer version when only a photo came in meanwhile", async () => {
    const { sent, seen } = deed(anAccident({ version: 2, evidence: [{} as never] }), [stale]);
    await sent;
    expect(seen).toEqual([1, 2]);
  });
  it("stops when what it was about changed meanwhile", async () => {
    const { sent, seen } = deed(anAccident({ version: 2, finding: aFinding("signed", "pending") }), [stale]);
    await expect(sent).rejects.toBe(stale);
    expect(seen).toEqual([1]);
  });
  it("tries no third time, and passes every other refusal on", async () => {
    await expect(deed(anAccident({ version: 2 }), [stale, stale]).sent).rejects.toBe(stale);
    const other = new ApiProblem(409, "invalid_transition", "现在不能");
    const { sent, seen } = deed(anAccident({ version: 2 }), [other]);
    await expect(sent).rejects.toBe(other);
    expect(seen).toEqual([1]);
  });
});
