import { describe, expect, it } from "vitest";
import type { AccidentView } from "../shared/contract";
import type { AssessmentView } from "../shared/contract-assessment";
import type { BarKind, MediationView } from "../shared/contract-mediation";
import type { OrderView } from "../shared/contract-orders";
import { lastChange, mayObject, mediating, minutesToPaid, openAssessment, ordersForMe, subrogationOf, type Case } from "./after";
import { dayWords } from "./day";
import { FRESH, screenOf, type Detour, type Local } from "./step";

const PAGE = "ab".repeat(32);

/** A decided two-car case as the party `a` (甲) sees it. */
function view(fresh: Partial<Case> = {}): Case {
  const signed = (party_id: string) => ({ party_id, state: "signed" });
  return {
    id: "1",
    stage: "settling",
    reported_at: "2026-11-23T06:00:00Z",
    me: { role: "driver", party_id: "a" },
    parties: [{ id: "a", label: "甲", consents: [] }, { id: "b", label: "乙", consents: [] }],
    finding: { number: "3306812026000001", signatures: [signed("a"), signed("b")] },
    self_pay: null,
    assessments: [],
    plan_changes: [],
    mediation: null,
    objections: [],
    subrogation: { offered_to: [], chosen: [] },
    orders: [],
    ...fresh,
  } as unknown as Case;
}

const sheet = (party_id: string, fresh: Partial<AssessmentView> = {}): AssessmentView =>
  ({
    id: `sheet-${party_id}`, party_id, label: party_id === "a" ? "甲" : "乙", latest: true, supplements: null, state: "awaiting",
    bound_at: null, answers: [], may: { accept: true, object: true, joint: false, supplement: false }, ...fresh,
  }) as unknown as AssessmentView;

function mediation(fresh: Partial<MediationView> = {}): MediationView {
  return { open: false, why_not: [], wishes: [], bars: [], suggestion: [], proposal: null, ending: null, ...fresh };
}

const wish = (party_id: string, wanted: boolean) => ({ party_id, wanted, at: "" });
const bar = (party_id: string, why: BarKind, noted: boolean) => ({ party_id, why, noted, closing_code: "2", note: "", at: "" });
const proposal = (mine: "pending" | "signed") =>
  ({ to_sign_sha256: PAGE, signatures: [{ party_id: "a", state: mine }, { party_id: "b", state: "pending" }] }) as unknown as MediationView["proposal"];

const shown = (now: AccidentView, local: Partial<Local> = {}, detour: Detour | null = null) =>
  screenOf({ entry: { kind: "in" }, view: now, local: { ...FRESH, ...local }, detour });

describe("the 定损单", () => {
  it("of one's own vehicle comes up after the signature, and once answered never again", () => {
    expect(shown(view({ assessments: [sheet("a")] }))).toBe("assessment");
    const answered = sheet("a", { may: { accept: false, object: false, joint: false, supplement: false } });
    expect(shown(view({ assessments: [answered] }))).toBe("settlement");
  });

  it("waits while the finding is not signed, and does not take anybody from the call", () => {
    const unsigned = { number: "3306812026000001", signatures: [{ party_id: "a", state: "pending" }] };
    const signing = view({ stage: "signing", finding: unsigned as AccidentView["finding"], assessments: [sheet("a")] });
    expect(shown(signing)).toBe("read");
    expect(shown(signing, { readFinding: "3306812026000001" })).toBe("sign");
    expect(shown(view({ stage: "signing", assessments: [sheet("a")] }))).toBe("assessment");
    const consents = ["remote_handling", "electronic_service"].map((kind) => ({ kind, agreed: true }));
    const parties = [{ id: "a", label: "甲", consents }] as unknown as AccidentView["parties"];
    const calling = view({ stage: "handling", finding: null, parties, triage: null, assessments: [sheet("a")] });
    expect(shown(calling)).toBe("call");
    expect(shown(calling, {}, "assessment")).toBe("assessment");
  });

  it("is asked about in a closed case too, and a supplement takes the place of what it supplements", () => {
    const old = sheet("a", { id: "old", latest: false, may: { accept: false, object: false, joint: false, supplement: false } });
    const now = view({ stage: "closed", assessments: [old, sheet("a", { id: "new", supplements: "old" })] });
    expect(shown(now)).toBe("assessment");
    expect(openAssessment(now)?.id).toBe("new");
  });

  it("of the other vehicle is asked about only of who pays for it, after one's own", () => {
    const theirs = sheet("b");
    expect(openAssessment(view({ assessments: [theirs, sheet("a")] }))?.party_id).toBe("a");
    expect(openAssessment(view({ assessments: [theirs] }))?.party_id).toBe("b");
    const none = sheet("b", { may: { accept: false, object: false, joint: false, supplement: false } });
    expect(openAssessment(view({ assessments: [none] }))).toBeNull();
  });
});

