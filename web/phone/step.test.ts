import { describe, expect, it } from "vitest";
import type { AccidentView, LinkView, PartyView } from "../shared/contract";
import { awaitsNewFinding, FRESH, missingConsents, mustLeave, screenOf, stillsForMe, type Local, type Situation } from "./step";
import { QUESTIONS, type Answers } from "./triage";

const NO: Answers = { injury: "none", ...Object.fromEntries(QUESTIONS.map(({ key }) => [key, false])) };
const DONE: Local = { ...FRESH, safetySeen: true, photosDone: true, inviteDone: true };

function party(id: string, fresh: Partial<PartyView> = {}): PartyView {
  const consents = (["remote_handling", "electronic_service"] as const).map((kind) => ({
    kind,
    agreed: true,
    at: "2026-11-23T06:00:00Z",
    text_version: "1",
  }));
  return {
    id,
    label: id === "a" ? "甲" : "乙",
    phone: "13800138000",
    confirmed: true,
    online: true,
    complete: true,
    consents,
    warnings: [],
    losses: null,
    kind: "motor",
    name: "张三",
    id_type: "id_card",
    id_number: "",
    injured: "none",
    vehicle: null,
    ...fresh,
  };
}

function view(fresh: Partial<AccidentView> = {}): AccidentView {
  return {
    id: "1",
    version: 1,
    stage: "reporting",
    unit: { code: "330681", name: "诸暨" },
    reported_at: "2026-11-23T06:00:00Z",
    queued_at: null,
    claimed_at: null,
    closed_at: null,
    me: { role: "driver", party_id: "a" },
    officer: null,
    queue: null,
    triage: { answers: NO as NonNullable<AccidentView["triage"]>["answers"], outcome: "remote", article: "", advice: "", stops: [] },
    late_report: null,
    scene: {
      occurred_at: null,
      weather: null,
      road_type: null,
      collision: null,
      form: null,
      place: { text: "暨阳路", latitude: null, longitude: null, accuracy_m: null, source: "manual" },
    },
    parties: [party("a"), party("b")],
    evidence: [],
    still_requests: [],
    evacuation: null,
    escalation: null,
    decision: null,
    finding: null,
    self_pay: null,
    settlement: null,
    orders: [],
    clock: { reported_at: "2026-11-23T06:00:00Z", finding_issued_at: null, served_at: null, settled_at: null, first_paid_at: null, all_paid_at: null },
    closing: null,
    missing_for_queue: [],
    outside_property: [],
    mediation: null,
    subrogation: { offered_to: [], chosen: [] },
    objections: [],
    review: null,
    guests: [],
    deadlines: [],
    archive: null,
    timeline: [],
    agreement: null,
    assessments: [],
    plan_changes: [],
    ...fresh,
  };
}

function finding(mine: "pending" | "signed" | "refused"): NonNullable<AccidentView["finding"]> {
  const signature = (party_id: string, state: "pending" | "signed" | "refused") => ({ party_id, state, at: null, what: null, reason: null });
  return {
    number: "3306812026000001",
    issued_at: "2026-11-23T06:10:00Z",
    to_sign_sha256: "00",
    document: { sha256: "00", bytes: 1, pages: 1, revision: 1, url: "" },
    verify_url: "",
    signatures: [signature("a", mine), signature("b", "pending")],
    earlier: [],
  };
}

const link = { accident_id: "1", phone_masked: null } as LinkView;
const shown = (fresh: Partial<Situation>) => screenOf({ entry: { kind: "in" }, view: null, local: FRESH, detour: null, ...fresh });

