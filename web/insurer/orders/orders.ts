/** Payment orders as a clerk works them off: due ones first, the oldest before all. */
import type { PaymentOrder, PaymentsResult } from "../../shared/contract-orders";
import { whyNot } from "../bulk/bulk";
import type { PaidLine } from "./csv";

export type Filter = "due" | "paid" | "rejected" | "others" | "all";

export const FILTERS: readonly { code: Filter; label: string }[] = [
  { code: "due", label: "待付" },
  { code: "paid", label: "已付" },
  { code: "rejected", label: "已退回" },
  { code: "all", label: "本公司全部" },
  { code: "others", label: "他公司的（先行赔付）" },
];

export const STATE = { due: "待付", paid: "已付款", confirmed: "已到账", rejected: "已退回", replaced: "已被代替" } as const;
export const STATE_KIND = { due: "warn", paid: "info", confirmed: "ok", rejected: "danger", replaced: "info" } as const;
export const ON_BEHALF = { mutual_trust: "互信先行赔付", subrogation: "代位求偿" } as const;

const RANK = { due: 0, rejected: 1, paid: 2, confirmed: 3, replaced: 4 } as const;

export function matching(all: readonly PaymentOrder[], filter: Filter): readonly PaymentOrder[] {
  const wanted = ({ own, state, direction }: PaymentOrder): boolean => {
    if (filter === "others") return !own && state === "due" && direction === "pay";
    if (!own) return false;
    return filter === "all" || state === filter || (filter === "paid" && state === "confirmed");
  };
  return all.filter(wanted).sort((a, b) => {
    const [one, other] = [RANK[a.state], RANK[b.state]];
    if (one !== other) return one - other;
    return one === 0 ? a.made_at.localeCompare(b.made_at) : b.made_at.localeCompare(a.made_at);
  });
}

/** What this company still has to pay, in fen; what it is to get back does not count against it. */
export function dueFen(all: readonly PaymentOrder[]): number {
  const due = all.filter((one) => one.own && one.state === "due" && one.direction === "pay");
  return due.reduce((sum, one) => sum + one.amount_fen, 0);
}

/** What the service refused, with the line of the file it came from. */
export function refusedLines(lines: readonly PaidLine[], result: PaymentsResult): readonly { line: number; why: string }[] {
  return result.items.flatMap((item, index) => {
    if (item.ok) return [];
    return [{ line: lines[index]?.line ?? 0, why: whyNot(item.problem) }];
  });
}