describe("whether to mediate", () => {
  const now = (fresh: Partial<MediationView>, more: Partial<Case> = {}) => view({ mediation: mediation(fresh), ...more });

  it("is asked once the finding is served, of everybody, and only once", () => {
    expect(shown(now({}))).toBe("mediation");
    expect(shown(now({ wishes: [wish("b", true)] }))).toBe("mediation");
    for (const wanted of [true, false]) expect(shown(now({ wishes: [wish("a", wanted)] }))).toBe("settlement");
    expect(shown(view({ stage: "signing" }))).toBe("signed");
  });

  it("is not asked when it cannot be: alone, closed, barred, or the other side has said no", () => {
    const alone = view().parties.slice(0, 1);
    expect(shown(now({}, { parties: alone }))).toBe("settlement");
    expect(shown(now({}, { stage: "closed" }))).toBe("settlement");
    expect(shown(now({ bars: [bar("b", "objects_to_finding", false)] }))).toBe("settlement");
    expect(shown(now({ wishes: [wish("b", false)], bars: [bar("b", "does_not_agree", false)] }))).toBe("settlement");
  });

  it("comes after the 定损单", () => {
    expect(shown(now({}, { assessments: [sheet("a")] }))).toBe("assessment");
  });

  it("tells who is waited for and who said no", () => {
    expect(mediating(now({ wishes: [wish("a", true)] }))).toBe("waiting");
    expect(mediating(now({ wishes: [wish("a", true), wish("b", true)] }))).toBe("joint");
    expect(mediating(now({ wishes: [wish("a", false)], bars: [bar("a", "does_not_agree", false)] }))).toBe("i-declined");
    expect(mediating(now({ wishes: [wish("a", true), wish("b", false)], bars: [bar("b", "does_not_agree", false)] }))).toBe("they-declined");
    expect(mediating(now({ bars: [bar("a", "does_not_agree", true)] }))).toBe("barred");
  });

  it("ends in a result that is read and then signed, and new terms are read anew", () => {
    const wishes = [wish("a", true), wish("b", true)];
    const toSign = now({ wishes, proposal: proposal("pending") });
    expect(shown(toSign)).toBe("mediation-read");
    expect(shown(toSign, { readMediation: PAGE })).toBe("mediation-sign");
    expect(shown(toSign, { readMediation: "cd".repeat(32) })).toBe("mediation-read");
    expect(shown(now({ wishes, proposal: proposal("signed") }))).toBe("settlement");
    const agreed = now({ wishes, proposal: proposal("signed"), ending: { ending: "agreed", at: "" } });
    expect([shown(agreed), mediating(agreed)]).toEqual(["settlement", "agreed"]);
    const failed = now({ wishes, proposal: proposal("pending"), ending: { ending: "failed", reason: "没谈成", at: "" } });
    expect([shown(failed), mediating(failed)]).toEqual(["settlement", "failed"]);
  });
});

