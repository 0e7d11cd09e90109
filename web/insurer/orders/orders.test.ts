import { describe, expect, it } from "vitest";
import type { AssessmentRecord } from "../../shared/contract-assessment";
import type { ClearingRow, ClearingStatement, PaymentOrder, PaymentsResult } from "../../shared/contract-orders";
import { matching as assessments } from "../assessments/assessments";
import { portions } from "../bulk/bulk";
import { inputOf, instantOf, readPaid } from "./csv";
import { dueFen, matching, refusedLines } from "./orders";
import { taken } from "../parts/pull";
import { flowOf, ownBalance } from "../statements/statements";

const ID = "0198f0aa-0000-7000-8000-00000000000";

describe("paid orders from a file", () => {
  it("are read with a header in any order, with quotes, tabs, and the mark that spreadsheets put in front", () => {
    const wanted = [{ line: 2, id: `${ID}1`, reference: 'A,"1"', paid_at: "2026-11-23T06:05:00.000Z" }];
    expect(readPaid(`\uFEFFpaid_at,id,reference\r\n2026-11-23 14:05,${ID}1,"A,""1"""\r\n`)).toEqual({ good: wanted, bad: [] });
    expect(readPaid(`${ID}1\tR1\t2026/11/23 14:05:07\n`).good).toEqual([{ line: 1, id: `${ID}1`, reference: "R1", paid_at: "2026-11-23T06:05:07.000Z" }]);
  });

  it("name each line that cannot be read and leave the others alone", () => {
    const { good, bad } = readPaid([`${ID}1,R1,2026-11-23 14:05`, "", "x,R2,2026-11-23 14:05", `${ID}2,,2026-11-23 14:05`, `${ID}3,R3,gestern`, `${ID}1,R1,2026-11-23 14:05`].join("\n"));
    expect(good.map(({ line }) => line)).toEqual([1]);
    expect(bad.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect(bad[2]?.why).toContain("gestern");
  });

  it("keep their line number after a quoted line break", () => {
    expect(readPaid(`${ID}1,"R\n1",2026-11-23 14:05\nx,y,z`).bad).toMatchObject([{ line: 3 }]);
  });

  it("have times that exist, in China's time unless they say otherwise", () => {
    expect(instantOf("2026-02-30 10:00")).toBeNull();
    expect(instantOf("2026-11-23 24:00")).toBeNull();
    expect(instantOf("2026-11-23T14:05:00+08:00")).toBe("2026-11-23T06:05:00.000Z");
    expect(instantOf("2026-11-23T14:05")).toBe("2026-11-23T06:05:00.000Z");
    expect(inputOf(Date.parse("2026-11-23T06:05:00Z"))).toBe("2026-11-23T14:05:00");
  });
});

const order = (id: string, fresh: Partial<PaymentOrder> = {}): PaymentOrder =>
  ({ id, change: 1, own: true, state: "due", direction: "pay", amount_fen: 100, made_at: `2026-11-2${id}T00:00:00Z`, ...fresh }) as unknown as PaymentOrder;

describe("payment orders", () => {
  it("show what is due first, the oldest before all, and others' only where they are asked for", () => {
    const all = [order("3"), order("1", { state: "paid" }), order("2"), order("4", { own: false }), order("5", { state: "replaced" })];
    expect(matching(all, "due").map(({ id }) => id)).toEqual(["2", "3"]);
    expect(matching(all, "all").map(({ id }) => id)).toEqual(["2", "3", "1", "5"]);
    expect(matching(all, "others").map(({ id }) => id)).toEqual(["4"]);
    expect(matching([order("1", { state: "confirmed" })], "paid")).toHaveLength(1);
  });

  it("add up what this company has to pay, not what it gets back", () => {
    expect(dueFen([order("1"), order("2", { direction: "recover" }), order("3", { own: false }), order("4", { state: "paid" })])).toBe(100);
  });

  it("go out in requests that the service takes, and come back with the line of the file", () => {
    const lines = Array.from({ length: 450 }, (_, at) => ({ line: at + 2, id: `${at}`, reference: "r", paid_at: "" }));
    expect(portions(lines).map((one) => one.length)).toEqual([200, 200, 50]);
    const problem = { code: "already_paid", message: "已经付款", errors: [] };
    const result = { items: [{ id: "0", ok: true, order: null, problem: null }, { id: "1", ok: false, order: null, problem }], paid: 1, refused: 1 } as PaymentsResult;
    expect(refusedLines(lines.slice(0, 2), result)).toEqual([{ line: 3, why: "已经付款" }]);
  });
});

describe("lists read by cursor", () => {
  it("take a later change over an earlier one, never the other way round", () => {
    const first = taken({ items: [], cursor: null }, { items: [order("1", { change: 3 })], next: "c3", more: false });
    const late = taken(first, { items: [order("1", { change: 2, state: "paid" }), order("2", { change: 4 })], next: "c4", more: false });
    expect(late.items.map(({ id, state }) => [id, state])).toEqual([["1", "due"], ["2", "due"]]);
    expect(late.cursor).toBe("c4");
  });
});

describe("assessments", () => {
  const one = (id: string, fresh: Partial<AssessmentRecord>): AssessmentRecord =>
    ({ id, state: "awaiting", until: null, must_answer_own: false, proposed_at: "", ...fresh }) as unknown as AssessmentRecord;

  it("put the shortest window first, then the newest", () => {
    const all = [
      one("a", { state: "binding", proposed_at: "2026-11-20" }), one("b", { until: "2026-11-25" }),
      one("c", { until: "2026-11-24", must_answer_own: true }), one("d", { state: "joint", proposed_at: "2026-11-21" }),
    ];
    expect(assessments(all, "all").map(({ id }) => id)).toEqual(["c", "b", "d", "a"]);
    expect(assessments(all, "mine").map(({ id }) => id)).toEqual(["c"]);
    expect(assessments(all, "awaiting").map(({ id }) => id)).toEqual(["c", "b"]);
    expect(assessments(all, "objected").map(({ id }) => id)).toEqual(["d"]);
  });
});

describe("a clearing row", () => {
  const row = (net_fen: number): ClearingRow => ({ first: { code: "A", name: "甲" }, second: { code: "B", name: "乙" }, net_fen, claims: [] });

  it("says who pays whom, whatever the sign", () => {
    expect(flowOf(row(100))).toEqual({ from: "甲", to: "乙", fen: 100 });
    expect(flowOf(row(-100))).toEqual({ from: "乙", to: "甲", fen: 100 });
    expect(flowOf(row(0))).toBeNull();
  });

  it("adds up with the others for the company that is in all of them, and for nobody else", () => {
    const pair = (first: string, second: string): ClearingRow =>
      ({ first: { code: first, name: first }, second: { code: second, name: second }, net_fen: 1, claims: [] });
    const balances = ["CPIC", "PAIC", "PICC"].map((code) => ({ insurer: { code, name: code }, net_fen: 1 }));
    const of = (rows: ClearingRow[]) => ownBalance({ rows, balances } as unknown as ClearingStatement)?.insurer.code ?? null;
    expect(of([pair("CPIC", "PICC"), pair("PAIC", "PICC")])).toBe("PICC");
    expect(of([pair("PAIC", "PICC")])).toBeNull();
  });
});