describe("before anybody is known", () => {
  const fresh = (local: Partial<Local>) => shown({ entry: { kind: "new" }, local: { ...FRESH, ...local } });

  it("the first thing asked is whether anybody is hurt, the second is safety, then the other questions", () => {
    expect(fresh({})).toBe("triage");
    expect(fresh({ answers: { injury: "none" } })).toBe("safety");
    expect(fresh({ answers: { injury: "none" }, safetySeen: true })).toBe("triage");
    expect(fresh({ answers: NO, safetySeen: true })).toBe("phone");
  });

  it("every yes that ends it stops at once, and handing over goes straight to the phone number", () => {
    for (const { key, instead } of QUESTIONS) {
      if (instead === null) continue;
      const answers = { ...NO, [key]: true };
      expect(fresh({ answers }), key).toBe("stop");
      expect(fresh({ answers, handOver: true }), key).toBe("phone");
    }
    expect(fresh({ answers: { injury: "serious" } })).toBe("stop");
  });

  it("a scene that was cleared goes on: it is reported in writing", () => {
    expect(fresh({ answers: { ...NO, scene_cleared: true }, safetySeen: true })).toBe("phone");
  });

  it("a slight injury goes on", () => {
    expect(fresh({ answers: { ...NO, injury: "slight" }, safetySeen: true })).toBe("phone");
  });

  it("a link asks for the phone, then for the code; a dead one says so", () => {
    expect(shown({ entry: { kind: "link", link, codeSentTo: null } })).toBe("phone");
    expect(shown({ entry: { kind: "link", link, codeSentTo: "138****0000" } })).toBe("code");
    expect(shown({ entry: { kind: "dead", why: "" } })).toBe("dead-link");
    expect(shown({ entry: { kind: "old-case" } })).toBe("resume");
  });
});

describe("while the report is being made", () => {
  it("each missing thing has its turn, in order", () => {
    const steps: [string, Partial<AccidentView>, Partial<Local>][] = [
      ["triage", { triage: null }, {}],
      ["consents", { parties: [party("a", { consents: [], complete: false })] }, {}],
      ["place", { scene: null, parties: [party("a", { complete: false })] }, {}],
      ["photos", { parties: [party("a", { complete: false })] }, {}],
      ["party", { parties: [party("a", { complete: false })] }, { photosDone: true }],
      ["invite", {}, { photosDone: true }],
      ["ready", {}, { photosDone: true, inviteDone: true }],
    ];
    for (const [screen, now, local] of steps) expect(shown({ view: view(now), local: { ...FRESH, ...local } }), screen).toBe(screen);
  });

  it("answers given before the session are handed in without asking again", () => {
    expect(shown({ view: view({ triage: null }), local: { ...DONE, answers: NO } })).toBe("loading");
    const stopped = { ...NO, alcohol_or_drugs: true };
    expect(shown({ view: view({ triage: null }), local: { ...DONE, answers: stopped, handOver: true } })).toBe("loading");
  });

  it("who joined later is not asked to invite and may still fill in their data while the case waits", () => {
    const joiner = { me: { role: "driver", party_id: "b" } } as const;
    expect(shown({ view: view(joiner), local: { ...DONE, inviteDone: false } })).toBe("ready");
    const late = view({ ...joiner, stage: "waiting", parties: [party("a"), party("b", { complete: false })] });
    expect(shown({ view: late, local: FRESH })).toBe("party");
    expect(shown({ view: view({ ...joiner, stage: "waiting" }), local: FRESH })).toBe("waiting");
  });

  it("a scene that was cleared is reported in writing instead of asking for an officer at once", () => {
    const late = view({ triage: { ...view().triage!, outcome: "late_report" } });
    expect(shown({ view: late, local: DONE })).toBe("late-report");
    const filed = { filed_at: "", statement: "", decide_by: null, acceptance: null };
    expect(shown({ view: { ...late, stage: "waiting", late_report: filed }, local: DONE })).toBe("waiting");
  });

  it("a slight injury needs one consent more, and a no is an answer", () => {
    const slight = view({ triage: { ...view().triage!, outcome: "slight_injury" } });
    expect(missingConsents(slight)).toEqual(["slight_injury"]);
    const refused = party("a");
    refused.consents.push({ kind: "slight_injury", agreed: false, at: "", text_version: "1" });
    expect(missingConsents({ ...slight, parties: [refused] })).toEqual([]);
  });
});

