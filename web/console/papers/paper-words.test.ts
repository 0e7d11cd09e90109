import { describe, expect, it } from "vitest";
import { aMediation, anAccident } from "../desk/testing";
import { agreementOf, issuable, signedWord } from "./paper-words";

const signature = (state: "pending" | "signed" | "refused") => ({ party_id: "p", state, at: null, what: null, reason: null });

describe("papers in words", () => {
  it("say how their signatures stand", () => {
    const word = (...states: ("pending" | "signed" | "refused")[]) => signedWord({ replaced: false, signatures: states.map(signature) }).word;
    expect([word(), word("pending", "signed"), word("signed", "signed"), word("signed", "refused")]).toEqual(["不需签名", "待签名 1/2", "已签名", "有人拒签"]);
    expect(signedWord({ replaced: true, signatures: [signature("signed")] }).word).toBe("已有新的一份");
  });

  it("only two are issued by hand, by whoever holds the case", () => {
    const view = anAccident({ mediation: aMediation({ wishes: [{ party_id: "p1", wanted: true, at: "" }] }) });
    expect(issuable(view, "o1")).toEqual(["agreement", "mediation"]);
    expect(issuable(view, "o2")).toEqual([]);
    expect(issuable(anAccident({ stage: "closed" }), "o1")).toEqual([]);
  });

  it("an agreement needs everybody's liability and what is paid", () => {
    const told = [{ party_id: "p1", liability: "full" as const, situation: "倒车" }, { party_id: "p2", liability: "" as const, situation: "" }];
    expect(agreementOf(told, "甲赔乙")).toMatchObject({ why: expect.stringContaining("责任") });
    const both = [told[0]!, { ...told[1]!, liability: "none" as const }];
    expect(agreementOf(both, " ")).toMatchObject({ why: expect.stringContaining("赔偿") });
    expect(agreementOf(both, "甲赔乙 500 元")).toEqual({
      request: {
        kind: "agreement",
        agreed: { parties: [{ party_id: "p1", liability: "full", situation: "倒车" }, { party_id: "p2", liability: "none" }], terms: "甲赔乙 500 元" },
      },
    });
  });
});
