import { describe, expect, it } from "vitest";
import type { AccidentView, Liability, PartyView, Payment, SettlementView } from "../../shared/contract";
import { anAccident, aParty } from "../desk/testing";
import { sum, worksheet, type StepKey } from "./worksheet";

type Line = readonly [head: string, cover: string, holder: string, payee: string, fen: number, rule: string];

/** Parties as `label: [liability, share, property, medical]`. */
function accident(of: Record<string, readonly [Liability, number | null, number, number?]>, outside: readonly [string, number][] = []): AccidentView {
  const parties = Object.entries(of).map(([label, [, , vehicle_fen, medical_fen = 0]]): PartyView =>
    aParty(label, label, { losses: { vehicle_fen, carried_fen: 0, medical_fen, disability_fen: 0 } }));
  const decided = Object.entries(of).map(([party_id, [liability, share]]) => ({ party_id, violations: [], liability, share }));
  return anAccident({
    parties,
    outside_property: outside.map(([owner, loss_fen]) => ({ owner, loss_fen })),
    decision: { parties: decided, facts_text: "", liability_text: "", override_reason: null, at: "" },
  });
}

function plan(lines: readonly Line[]): SettlementView {
  const payments = lines.map(([head, cover, holder, payee, amount_fen, rule]): Payment =>
    ({ head, cover, holder, payee, amount_fen, rule, because: "", insurer: cover === "personal" ? null : { code: "PICC", name: "人保" } }));
  const borne = sum(payments.filter((p) => p.rule === "share.own").map((p) => p.amount_fen));
  const all = sum(payments.map((p) => p.amount_fen));
  return { method: "standard", payments, losses_fen: all, paid_fen: all - borne, rule_pack: "cn-330681@2026-01", warnings: [], made_at: "" };
}

const keys = (view: AccidentView, of: SettlementView): StepKey[][] => worksheet(view, of).heads.map((h) => h.steps.map((s) => s.key));

describe("the worksheet", () => {
  it("takes the no-fault side first, then compulsory cover, then what remains by share, each loss down to zero", () => {
    const view = accident({ 甲: ["full", 100, 100_000], 乙: ["none", null, 150_000] });
    const made = plan([
      ["property", "ctp_advance", "甲", "甲", 10_000, "ctp.advance"],
      ["property", "ctp", "甲", "乙", 150_000, "ctp.standard"],
      ["property", "own_damage", "甲", "甲", 90_000, "share.own_damage"],
    ]);
    const sheet = worksheet(view, made);
    expect(keys(view, made)).toEqual([["no_fault", "at_fault", "by_share"]]);
    const rows = sheet.heads[0]?.steps.flatMap((s) => s.parts.flatMap((p) => p.rows)) ?? [];
    expect(rows.map((r) => [r.payment.payee, r.before_fen, r.after_fen])).toEqual([
      ["甲", 100_000, 90_000], ["乙", 150_000, 0], ["甲", 90_000, 0],
    ]);
    expect(sheet.adds_up).toBe(true);
  });

  it("shows what the second round added, and to whom", () => {
    const view = accident({ 甲: ["equal", 34, 400_000], 乙: ["equal", 33, 10_000], 丙: ["equal", 33, 0] });
    const made = plan([
      ["property", "ctp", "乙", "甲", 200_000, "ctp.standard"],
      ["property", "ctp", "丙", "甲", 195_122, "ctp.standard"],
      ["property", "ctp", "甲", "乙", 5_122, "ctp.standard"],
      ["property", "ctp", "丙", "乙", 4_878, "ctp.standard"],
      ["property", "own_damage", "甲", "甲", 1_658, "share.own_damage"],
      ["property", "third_party", "乙", "甲", 1_610, "share.third_party"],
      ["property", "third_party", "丙", "甲", 1_610, "share.third_party"],
    ]);
    const rows = worksheet(view, made).heads[0]?.steps[0]?.parts.flatMap((p) => p.rows) ?? [];
    expect(rows.map((r) => [r.payment.holder, r.payment.payee, r.second_round_fen])).toEqual([
      ["乙", "甲", null], ["丙", "甲", null], ["甲", "乙", 122], ["丙", "乙", null],
    ]);
  });

  it("takes equal parts for a first round, also when a fen cannot be divided", () => {
    const view = accident({ 甲: ["equal", null, 60_001], 乙: ["equal", null, 0], 丙: ["equal", null, 0] });
    const made = plan([
      ["property", "ctp", "乙", "甲", 30_001, "ctp.standard"],
      ["property", "ctp", "丙", "甲", 30_000, "ctp.standard"],
    ]);
    const rows = worksheet(view, made).heads[0]?.steps[0]?.parts[0]?.rows ?? [];
    expect(rows.map((r) => r.second_round_fen)).toEqual([null, null]);
  });

  it("says each one's part of the remainder, with its percent", () => {
    const view = accident({ 甲: ["primary", 70, 0], 乙: ["secondary", 30, 500_000] });
    const made = plan([
      ["property", "ctp", "甲", "乙", 200_000, "ctp.standard"],
      ["property", "third_party", "甲", "乙", 189_000, "share.third_party"],
      ["property", "personal", "甲", "乙", 21_000, "share.personal"],
      ["property", "personal", "乙", "乙", 90_000, "share.own"],
    ]);
    const part = worksheet(view, made).heads[0]?.steps[1]?.parts[0];
    expect(part?.before_fen).toBe(300_000);
    expect(part?.shares).toEqual([{ holder: "甲", percent: 70, part_fen: 210_000 }, { holder: "乙", percent: 30, part_fen: 90_000 }]);
    const sheet = worksheet(view, made);
    expect([sheet.paid_fen, sheet.borne_fen, sheet.losses_fen]).toEqual([410_000, 90_000, 500_000]);
  });

  it("puts an uninsured car's hundred yuan on the no-fault side, and outside property after the parties", () => {
    const view = accident({ 甲: ["full", null, 80_000], 乙: ["none", null, 70_000] }, [["公路段", 100_000]]);
    const made = plan([
      ["property", "personal", "乙", "甲", 10_000, "ctp.uninsured"],
      ["property", "ctp", "甲", "乙", 70_000, "ctp.standard"],
      ["property", "ctp", "甲", "公路段", 100_000, "ctp.standard"],
      ["property", "own_damage", "甲", "甲", 70_000, "share.own_damage"],
    ]);
    expect(keys(view, made)).toEqual([["no_fault", "at_fault", "by_share"]]);
    expect(worksheet(view, made).heads[0]?.losses.map((l) => l.victim)).toEqual(["甲", "乙", "公路段"]);
  });

  it("keeps injuries apart, where no-fault policies answer beside the others", () => {
    const view = accident({ 甲: ["full", 100, 0, 60_000], 乙: ["none", null, 0, 60_000] });
    const made = plan([
      ["medical", "ctp", "乙", "甲", 60_000, "ctp.no_fault"],
      ["medical", "ctp", "甲", "乙", 60_000, "ctp.standard"],
    ]);
    expect(keys(view, made)).toEqual([["at_fault"]]);
    expect(worksheet(view, made).heads[0]?.head).toBe("medical");
  });

  it("says so when a plan does not account for every fen", () => {
    const view = accident({ 甲: ["full", 100, 0], 乙: ["none", null, 150_000] });
    const short = worksheet(view, plan([["property", "ctp", "甲", "乙", 149_999, "ctp.standard"]]));
    expect(short.adds_up).toBe(false);
    expect(short.heads[0]?.losses[0]?.open_fen).toBe(1);
  });
});