describe("once an officer has the case", () => {
  it("the call comes up by itself, whatever was left undone", () => {
    const now = view({ stage: "handling", parties: [party("a", { complete: false }), party("b")] });
    expect(shown({ view: now, local: FRESH })).toBe("call");
    expect(shown({ view: view({ stage: "decided" }), local: FRESH })).toBe("call");
  });

  it("a driver may step aside to correct something, but not once the decision stands", () => {
    expect(shown({ view: view({ stage: "handling" }), local: DONE, detour: "photos" })).toBe("photos");
    expect(shown({ view: view({ stage: "decided" }), local: DONE, detour: "photos" })).toBe("call");
  });

  it("the finding is read before the self-pay question, that before the signature", () => {
    const signing = view({ stage: "signing", finding: finding("pending"), self_pay: { eligible: true, cap_fen: 200_000 } });
    expect(shown({ view: signing, local: DONE })).toBe("read");
    const read = { ...DONE, readFinding: "3306812026000001" };
    expect(shown({ view: signing, local: read })).toBe("self-pay");
    const answered = party("a");
    answered.consents.push({ kind: "self_pay", agreed: false, at: "", text_version: "1" });
    expect(shown({ view: { ...signing, parties: [answered, party("b")] }, local: read })).toBe("sign");
    expect(shown({ view: { ...signing, self_pay: null }, local: read })).toBe("sign");
  });

  it("a finding that was voided and issued anew is read anew", () => {
    const anew = view({ stage: "signing", finding: { ...finding("pending"), number: "3306812026000002" } });
    expect(shown({ view: anew, local: { ...DONE, readFinding: "3306812026000001" } })).toBe("read");
  });

  it("a self-pay question that opens after the signature is still asked, of those who signed", () => {
    const late = { stage: "signing", self_pay: { eligible: true, cap_fen: 200_000 } } as const;
    expect(shown({ view: view({ ...late, finding: finding("signed") }), local: DONE })).toBe("self-pay");
    expect(shown({ view: view({ ...late, finding: finding("refused") }), local: DONE })).toBe("signed");
  });

  it("signed or refused, one waits for the others; then the settlement", () => {
    expect(shown({ view: view({ stage: "signing", finding: finding("signed") }), local: DONE })).toBe("signed");
    expect(shown({ view: view({ stage: "signing", finding: finding("refused") }), local: DONE })).toBe("signed");
    expect(shown({ view: view({ stage: "settling" }), local: DONE })).toBe("settlement");
    expect(shown({ view: view({ stage: "closed" }), local: DONE })).toBe("settlement");
    expect(shown({ view: view({ stage: "escalated" }), local: FRESH })).toBe("escalated");
  });

  it("the order to leave and a still concern only the one who is meant", () => {
    const ordered = view({ evacuation: { ordered_at: "", acknowledged: ["b"] } });
    expect(mustLeave(ordered)).toBe(true);
    expect(mustLeave({ ...ordered, me: { role: "driver", party_id: "b" } })).toBe(false);
    const asked = view({ still_requests: [{ id: "s1", party_id: "b", asked_at: "" }, { id: "s2", party_id: "a", asked_at: "" }] });
    expect(stillsForMe(asked)).toEqual(["s2"]);
  });

  it("a driver who saw a finding that was voided is told that a new one comes", () => {
    const saw: Local = { ...DONE, shownFinding: "3306812026000001" };
    expect(awaitsNewFinding(view({ stage: "handling" }), saw)).toBe(true);
    expect(awaitsNewFinding(view({ stage: "decided" }), saw)).toBe(true);
    expect(awaitsNewFinding(view({ stage: "signing" }), saw)).toBe(false);
    expect(awaitsNewFinding(view({ stage: "handling" }), DONE)).toBe(false);
  });
});
