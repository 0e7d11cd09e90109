import { describe, expect, it } from "vitest";
import { readYuan, yuanField } from "./money";

describe("money", () => {
  it("reads yuan into fen without a float in between", () => {
    expect(readYuan("1200.5")).toEqual({ ok: true, fen: 120050 });
    expect(readYuan("0.29")).toEqual({ ok: true, fen: 29 });
    expect(readYuan("1.")).toEqual({ ok: true, fen: 100 });
  });
  it("accepts what a Chinese keyboard produces", () => {
    expect(readYuan(" ￥１，２００．５０元 ")).toEqual({ ok: true, fen: 120050 });
  });
  it("takes an empty field as no loss", () => {
    expect(readYuan("  ")).toEqual({ ok: true, fen: 0 });
  });
  it("refuses words, signs, three decimals and slips of the finger", () => {
    for (const typed of ["-1", "abc", "1.234", "1e5", "1.2.3", "9".repeat(12)]) {
      expect(readYuan(typed).ok, typed).toBe(false);
    }
  });
  it("gives back in the field what was typed", () => {
    for (const typed of ["1200", "1200.50", "0.05", ""]) {
      const read = readYuan(typed);
      expect(read.ok && yuanField(read.fen)).toBe(typed);
    }
  });
});
