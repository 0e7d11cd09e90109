/**
 * Shapes of payment orders and of clearing: what an insurer owes a payee, and what insurers owe each other.
 *
 * Officers and drivers find `orders` and `clock` in the accident; insurers have routes of their own.
 */
import type { Unit } from "./contract";

export interface NamedInsurer {
  code: string;
  name: string;
}

export type OrderState = "due" | "paid" | "confirmed" | "rejected" | "replaced";
/** `recover`: a plan that was made again asks the payee for money back. */
export type OrderDirection = "pay" | "recover";
export type OrderHead = "property" | "medical" | "disability";
/** Never `personal`: what nobody insures makes no order. */
export type OrderCover = "ctp" | "ctp_self" | "ctp_advance" | "third_party" | "own_damage" | "personal";
/** Why somebody else may pay: 定损互信 or 代位求偿. */
export type OnBehalf = "mutual_trust" | "subrogation";

export interface OrderLine {
  head: OrderHead;
  cover: OrderCover;
  /** Label of the party whose policy pays. */
  holder: string;
  /** Negative where a difference goes the other way than the order. */
  amount_fen: number;
  /** Of a `ctp_advance`: what each no-fault vehicle's insurer owes for it at the next clearing. */
  reimbursed_by: { party: string; insurer: NamedInsurer; amount_fen: number }[];
}

/** In `AccidentView.orders`: officers see all, a driver those that concern them as payee. */
export interface OrderView {
  id: string;
  insurer: NamedInsurer;
  /** Label of the party, or the owner of outside property. */
  payee: string;
  direction: OrderDirection;
  amount_fen: number;
  lines: OrderLine[];
  made_at: string;
  state: OrderState;
  paid: {
    by: NamedInsurer;
    on_behalf: OnBehalf | null;
    paid_at: string;
    reference: string;
    booked_at: string;
  } | null;
  confirmed_at: string | null;
  rejected: { reason: string; at: string } | null;
  /** What the desk wrote when it issued the order again. */
  note: string | null;
  /** Whoever looks may `POST /accidents/{id}/orders/{oid}/confirmation` now. */
  may_confirm: boolean;
  /** An officer may `POST /accidents/{id}/orders/{oid}/reissue` {@link ReissueRequest} now. */
  may_reissue: boolean;
}

/** In `AccidentView.clock`: from the report to the money. Null: not yet. */
export interface Clock {
  reported_at: string;
  finding_issued_at: string | null;
  served_at: string | null;
  settled_at: string | null;
  /** As the insurer says, of the first order that was paid. */
  first_paid_at: string | null;
  /** Of the last; null while one is open, or when no insurer pays anything. */
  all_paid_at: string | null;
}

export interface ReissueRequest {
  note: string;
}

/** `GET /payment-orders?since=&state=&whose=own|others&limit=` and `GET /payment-orders/{id}` (with ETag). */
export interface PaymentOrder {
  id: string;
  /** Grows with every change of any order. */
  change: number;
  finding_number: string;
  occurred_at: string | null;
  unit: Unit;
  insurer: NamedInsurer;
  /** The asking insurer's own order; others are those of accidents with a policy of theirs. */
  own: boolean;
  payee: string;
  /** Plain for the order's insurer and for the payee's own; masked for others. */
  payee_name: string;
  direction: OrderDirection;
  amount_fen: number;
  lines: OrderLine[];
  made_at: string;
  state: OrderState;
  paid: OrderView["paid"];
  confirmed_at: string | null;
  rejected: OrderView["rejected"];
  note: string | null;
}

export interface PaymentOrderPage {
  items: PaymentOrder[];
  /** Name it as `since` next time; also when nothing came. */
  next: string;
  more: boolean;
}

/** `POST /payment-orders/{id}/payment`, answers {@link PaymentOrder}. */
export interface PaymentRequest {
  paid_at: string;
  reference: string;
  /** Says that the order is another insurer's, 先行赔付. */
  on_behalf?: boolean;
}

/** `POST /payment-orders/{id}/rejection`, answers {@link PaymentOrder}. */
export interface RejectionRequest {
  reason: string;
}

/** `POST /payment-orders/payments`: up to 200, each on its own. */
export interface PaymentsRequest {
  items: ({ id: string } & PaymentRequest)[];
}

export interface PaymentsResult {
  /** In the order of the request. */
  items: {
    id: string;
    ok: boolean;
    /** As it now stands, when it was paid. */
    order: PaymentOrder | null;
    problem: { code: string; message: string; errors: { field: string; code: string; message: string }[] } | null;
  }[];
  paid: number;
  refused: number;
}

export type ClaimKind = "ctp_advance" | "mutual_trust" | "subrogation";

/** One claim between two insurers, with the case it comes from. */
export interface ClaimView {
  finding_number: string;
  accident_id: string;
  order_id: string;
  kind: ClaimKind;
  creditor: string;
  debtor: string;
  /** Negative: an earlier claim is taken back. */
  amount_fen: number;
  booked_at: string;
}

/** One pair of insurers, in the order of their codes. */
export interface ClearingRow {
  first: NamedInsurer;
  second: NamedInsurer;
  /** What `first` owes `second`; negative: `second` owes `first`. */
  net_fen: number;
  /** What the row is made of. */
  claims: ClaimView[];
}

/** `GET /clearing/{yyyy-mm}` (supervisor) and `GET /clearing-statements/{yyyy-mm}` (insurer: own rows only). */
export interface ClearingStatement {
  /** `2026-11`, in China's calendar. */
  month: string;
  unit: Unit;
  /** `preview` still changes; `frozen` never does. */
  state: "preview" | "frozen";
  /** A supervisor may `POST /clearing/{yyyy-mm}/closing` now: the month is over and open. */
  may_close: boolean;
  rows: ClearingRow[];
  /** What each insurer gets (+) or gives (−); adds up to zero. */
  balances: { insurer: NamedInsurer; net_fen: number }[];
  claims: number;
  /** Sum of all net amounts that move. */
  moves_fen: number;
  frozen: Frozen | null;
}

export interface Frozen {
  seq: number;
  at: string;
  by: string;
  digest: string;
  previous_digest: string;
}

/** `GET /clearing` and `GET /clearing-statements`, newest month first. */
export interface ClearingMonths {
  months: {
    month: string;
    unit: Unit;
    state: "preview" | "frozen";
    may_close: boolean;
    rows: number;
    claims: number;
    moves_fen: number;
    closed_at: string | null;
  }[];
}
