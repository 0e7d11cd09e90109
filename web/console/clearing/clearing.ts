/** 月度清算 as the page needs it: the months, one month's statement, the matrix, and closing a month. */
import { ref, shallowRef } from "vue";
import { ApiProblem, API_BASE, sentenceOf, type Api } from "../../shared/api";
import type { ClaimKind, ClearingMonths, ClearingRow, ClearingStatement, NamedInsurer } from "../../shared/contract-orders";

export const CLAIM: Record<ClaimKind, string> = { ctp_advance: "无责代赔", mutual_trust: "定损互信代付", subrogation: "代位求偿" };

/** "2026-11" → "2026年11月". */
export function monthWord(month: string): string {
  const [year = "", number = ""] = month.split("-");
  return `${year}年${Number(number)}月`;
}

export interface Matrix {
  readonly insurers: readonly NamedInsurer[];
  /** What the row's insurer owes the column's; negative: gets from it; null: nothing between them. */
  readonly cells: readonly (readonly (number | null)[])[];
  /** What each gets (+) or gives (−). */
  readonly sums: readonly number[];
}

/** Every insurer against every other. A row's sum is what it gives, so it adds up to zero over all. */
export function matrix(rows: readonly ClearingRow[]): Matrix {
  const known = new Map(rows.flatMap(({ first, second }) => [first, second]).map((one) => [one.code, one]));
  const insurers = [...known.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  const between = (a: string, b: string): number | null => {
    const row = rows.find((one) => (one.first.code === a && one.second.code === b) || (one.first.code === b && one.second.code === a));
    if (!row) return null;
    return row.first.code === a ? row.net_fen : -row.net_fen;
  };
  const cells = insurers.map((a) => insurers.map((b) => between(a.code, b.code)));
  // Zero must not read as minus zero.
  const sums = cells.map((line) => 0 - line.reduce<number>((all, cell) => all + (cell ?? 0), 0));
  return { insurers, cells, sums };
}

/** Who gives whom how much, in words' order: the debtor first. */
export function moves(row: ClearingRow): { from: NamedInsurer; to: NamedInsurer; fen: number } | null {
  if (row.net_fen === 0) return null;
  const [from, to] = row.net_fen > 0 ? [row.first, row.second] : [row.second, row.first];
  return { from, to, fen: Math.abs(row.net_fen) };
}

export function fileUrl(month: string, kind: "csv" | "xlsx"): string {
  return `${API_BASE}/clearing/${month}.${kind}?as=officer`;
}

export function createClearing(api: Api, lost: () => void) {
  const months = shallowRef<ClearingMonths["months"] | null>(null);
  const statement = shallowRef<ClearingStatement | null>(null);
  const trouble = ref<string | null>(null);
  const loading = ref(false);
  const closing = ref(false);
  let turn = 0;

  function fail(error: unknown): void {
    if (error instanceof ApiProblem && error.status === 401) lost();
    else trouble.value = sentenceOf(error);
  }

  async function list(): Promise<void> {
    months.value = (await api.get<ClearingMonths>("/clearing")).months;
  }

  return {
    months, statement, trouble, loading, closing,
    /** The months, and the one named or else the newest. */
    async open(month: string | null): Promise<void> {
      const mine = ++turn;
      loading.value = true;
      trouble.value = null;
      try {
        await list();
        const wanted = month ?? months.value?.[0]?.month ?? null;
        const fresh = wanted === null ? null : await api.get<ClearingStatement>(`/clearing/${wanted}`);
        if (mine === turn) statement.value = fresh;
      } catch (error) {
        if (mine === turn) fail(error);
      } finally {
        if (mine === turn) loading.value = false;
      }
    },
    /** For good: true when the month is frozen now. */
    async close(month: string): Promise<boolean> {
      closing.value = true;
      trouble.value = null;
      try {
        await api.post(`/clearing/${month}/closing`);
        statement.value = await api.get<ClearingStatement>(`/clearing/${month}`);
        await list();
        return true;
      } catch (error) {
        fail(error);
        return false;
      } finally {
        closing.value = false;
      }
    },
  };
}

export type Clearing = ReturnType<typeof createClearing>;
