import { describe, expect, it } from "vitest";
import type { ReviewStanding as Review } from "../shared/contract-archive";
import type { Case } from "./after";
import { mayApply, mayWithdraw, pageProblem, reviewStands, tidied } from "./review";

const REVIEW: Review = {
  party_id: "a", finding_number: "1", application: null, filed: "here", filed_on: "2026-11-24", requested_at: "2026-11-24T01:00:00Z",
  forwarded: null, under_way: true, outcome: null,
};
const FORWARDED: Review = { ...REVIEW, forwarded: { to: "绍兴市公安局交通警察支队", at: "2026-11-25T01:00:00Z" } };
const back = (review: Review): Review => ({ ...review, under_way: false, outcome: { ended: "withdrawn", at: "2026-11-25T02:00:00Z" } });
const seen = (standing: Review | null, open = false, stage: Case["stage"] = "settling"): Case =>
  ({ stage, me: { role: "driver", party_id: "a" }, review: { until: "2026-11-26", provisional: false, text: "", open, standing } }) as Case;

describe("the review, seen from a phone", () => {
  it("may be asked for while the service takes it, also once the case is closed", () => {
    expect(mayApply(seen(null, true))).toBe(true);
    expect(mayApply(seen(back(REVIEW), true, "closed"))).toBe(true);
    expect(mayApply(seen(null, false))).toBe(false);
    expect(mayApply(seen(null, true, "handling"))).toBe(false);
  });

  it("is taken back only by whoever asked, and only while it is under way", () => {
    expect(mayWithdraw(seen(REVIEW))).toBe(true);
    expect(mayWithdraw(seen({ ...REVIEW, party_id: "b" }))).toBe(false);
    expect(mayWithdraw(seen(back(REVIEW)))).toBe(false);
    expect(mayWithdraw(seen(null))).toBe(false);
  });

  it("says how far it has come", () => {
    expect([null, REVIEW, FORWARDED, back(FORWARDED)].map(reviewStands)).toEqual(["none", "requested", "forwarded", "withdrawn"]);
  });

  it("asks for what the law asks for, page by page", () => {
    const draft = { request: " 撤销 ", reasons: " ", evidence: [], evidence_text: "" };
    expect(pageProblem("request", draft)).toBeNull();
    expect(pageProblem("reasons", draft)).toContain("理由");
    expect(pageProblem("evidence", draft)).toContain("证据");
    expect(pageProblem("evidence", { ...draft, evidence: ["photo"] })).toBeNull();
    expect(tidied(draft).request).toBe("撤销");
  });
});