describe("rights", () => {
  it("an objection may be said until the case is closed or everybody has agreed, and once", () => {
    expect([view(), view({ stage: "signing" }), view({ stage: "closed" })].map(mayObject)).toEqual([true, true, false]);
    expect(mayObject(view({ mediation: mediation({ ending: { ending: "agreed", at: "" } }) }))).toBe(false);
    expect(mayObject(view({ objections: [{ party_id: "a", reason: "", at: "" }] }))).toBe(false);
    expect(mayObject(view({ objections: [{ party_id: "b", reason: "", at: "" }] }))).toBe(true);
  });

  it("the screen about it opens from the finding on and never before", () => {
    expect(shown(view({ stage: "signing" }), {}, "objection")).toBe("objection");
    expect(shown(view({ stage: "closed" }), {}, "objection")).toBe("objection");
    expect(shown(view({ stage: "escalated" }), {}, "objection")).toBe("escalated");
  });

  it("代位求偿 is offered to whom the service offers it", () => {
    expect(subrogationOf(view())).toBe("none");
    expect(subrogationOf(view({ subrogation: { offered_to: ["a"], chosen: [] } }))).toBe("offered");
    expect(subrogationOf(view({ subrogation: { offered_to: ["a"], chosen: ["a"] } }))).toBe("chosen");
    expect(subrogationOf(view({ subrogation: { offered_to: ["b"], chosen: ["b"] } }))).toBe("none");
    expect(subrogationOf(view({ stage: "closed", subrogation: { offered_to: ["a"], chosen: [] } }))).toBe("none");
  });

  it("the last day is named with its weekday, whatever the phone's clock says", () => {
    expect(dayWords("2026-11-26")).toBe("11月26日（星期四）");
    expect(dayWords("2027-01-01")).toBe("1月1日（星期五）");
    expect(dayWords("")).toBe("—");
  });
});

describe("the money", () => {
  const order = (id: string, fresh: Partial<OrderView> = {}): OrderView =>
    ({ id, payee: "甲", direction: "pay", amount_fen: 150_000, state: "due", paid: null, ...fresh }) as unknown as OrderView;
  const paid = (paid_at: string) => ({ state: "paid", paid: { paid_at } }) as unknown as Partial<OrderView>;

  it("counts from the report to the last insurer who had to pay me, and not before", () => {
    expect(minutesToPaid(view(), "甲")).toBeNull();
    const half = view({ orders: [order("1", paid("2026-11-23T06:20:00Z")), order("2")] });
    expect(minutesToPaid(half, "甲")).toBeNull();
    const all = view({ orders: [order("1", paid("2026-11-23T06:23:00Z")), order("2", paid("2026-11-23T06:20:00Z"))] });
    expect(minutesToPaid(all, "甲")).toBe(23);
  });

  it("leaves out what a later plan replaced and what is somebody else's", () => {
    const now = view({ orders: [order("1", { state: "replaced" }), order("2", { payee: "乙" }), order("3")] });
    expect(ordersForMe(now, "甲").map(({ id }) => id)).toEqual(["3"]);
  });

  it("a plan made again says which vehicle's figure did it and what it means for me", () => {
    const change = (made_at: string, before: number, after: number) => ({
      made_at, insurers: [],
      parties: [{ label: "甲", receives_before_fen: before, receives_after_fen: after, pays_before_fen: 0, pays_after_fen: 0, bears_before_fen: 0, bears_after_fen: 0 }],
    });
    const now = view({
      assessments: [
        sheet("a", { latest: false, bound_at: "2026-11-23T06:10:00Z" }),
        sheet("b", { supplements: "old", bound_at: "2026-11-24T06:00:00Z" }),
      ],
      plan_changes: [change("2026-11-24T06:00:00Z", 100_000, 120_000)],
    });
    expect(lastChange(view(), "甲")).toBeNull();
    expect(lastChange(now, "甲")).toMatchObject({ because: ["乙"], before_fen: 100_000, after_fen: 120_000 });
    expect(lastChange(now, "丙")).toMatchObject({ before_fen: 0, after_fen: 0 });
  });
});
