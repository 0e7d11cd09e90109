import { describe, expect, it } from "vitest";
import { draftOf, EMPTY, fieldOf, judge, pageOf, pagesOf, partyOf, type Draft } from "./form";

const TODAY = "20261123";
const full: Draft = {
  ...EMPTY,
  name: "张䶮",
  id_number: "11010519491231002x",
  plate: "浙d·d12345",
  model: "大众朗逸",
  ctp_insurer: "PICC",
  ctp_policy: "PDZA 2026",
  ctp_from: "2026-01-01",
  ctp_to: "2026-12-31",
  third_party: true,
  third_party_insurer: "PICC",
  third_party_limit: "200",
};

describe("form", () => {
  it("a filled draft is sent tidied, money in fen, kind of plate as the plate tells", () => {
    const party = partyOf(full);
    expect(party.id_number).toBe("11010519491231002X");
    expect(party.vehicle).toMatchObject({ plate: "浙DD12345", plate_kind: "52", traffic_mode: "K3", vin: null });
    expect(party.vehicle?.third_party).toEqual({ insurer: "PICC", limit_fen: 200_000_000, deductible_percent: 0 });
    expect(party.vehicle?.own_damage).toBeNull();
  });

  it("what the service knows comes back into the same draft", () => {
    const known = { ...partyOf(full), id: "a", label: "甲", phone: "", confirmed: true, online: true, complete: true };
    expect(partyOf(draftOf({ ...known, consents: [], warnings: [], losses: null }))).toEqual(partyOf(full));
  });

  it("each page says only what is wrong on it", () => {
    expect(Object.keys(judge(EMPTY, "who", TODAY))).toEqual(["name", "id_number"]);
    expect(Object.keys(judge(EMPTY, "vehicle", TODAY))).toEqual(["plate"]);
    expect(Object.keys(judge({ ...EMPTY, third_party: true, own_damage: true }, "cover", TODAY))).toEqual([
      "ctp_insurer",
      "third_party_insurer",
      "own_damage_insurer",
    ]);
    for (const page of pagesOf("motor")) expect(judge(full, page, TODAY)).toEqual({});
  });

  it("a cyclist needs no plate and no cover, a walker no vehicle", () => {
    expect(pagesOf("non_motor")).toEqual(["who", "vehicle"]);
    expect(judge({ ...EMPTY, kind: "non_motor", traffic_mode: "F6" }, "vehicle", TODAY)).toEqual({});
    expect(partyOf({ ...full, kind: "pedestrian" }).vehicle).toBeNull();
    expect(partyOf({ ...full, kind: "non_motor" }).vehicle?.ctp).toBeNull();
  });

  it("the service's field names lead to the field and its page", () => {
    const names: [string, string, string][] = [
      ["party.id_number", "id_number", "who"],
      ["vehicle.plate", "plate", "vehicle"],
      ["party.vehicle.ctp.insurer", "ctp_insurer", "cover"],
      ["vehicle.ctp.valid_to", "ctp_to", "cover"],
      ["vehicle.third_party.limit_fen", "third_party_limit", "cover"],
      ["vehicle.own_damage.deductible_percent", "own_damage_deductible", "cover"],
    ];
    for (const [name, field, page] of names) {
      expect(fieldOf(name), name).toBe(field);
      expect(pageOf(fieldOf(name)!), name).toBe(page);
    }
    expect(fieldOf("seen")).toBeNull();
  });
});
