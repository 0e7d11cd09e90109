/**
 * The plan as a worksheet: every loss, what is taken off it step by step, and what is left, down to zero.
 *
 * It computes no payment. The plan is the server's; here its lines are put in the order in which the rules work, with
 * the balance before and after each, so that a reader can follow with a pencil. A plan that does not add up says so.
 */
import type { AccidentView, Liability, Payment, SettlementView } from "../../shared/contract";

/** In the order of the rules: settlement.md §2, §3.1, §3.2, §3.3. */
export type StepKey = "self_pay" | "no_fault" | "at_fault" | "by_share";

export interface Row {
  readonly payment: Payment;
  /** Of this loss, before and after this payment. */
  readonly before_fen: number;
  readonly after_fen: number;
  /** How much of it the second round added; null where the plan alone does not tell. */
  readonly second_round_fen: number | null;
  /** No money moves: the victim bears it. */
  readonly borne: boolean;
}

/** The lines of one step for one victim, and for the shares what each one's part was. */
export interface Part {
  readonly victim: string;
  readonly loss_fen: number;
  readonly before_fen: number;
  readonly rows: readonly Row[];
  readonly shares: readonly { readonly holder: string; readonly percent: number | null; readonly part_fen: number }[];
}

export interface Step {
  readonly key: StepKey;
  readonly parts: readonly Part[];
  readonly sum_fen: number;
}

export interface HeadSheet {
  readonly head: string;
  readonly losses: readonly Loss[];
  readonly steps: readonly Step[];
}

export interface Loss {
  readonly victim: string;
  readonly fen: number;
  /** Of each step, and what nobody pays. */
  readonly taken: Readonly<Record<StepKey, number>>;
  readonly borne_fen: number;
  /** Zero when everything is accounted for. */
  readonly open_fen: number;
}

export interface Worksheet {
  readonly heads: readonly HeadSheet[];
  readonly losses_fen: number;
  readonly paid_fen: number;
  readonly borne_fen: number;
  /** Every loss is accounted for to the fen, and the plan's own sums say the same. */
  readonly adds_up: boolean;
}

const HEADS = ["property", "medical", "disability"] as const;
const STEPS: readonly StepKey[] = ["self_pay", "no_fault", "at_fault", "by_share"];
const BORNE: readonly string[] = ["share.own", "borne.no_fault"];

export function isBorne(payment: Pick<Payment, "rule">): boolean {
  return BORNE.includes(payment.rule);
}

export function worksheet(view: Pick<AccidentView, "parties" | "outside_property" | "decision">, plan: SettlementView): Worksheet {
  const heads = HEADS.map((head) => sheet(view, plan, head)).filter((one) => one.losses.length > 0);
  const all = heads.flatMap((one) => one.losses);
  const losses_fen = sum(all.map((loss) => loss.fen));
  const borne_fen = sum(plan.payments.filter(isBorne).map((p) => p.amount_fen));
  const paid_fen = sum(plan.payments.filter((p) => !isBorne(p)).map((p) => p.amount_fen));
  const adds_up =
    all.every((loss) => loss.open_fen === 0) && losses_fen === plan.losses_fen && paid_fen === plan.paid_fen && paid_fen + borne_fen === losses_fen;
  return { heads, losses_fen, paid_fen, borne_fen, adds_up };
}

function sheet(view: Pick<AccidentView, "parties" | "outside_property" | "decision">, plan: SettlementView, head: (typeof HEADS)[number]): HeadSheet {
  const payments = plan.payments.filter((p) => p.head === head);
  const losses = lossesOf(view, head);
  // An older plan may know a payee that the losses of today do not: shown all the same.
  for (const { payee } of payments) if (!losses.some((loss) => loss.victim === payee)) losses.push({ victim: payee, fen: 0 });
  const liability = new Map(view.parties.map((party) => [party.label, view.decision?.parties.find((p) => p.party_id === party.id)]));
  const atFault = (label: string): boolean => isAtFault(liability.get(label)?.liability);
  const anybody = view.parties.some((party) => atFault(party.label));
  const stepped = payments.map((payment) => ({ payment, step: stepOf(payment, anybody && head === "property", atFault(payment.holder)) }));
  const left = new Map(losses.map((loss) => [loss.victim, loss.fen]));
  const motors = view.parties.filter((party) => party.kind === "motor").map((party) => party.label);
  const rounds = head === "property" ? secondRound(stepped.filter((s) => s.step === "at_fault").map((s) => s.payment), motors.filter(atFault), () => new Map(left)) : null;
  const steps = STEPS.map((key) => {
    const mine = stepped.filter((s) => s.step === key).map((s) => s.payment);
    const added = key === "at_fault" ? rounds?.() : undefined;
    const parts = losses
      .filter((loss) => mine.some((payment) => payment.payee === loss.victim))
      .map(({ victim, fen }) => {
        const before_fen = left.get(victim) ?? 0;
        const rows = mine
          .filter((payment) => payment.payee === victim)
          .map((payment): Row => {
            const before = left.get(victim) ?? 0;
            const after = before - payment.amount_fen;
            left.set(victim, after);
            return { payment, before_fen: before, after_fen: after, second_round_fen: added?.get(payment) ?? null, borne: isBorne(payment) };
          });
        const shares = key === "by_share" ? sharesOf(rows, (label) => shareOf(liability.get(label))) : [];
        return { victim, loss_fen: fen, before_fen, rows, shares };
      });
    return { key, parts, sum_fen: sum(mine.map((p) => p.amount_fen)) };
  }).filter((step) => step.parts.length > 0);
  return { head, steps, losses: losses.map((loss) => account(loss, stepped)) };
}

