import { describe, expect, it } from "vitest";
import type { Stage } from "../../shared/contract";
import { may, voided, type Deed } from "./may";
import { steps } from "./steps";
import { aFinding, anAccident } from "./testing";

const allowed = (deed: Deed, more: Parameters<typeof anAccident>[0] = {}, who = "o1"): boolean => may(deed, anAccident(more), who).may;

describe("what may be done now", () => {
  it("lets nobody touch a case that another officer holds, and says who holds it", () => {
    for (const deed of ["write", "decide", "close", "escalate", "void"] as const) {
      const answer = may(deed, anAccident(), "o2");
      expect(answer.may || answer.why).toContain("陈");
    }
  });
  it("offers claiming only while the case waits unclaimed", () => {
    expect(allowed("claim", { stage: "waiting", officer: null })).toBe(true);
    expect(allowed("claim", { stage: "reporting", officer: null })).toBe(false);
    expect(allowed("claim", { stage: "waiting" }, "o2")).toBe(false);
  });
  it("issues only what was decided, and freezes the form once it is issued", () => {
    expect(allowed("issue")).toBe(false);
    expect(allowed("issue", { stage: "decided" })).toBe(true);
    expect(allowed("write", { stage: "signing" })).toBe(false);
    expect(allowed("assess", { stage: "signing" })).toBe(true);
  });
  it("closes when everybody signed or refused and the money is settled, not before", () => {
    const finding = aFinding("signed", "refused");
    expect(allowed("close", { stage: "signing", finding: aFinding("signed", "pending") })).toBe(false);
    expect(allowed("close", { stage: "settling", finding })).toBe(false);
    expect(allowed("close", { stage: "settling", finding, settlement: {} as never })).toBe(true);
  });
  it("knows that a finding was voided until the next one is issued", () => {
    const moment = (seq: number, kind: string) => ({ seq, kind, at: "", by: "民警", text: "" });
    const after = [moment(5, "finding_voided"), moment(4, "finding_issued")];
    expect(voided(anAccident({ timeline: [moment(4, "finding_issued")] }))).toBe(false);
    expect(voided(anAccident({ timeline: after }))).toBe(true);
    expect(voided(anAccident({ timeline: [moment(7, "finding_issued"), ...after] }))).toBe(false);
  });
  it("moves nothing under a plan that the insurers have seen", () => {
    const late = { stage: "settling", finding: aFinding("signed", "signed") } as const;
    const deeds = ["assess", "void", "settle"] as const;
    expect(deeds.every((deed) => allowed(deed, late))).toBe(true);
    expect(deeds.some((deed) => allowed(deed, { ...late, settlement: {} as never }))).toBe(false);
  });
  it("hands over to the field at any stage before signing, also unclaimed", () => {
    const may = (stage: Stage) => allowed("escalate", { stage, officer: null });
    expect((["reporting", "waiting", "handling", "decided"] as const).every(may)).toBe(true);
    expect(allowed("escalate", { stage: "signing" })).toBe(false);
    expect(allowed("escalate", { stage: "closed" })).toBe(false);
  });
  it("orders the evacuation once", () => {
    expect(allowed("evacuate")).toBe(true);
    expect(allowed("evacuate", { evacuation: { ordered_at: "x", acknowledged: [] } })).toBe(false);
  });
  it("offers nothing in a closed case", () => {
    const deeds: Deed[] = ["claim", "release", "write", "decide", "issue", "assess", "refuse", "void", "settle", "close", "escalate"];
    expect(deeds.filter((deed) => allowed(deed, { stage: "closed", finding: aFinding("signed", "signed") }))).toEqual([]);
  });
});

describe("the steps", () => {
  const now = (more: Parameters<typeof anAccident>[0]): string[] => steps(anAccident(more)).filter((s) => s.state === "now").map((s) => s.name);

  it("mark exactly one thing as current", () => {
    expect(now({ stage: "waiting", officer: null })).toEqual(["受理"]);
    expect(now({ stage: "signing", evidence: [{}] as never, evacuation: { ordered_at: "x", acknowledged: [] }, decision: {} as never, finding: aFinding("signed", "pending") })).toEqual(["签字"]);
  });
  it("pass over a skipped evacuation once the case is decided", () => {
    expect(now({ stage: "decided", decision: {} as never })).toEqual(["文书"]);
  });
  it("count who has signed", () => {
    const list = steps(anAccident({ stage: "signing", finding: aFinding("signed", "pending") }));
    expect(list.find((s) => s.name === "签字")?.note).toBe("1/2");
  });
});
