import { describe, expect, it } from "vitest";
import type { Terms } from "../../shared/contract-mediation";
import { anAccident, aMediation, aParty } from "../desk/testing";
import { insuredWith } from "./guests";
import { standsAt, wishOf } from "./stands";
import { addPayment, changePayment, draftRequest, editText, openPoints, regenerate, startTerms, takeDraft, terms } from "./terms";

const suggestion = [{ payer: "甲", payee: "乙", amount_fen: 21_000 }];
const begun = startTerms({ suggestion, proposal: null });

describe("terms being written", () => {
  it("begin with what the plan leaves to the parties", () => {
    expect(begun.payments).toEqual(suggestion);
    expect(begun.textEdited).toBe(false);
  });
  it("begin anew with what was proposed, whose text is the officer's own", () => {
    const before: Terms = { payments: [], text: "各自承担。", performance: null, deadline: null, over_loss_reason: null };
    const proposal = { terms: before, deadline_text: null, difference: [], proposed_at: "", to_sign_sha256: "", signatures: [], document: { sha256: "", bytes: 0, pages: 0, revision: 1, url: "" } };
    expect(startTerms({ suggestion, proposal })).toMatchObject({ text: "各自承担。", textEdited: true });
  });
  it("take the service's text until the officer writes one, and again when asked", () => {
    const drafted = takeDraft(begun, { text: "甲方付乙方。" });
    expect(drafted.text).toBe("甲方付乙方。");
    const own = editText(drafted, "甲方当场付清。");
    expect(takeDraft(own, { text: "甲方付乙方 100 元。" }).text).toBe("甲方当场付清。");
    expect(regenerate(own, { text: "甲方付乙方。" })).toMatchObject({ text: "甲方付乙方。", textEdited: false });
  });
  it("count the same words typed by hand as the service's", () => {
    expect(takeDraft(editText(begun, "同样。"), { text: "同样。" }).textEdited).toBe(false);
  });
  it("leave out payments of nothing, and with them how and until when", () => {
    const nothing = changePayment(begun, 0, { amount_fen: 0 });
    expect(draftRequest(nothing)).toMatchObject({ payments: [], performance: null, deadline: null, text: null });
    expect(terms(editText(nothing, " 各自承担。 "))).toMatchObject({ text: "各自承担。", performance: null });
  });
  it("ask for the text to be checked only when it is the officer's own", () => {
    expect(draftRequest(editText(begun, "x")).text).toBe("x");
    expect(draftRequest(editText(begun, "x"), false).text).toBeNull();
  });
  it("add a pair that is not there yet", () => {
    expect(addPayment(begun, ["甲", "乙"]).payments.at(-1)).toEqual({ payer: "乙", payee: "甲", amount_fen: 0 });
    expect(addPayment(begun, ["甲"])).toBe(begun);
  });
  it("are held back by what makes no sense", () => {
    const wrong = { ...changePayment(begun, 0, { payee: "甲" }), performance: " ", deadline: { kind: "on", date: "" } as const };
    expect(openPoints(wrong)).toEqual(["付款人和收款人不能是同一方", "请填写履行方式", "请选择履行期限的日期", "请填写调解结果"]);
    expect(openPoints(editText({ ...begun, payments: [...suggestion, ...suggestion] }, "x"))).toEqual(["同样的付款人和收款人请合成一项"]);
  });
});

describe("how the mediation stands", () => {
  it("tells a party that has not answered from one that does not want it", () => {
    const mediation = aMediation({ wishes: [{ party_id: "p1", wanted: false, at: "" }] });
    expect(["p1", "p2"].map((id) => wishOf(mediation, id))).toEqual(["declined", "unanswered"]);
  });
  it("says nothing while nobody asked", () => {
    expect(standsAt({ mediation: null }).word).toBe("");
    expect(standsAt({ mediation: aMediation({ open: false }) }).word).toBe("");
    expect(standsAt({ mediation: aMediation({ open: false, wishes: [{ party_id: "p1", wanted: true, at: "" }] }) }).word).toBe("有人申请");
    expect(standsAt({ mediation: aMediation() }).word).toBe("各方申请");
  });
});

describe("guests of an insurer", () => {
  it("come from an insurer with a policy in the accident, each named once", () => {
    const ctp = { insurer: "PICC", policy: "", valid_from: null, valid_to: null };
    const vehicle = { traffic_mode: "K3", plate_kind: null, plate: "", model: null, vin: null, ctp, third_party: null, own_damage: { insurer: "PICC", deductible_percent: 0 } };
    const view = anAccident({ parties: [aParty("p1", "甲", { vehicle }), aParty("p2", "乙")] });
    expect(insuredWith(view, { insurers: [{ code: "PICC", name: "人保" }] })).toEqual([{ code: "PICC", label: "人保" }]);
  });
});
