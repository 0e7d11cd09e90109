import { describe, expect, it } from "vitest";
import { accepted, begin, isDirty, merge, same, takeTheirs } from "./merge";

const base = { name: "张三", vehicle: { plate: "浙D12345", ctp: null as null | { insurer: string; policy: string } } };

describe("merging two writers", () => {
  it("keeps what I typed and takes in what only they changed", () => {
    const mine = { ...base, name: "张三丰" };
    const theirs = { ...base, vehicle: { ...base.vehicle, plate: "浙D54321" } };
    expect(merge(base, mine, theirs)).toEqual({ name: "张三丰", vehicle: { plate: "浙D54321", ctp: null } });
  });
  it("keeps mine where both changed the same field", () => {
    expect(merge(base, { ...base, name: "甲" }, { ...base, name: "乙" }).name).toBe("甲");
  });
  it("joins a part that neither had before", () => {
    const mine = { ...base, vehicle: { ...base.vehicle, ctp: { insurer: "PICC", policy: "" } } };
    const theirs = { ...base, vehicle: { ...base.vehicle, plate: "浙D00001" } };
    expect(merge(base, mine, theirs).vehicle).toEqual({ plate: "浙D00001", ctp: { insurer: "PICC", policy: "" } });
  });
  it("never mixes two lists into one that nobody wrote", () => {
    expect(merge(["101"], ["101", "302"], ["103"])).toEqual(["101", "302"]);
  });
  it("takes an absent field and null for the same", () => {
    expect(same({ a: 1, road: null }, { a: 1 })).toBe(true);
    expect(same({ a: 1, road: "" }, { a: 1 })).toBe(false);
  });
});

describe("a draft", () => {
  it("is clean until something is typed", () => {
    expect(isDirty(begin(base))).toBe(false);
    expect(isDirty({ base, mine: { ...base, name: "李" } })).toBe(true);
  });
  it("survives the server's word while dirty", () => {
    const draft = takeTheirs({ base, mine: { ...base, name: "李" } }, { ...base, name: "王" });
    expect(draft.mine.name).toBe("李");
    expect(isDirty(draft)).toBe(true);
  });
  it("keeps what was typed while the save was under way", () => {
    const sent = { ...base, name: "李" };
    const draft = accepted({ base, mine: { ...base, name: "李四" } }, sent, { ...base, name: "李" });
    expect(draft.mine.name).toBe("李四");
    expect(isDirty(draft)).toBe(true);
  });
  it("is clean once everything typed was accepted, also when the server normalised it", () => {
    const sent = { ...base, name: " 李 " };
    const draft = accepted({ base, mine: sent }, sent, { ...base, name: "李" });
    expect(draft.mine.name).toBe("李");
    expect(isDirty(draft)).toBe(false);
  });
});
