import { describe, expect, it } from "vitest";
import type { BarKind, MediationView } from "../../shared/contract-mediation";
import { aFinding, anAccident, aMediation } from "../desk/testing";
import { AT_REST, moved, turned, zoomed } from "../evidence/look";
import { noteFor } from "../form/notes";
import { hashOf, placeOf } from "../route";
import { closingBody, suggested } from "./closing";
import { begin, extend, inkOf, PAD, place, type Strokes } from "./ink";

describe("closing", () => {
  it("suggests 4 拒绝签字 when somebody refused, else 1 with a mediation code", () => {
    expect(suggested(anAccident({ finding: aFinding("signed", "refused") }))).toMatchObject({ closing: "4", why: "乙方拒绝在认定书上签名。" });
    expect(suggested(anAccident({ finding: aFinding("signed", "signed") }))).toMatchObject({ closing: "1", mediation: "1" });
  });
  it("suggests what the mediation came to: agreed, barred by the gravest reason, or failed", () => {
    const with_ = (more: Partial<MediationView>) =>
      suggested(anAccident({ finding: aFinding("signed", "signed"), mediation: { ...aMediation(), ...more } }));
    expect(with_({ ending: { ending: "agreed", at: "" } })).toMatchObject({ closing: "1", mediation: "3" });
    const bar = (party_id: string, why: BarKind, closing_code: string) => ({ party_id, why, closing_code, note: "", at: "", noted: true });
    expect(with_({ bars: [bar("p1", "does_not_agree", "2"), bar("p2", "objects_to_finding", "3")] })).toMatchObject({ closing: "3", why: "乙方对认定有异议。" });
    expect(with_({ ending: { ending: "failed", reason: "", at: "" } })).toMatchObject({ closing: "2" });
    // While they mediate nothing is true yet.
    expect(with_({ open: true })).toMatchObject({ closing: null });
    expect(with_({ open: false })).toMatchObject({ closing: "1", mediation: "1" });
  });
  it("says what came out among the parties themselves; only the result on the finding needs no words", () => {
    expect(closingBody({ closing: "1", mediation: "1", note: " " })).toEqual({ why: "请在备注中写明协商或调解的结果" });
    expect(closingBody({ closing: "1", mediation: "3", note: "" })).toEqual({ body: { closing_code: "1", mediation_code: "3" } });
  });
  it("sends a mediation code with 1 and never with another", () => {
    expect(closingBody({ closing: "1", mediation: null, note: "" })).toEqual({ why: "调解结案须选择调解方式" });
    expect(closingBody({ closing: "3", mediation: "2", note: " 有异议 " })).toEqual({ body: { closing_code: "3", note: "有异议" } });
  });
});

describe("ink", () => {
  const box = { left: 10, top: 20, width: 300, height: 100 };
  it("keeps pad coordinates whatever the size on the screen, and stays inside the pad", () => {
    expect(place({ x: 160, y: 70 }, box)).toEqual({ x: 300, y: 100 });
    expect(place({ x: 9999, y: -5 }, box)).toEqual({ x: PAD.width, y: 0 });
  });
  it("takes a dot for no signature", () => {
    const dot = begin([], { t: 0, x: 1, y: 1, pressure: 0.5 });
    expect(inkOf(dot)).toBeNull();
    let line: Strokes = dot;
    for (let t = 1; t < 20; t++) line = extend(line, { t, x: t, y: t, pressure: 0.5 });
    expect(inkOf(line)?.strokes[0]).toHaveLength(20);
  });
});

describe("looking at evidence", () => {
  it("turns by quarters and comes round", () => {
    expect([1, 2, 3, 4].reduce((look) => turned(look), AT_REST).turn).toBe(0);
  });
  it("can never lose the picture: at the smallest zoom it sits in the middle", () => {
    const away = moved(zoomed(AT_REST, 2), 500, 500);
    expect(away.x).toBe(500);
    expect(zoomed(away, 0.1)).toMatchObject({ zoom: 1, x: 0, y: 0 });
    expect(moved(AT_REST, 9, 9)).toEqual(AT_REST);
  });
});

describe("small things", () => {
  it("finds the note of a field however deep the service names it", () => {
    const notes = [{ field: "party.vehicle.ctp.policy", code: "x", message: "保单号" }];
    expect(noteFor(notes, "ctp.policy")).toBe("保单号");
    expect(noteFor(notes, "plate")).toBe("");
  });
  it("comes back to the same case after a reload", () => {
    const id = "01890a5d-ac96-774b-bcce-b302099a8057";
    expect(placeOf(hashOf({ at: "case", id }))).toEqual({ at: "case", id });
    expect(placeOf("#/cases/../../x")).toEqual({ at: "queue" });
  });
});
