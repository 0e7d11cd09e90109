import { describe, expect, it } from "vitest";
import type { ReviewStanding as Review } from "../../shared/contract-archive";
import { anAccident } from "../desk/testing";
import { reviewDeeds, reviewTerms, standing } from "./review";

const REVIEW: Review = {
  party_id: "p1", finding_number: "1", application: null, filed: "here", filed_on: "2026-03-02", requested_at: "2026-03-02T01:00:00Z",
  forwarded: null, under_way: true, outcome: null,
};
const FORWARDED: Review = { ...REVIEW, forwarded: { to: "支队", at: "2026-03-03T01:00:00Z" } };
const over = (outcome: "upheld" | "redo"): Review => ({
  ...FORWARDED,
  under_way: false,
  outcome: { ended: "decided", conclusion: { outcome, reason: "", number: null, decided_on: "2026-03-20" }, at: "2026-03-21T01:00:00Z" },
});
const HOLDER = { id: "o1", role: "officer" };
const SUPERVISOR = { id: "o9", role: "supervisor" };
const OTHER = { id: "o2", role: "officer" };
const seen = (standing: Review | null, open: boolean) =>
  anAccident({ stage: "closed", review: { until: "2026-03-04", provisional: false, text: "", open, standing } });

describe("the review on the desk", () => {
  it("offers the next step only to whoever holds the case, and to a supervisor", () => {
    expect(reviewDeeds(seen(REVIEW, false), HOLDER)).toEqual(["forward", "withdraw"]);
    expect(reviewDeeds(seen(FORWARDED, false), SUPERVISOR)).toEqual(["decide", "withdraw"]);
    expect(reviewDeeds(seen(REVIEW, false), OTHER)).toEqual(["withdraw"]);
    expect(reviewDeeds(seen(over("upheld"), false), HOLDER)).toEqual([]);
  });

  it("takes a paper application, also one that is entered after its day; once", () => {
    expect(reviewDeeds(seen(null, true), OTHER)).toEqual(["enter"]);
    expect(reviewDeeds(seen(null, false), OTHER)).toEqual(["enter"]);
    expect(reviewDeeds(anAccident({ stage: "signing" }), HOLDER)).toEqual([]);
    const back: Review = { ...REVIEW, under_way: false, outcome: { ended: "withdrawn", at: "2026-03-02T02:00:00Z" } };
    expect(reviewDeeds(seen(back, true), HOLDER)).toEqual(["enter"]);
    expect(reviewDeeds(seen(back, false), HOLDER)).toEqual([]);
  });

  it("says in a word how it stands, and loudest when the finding must be made anew", () => {
    expect([null, REVIEW, FORWARDED, over("upheld"), over("redo")].map((one) => standing(one).word)).toEqual(["", "待转送", "等待结论", "维持原认定", "责令重新认定"]);
    expect(standing(over("redo")).kind).toBe("d-badge--danger");
  });

  it("lists its own terms in the order in which they run", () => {
    const term = (kind: "review" | "review_forward" | "retain_file") => ({ kind, due: null, text: "", article: "", provisional: false, done: false });
    expect(reviewTerms([term("retain_file"), term("review_forward"), term("review")]).map(({ kind }) => kind)).toEqual(["review", "review_forward"]);
  });
});
