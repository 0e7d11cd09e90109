import { describe, expect, it } from "vitest";
import type { Preview, Situation } from "../../shared/contract";
import { anAccident } from "../desk/testing";
import { COMMON, search } from "./search";
import * as V from "./verdict";

const preview: Preview = {
  proposal: [{ party_id: "p1", liability: "full", share: 100 }, { party_id: "p2", liability: "none", share: 0 }],
  facts_text: "规则写的事实", liability_text: "", articles: [], problems: [],
};
const start = V.addViolation(V.startVerdict(anAccident()), "p1", "101");
const ready = V.takePreview(start, preview);

describe("the verdict", () => {
  it("follows the proposal until the officer says otherwise", () => {
    expect(V.decideRequest(ready, preview, 7)).toEqual({
      seen: 7,
      parties: [
        { party_id: "p1", violations: ["101"], liability: "full", share: 100 },
        { party_id: "p2", violations: [], liability: "none", share: 0 },
      ],
      facts_text: "规则写的事实",
      liability_text: null,
      override_reason: null,
    });
  });
  it("asks for a reason when the officer differs from the proposal, and only then", () => {
    const differs = V.choose(V.choose(ready, preview, "p1", "primary"), preview, "p2", "secondary");
    expect(V.openPoints(differs, preview)).toEqual(["责任与建议不一致，请写明理由"]);
    expect(V.openPoints({ ...differs, overrideReason: "前车无尾灯" }, preview)).toEqual([]);
    expect(V.openPoints(V.choose(ready, preview, "p1", "full"), preview)).toEqual([]);
  });
  it("lets choosing the proposal mean following it, also when it changes later", () => {
    const followed = V.choose(ready, preview, "p1", "full");
    const equal: Preview = { ...preview, proposal: [{ party_id: "p1", liability: "equal", share: 50 }, { party_id: "p2", liability: "equal", share: 50 }] };
    expect(V.effective(followed, equal)[0]?.liability).toBe("equal");
  });
  it("never overwrites facts that the officer edited, until asked", () => {
    const edited = V.editFacts(ready, "我写的事实");
    expect(V.takePreview(edited, { ...preview, facts_text: "新的" }).facts).toBe("我写的事实");
    expect(V.regenerate(edited, preview)).toMatchObject({ facts: "规则写的事实", factsEdited: false });
  });
  it("never overwrites the words on liability that the officer edited, until asked", () => {
    const said: Preview = { ...preview, liability_text: "甲承担全部责任。" };
    const edited = V.editLiability(ready, said, "甲追尾，承担全部责任。");
    const later = V.takePreview(edited, { ...said, liability_text: "甲承担全部责任。乙无责任。" });
    expect(V.liabilityText(later, said)).toBe("甲追尾，承担全部责任。");
    expect(V.decideRequest(later, said, 1)?.liability_text).toBe("甲追尾，承担全部责任。");
    expect(V.liabilityText(V.regenerate(later, said), said)).toBe("甲承担全部责任。");
    expect(V.editLiability(ready, said, "甲承担全部责任。").liabilityText).toBeNull();
    expect(V.openPoints(V.editLiability(ready, said, " "), said)).toEqual(["请填写责任认定，或重新生成"]);
  });
  it("does not carry a proposed share over to another liability", () => {
    expect(V.effective(V.choose(ready, preview, "p1", "primary"), preview)[0]?.share).toBeNull();
  });
  it("refuses shares that do not sum to 100", () => {
    let v = V.choose(V.choose(ready, preview, "p1", "primary"), preview, "p2", "secondary");
    v = { ...V.change(V.change(v, "p1", { share: 70 }), "p2", { share: 20 }), overrideReason: "x" };
    expect(V.openPoints(v, preview)).toEqual(["责任比例之和应为 100%"]);
    expect(V.decideRequest(v, preview, 1)).toBeNull();
  });
  it("wants something chosen before it decides", () => {
    const nothing = V.editFacts(V.startVerdict(anAccident()), "事实");
    expect(V.openPoints(nothing, preview)).toContain("请选择情形或责任");
  });
  it("starts from what was decided before, and treats that text as the officer's", () => {
    const decided = V.startVerdict(anAccident({
      decision: { parties: [{ party_id: "p1", violations: ["302"], liability: "full", share: null }], facts_text: "旧", liability_text: "", override_reason: null, at: "x" },
    }));
    expect(decided).toMatchObject({ facts: "旧", factsEdited: true });
    expect(decided.parties[0]).toMatchObject({ violations: ["302"], liability: "full" });
  });
  it("keeps what was chosen when a third party joins", () => {
    const more = V.withParties(ready, ["p1", "p2", "p3"]);
    expect(more.parties.map((p) => p.violations)).toEqual([["101"], [], []]);
  });
});

describe("searching situations", () => {
  const situation = (code: string, label: string, statute: string): Situation => ({ code, label, form: "", statutes: [statute], template: "" });
  const all = [
    situation("101", "追尾", "《道路交通安全法》第四十三条"),
    situation("302", "变更车道影响正常行驶", "《实施条例》第四十四条第二款"),
    situation("325", "缓行时借道", "《道路交通安全法》第四十五条"),
  ];
  const codes = (typed: string): string[] => search(all, typed).map((s) => s.code);

  it("finds by words, number and article", () => {
    expect(codes("追尾")).toEqual(["101"]);
    expect(codes("302")).toEqual(["302"]);
    expect(codes("实施条例 四十四")).toEqual(["302"]);
  });
  it("puts the code typed first, and finds nothing for nonsense", () => {
    expect(codes("3")[0]).toMatch(/^3/);
    expect(codes("飞碟")).toEqual([]);
  });
  it("offers the usual ones before anything is typed", () => {
    expect(codes("")).toEqual(COMMON.filter((c) => ["101", "302"].includes(c)));
  });
});
