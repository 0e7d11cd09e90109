import { describe, expect, it } from "vitest";
import { ApiProblem, type Api } from "../../shared/api";
import type { ClearingRow, ClearingStatement } from "../../shared/contract-orders";
import { hashOf, placeOf } from "../route";
import { createClearing, fileUrl, matrix, monthWord, moves } from "./clearing";

const [cpic, paic, picc] = ["CPIC", "PAIC", "PICC"].map((code) => ({ code, name: code })) as [{ code: string; name: string }, { code: string; name: string }, { code: string; name: string }];
const rows: ClearingRow[] = [
  { first: cpic, second: picc, net_fen: -300, claims: [] },
  { first: paic, second: picc, net_fen: 1_000, claims: [] },
];

describe("the clearing matrix", () => {
  it("shows each pair from both sides, and adds up to zero", () => {
    const { insurers, cells, sums } = matrix(rows);
    expect(insurers.map((one) => one.code)).toEqual(["CPIC", "PAIC", "PICC"]);
    expect(cells).toEqual([[null, null, -300], [null, null, 1_000], [300, -1_000, null]]);
    expect(sums).toEqual([300, -1_000, 700]);
    expect(sums.reduce((a, b) => a + b)).toBe(0);
  });
  it("names who gives whom, also when the second owes the first", () => {
    expect(rows.map((row) => [moves(row)?.from.code, moves(row)?.to.code, moves(row)?.fen])).toEqual([["PICC", "CPIC", 300], ["PAIC", "PICC", 1_000]]);
    expect(moves({ ...(rows[0] as ClearingRow), net_fen: 0 })).toBeNull();
  });
});

function month(name: string, may_close: boolean): ClearingStatement {
  return { month: name, unit: { code: "", name: "" }, state: may_close ? "preview" : "frozen", may_close, rows, balances: [], claims: 2, moves_fen: 1_300, frozen: null };
}

describe("the clearing page", () => {
  const listed = { months: [{ month: "2026-03" }, { month: "2026-02" }] };
  function api(over: Partial<Api>, asked: string[] = []): Api {
    const none = () => Promise.reject(new Error("not asked for"));
    const get = async <T>(path: string): Promise<T> => {
      asked.push(path);
      return (path === "/clearing" ? listed : month(path.slice("/clearing/".length), true)) as T;
    };
    return { get, post: none, put: none, delete: none, ...over };
  }

  it("opens the newest month, or the one in the address", async () => {
    const asked: string[] = [];
    const clearing = createClearing(api({}, asked), () => undefined);
    await clearing.open(null);
    expect(clearing.statement.value?.month).toBe("2026-03");
    await clearing.open("2026-02");
    expect(asked).toEqual(["/clearing", "/clearing/2026-03", "/clearing", "/clearing/2026-02"]);
  });
  it("keeps what it shows when closing is refused, and says why", async () => {
    const refused = { post: () => Promise.reject(new ApiProblem(409, "month_open", "这个月还没有结束")) } as Partial<Api>;
    const clearing = createClearing(api(refused), () => undefined);
    await clearing.open(null);
    expect(await clearing.close("2026-03")).toBe(false);
    expect([clearing.trouble.value, clearing.statement.value?.month]).toEqual(["这个月还没有结束", "2026-03"]);
  });
  it("asks to sign in again when the session is over", async () => {
    let lost = false;
    const clearing = createClearing(api({ get: () => Promise.reject(new ApiProblem(401, "unauthenticated", "")) }), () => (lost = true));
    await clearing.open(null);
    expect(lost).toBe(true);
  });
  it("comes back to the same month after a reload", () => {
    expect(placeOf(hashOf({ at: "clearing", month: "2026-02" }))).toEqual({ at: "clearing", month: "2026-02" });
    expect(placeOf("#/clearing")).toEqual({ at: "clearing", month: null });
    expect(placeOf("#/clearing/../x")).toEqual({ at: "queue" });
    expect([monthWord("2026-02"), fileUrl("2026-02", "csv")]).toEqual(["2026年2月", "/api/v1/clearing/2026-02.csv?as=officer"]);
  });
});