function account(loss: { victim: string; fen: number }, stepped: readonly { payment: Payment; step: StepKey }[]): Loss {
  const mine = stepped.filter(({ payment }) => payment.payee === loss.victim);
  const of = (key: StepKey): number => sum(mine.filter((s) => s.step === key && !isBorne(s.payment)).map((s) => s.payment.amount_fen));
  const borne_fen = sum(mine.filter((s) => isBorne(s.payment)).map((s) => s.payment.amount_fen));
  const taken = { self_pay: of("self_pay"), no_fault: of("no_fault"), at_fault: of("at_fault"), by_share: of("by_share") };
  return { ...loss, taken, borne_fen, open_fen: loss.fen - sum(Object.values(taken)) - borne_fen };
}

/** Parties in order, outside property after them; who lost nothing is left out. */
function lossesOf(view: Pick<AccidentView, "parties" | "outside_property">, head: (typeof HEADS)[number]): { victim: string; fen: number }[] {
  const of = view.parties.map(({ label, losses }) => ({
    victim: label,
    fen: losses === null ? 0 : head === "property" ? losses.vehicle_fen + losses.carried_fen : head === "medical" ? losses.medical_fen : losses.disability_fen,
  }));
  const outside = head === "property" ? view.outside_property.map(({ owner, loss_fen }) => ({ victim: owner, fen: loss_fen })) : [];
  // One owner of two things is one payee.
  const joined = new Map<string, number>();
  for (const { victim, fen } of [...of, ...outside]) joined.set(victim, (joined.get(victim) ?? 0) + fen);
  return [...joined].map(([victim, fen]) => ({ victim, fen })).filter(({ fen }) => fen > 0);
}

function stepOf(payment: Payment, noFaultSideFirst: boolean, holderAtFault: boolean): StepKey {
  if (payment.rule === "ctp.self_pay") return "self_pay";
  if (payment.rule === "ctp.advance") return "no_fault";
  // Under the other heads, or with nobody at fault, no-fault policies answer beside the others.
  if (payment.rule.startsWith("ctp.")) return noFaultSideFirst && !holderAtFault ? "no_fault" : "at_fault";
  return "by_share";
}

/**
 * What the second round added to each property payment of the vehicles at fault. A loss is first divided equally among
 * them, never to a vehicle's own; a policy that pays less than it was assigned was at its limit and has no second round.
 */
function secondRound(
  payments: readonly Payment[],
  atFault: readonly string[],
  leftNow: () => ReadonlyMap<string, number>,
): (() => ReadonlyMap<Payment, number>) | null {
  if (atFault.length < 2) return null;
  return () => {
    const left = leftNow();
    const assigned = (holder: string, victim: string): number => {
      const payers = atFault.filter((label) => label !== victim);
      const at = payers.indexOf(holder);
      if (at < 0) return 0;
      const loss = left.get(victim) ?? 0;
      // Equal parts differ by a fen at most; the first in order get it.
      return Math.floor(loss / payers.length) + (at < loss % payers.length ? 1 : 0);
    };
    const added = new Map<Payment, number>();
    for (const holder of atFault) {
      const paid = payments.filter((p) => p.holder === holder);
      const wanted = sum([...left.keys()].map((victim) => assigned(holder, victim)));
      const atLimit = sum(paid.map((p) => p.amount_fen)) < wanted;
      for (const payment of paid) {
        const more = payment.amount_fen - assigned(holder, payment.payee);
        if (!atLimit && more > 0) added.set(payment, more);
      }
    }
    return added;
  };
}

function sharesOf(rows: readonly Row[], percent: (label: string) => number | null): Part["shares"] {
  const holders = [...new Set(rows.map((row) => row.payment.holder))];
  return holders.map((holder) => ({
    holder,
    percent: percent(holder),
    part_fen: sum(rows.filter((row) => row.payment.holder === holder).map((row) => row.payment.amount_fen)),
  }));
}

function shareOf(decided: { liability: Liability; share: number | null } | undefined): number | null {
  if (!decided) return null;
  return decided.share ?? (decided.liability === "full" ? 100 : null);
}

function isAtFault(liability: Liability | undefined): boolean {
  return liability !== undefined && liability !== "none" && liability !== "undetermined";
}

export function sum(fen: readonly number[]): number {
  return fen.reduce((a, b) => a + b, 0);
}
