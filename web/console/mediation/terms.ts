/**
 * The terms of a mediation while they are being written, as a value.
 *
 * The service drafts the text, the officer may write an own one: from then on nothing overwrites it unless asked.
 */
import type { AgreedPayment, Deadline, MediationView, Terms, TermsDraft, TermsDraftRequest } from "../../shared/contract-mediation";

export interface TermsForm {
  readonly payments: readonly AgreedPayment[];
  readonly performance: string;
  readonly deadline: Deadline;
  readonly over_loss_reason: string;
  readonly text: string;
  readonly textEdited: boolean;
}

/** 履行方式 that are usual; any other may be typed. */
export const PERFORMANCES: readonly string[] = ["一次性转账支付", "当场现金支付", "由保险公司直接赔付", "分期转账支付"];

export const WITHIN_DAYS = 7;

const BLANK: TermsForm = {
  payments: [],
  performance: PERFORMANCES[0] ?? "",
  deadline: { kind: "within", days: WITHIN_DAYS },
  over_loss_reason: "",
  text: "",
  textEdited: false,
};

/** From what was proposed before, whose text counts as the officer's own; else from what the plan leaves to the parties. */
export function startTerms(mediation: Pick<MediationView, "suggestion" | "proposal">): TermsForm {
  const before = mediation.proposal?.terms;
  if (!before) return { ...BLANK, payments: mediation.suggestion.map((payment) => ({ ...payment })) };
  return {
    payments: before.payments.map((payment) => ({ ...payment })),
    performance: before.performance ?? BLANK.performance,
    deadline: before.deadline ?? BLANK.deadline,
    over_loss_reason: before.over_loss_reason ?? "",
    text: before.text,
    textEdited: true,
  };
}

export function changePayment(form: TermsForm, at: number, patch: Partial<AgreedPayment>): TermsForm {
  return { ...form, payments: form.payments.map((payment, index) => (index === at ? { ...payment, ...patch } : payment)) };
}

/** From the first party to the second that has none yet: what is most likely meant. */
export function addPayment(form: TermsForm, labels: readonly string[]): TermsForm {
  const pairs = labels.flatMap((payer) => labels.filter((payee) => payee !== payer).map((payee) => ({ payer, payee })));
  const free = pairs.find((pair) => !form.payments.some((one) => one.payer === pair.payer && one.payee === pair.payee));
  const pair = free ?? pairs[0];
  return pair ? { ...form, payments: [...form.payments, { ...pair, amount_fen: 0 }] } : form;
}

export function removePayment(form: TermsForm, at: number): TermsForm {
  return { ...form, payments: form.payments.filter((_, index) => index !== at) };
}

export function editText(form: TermsForm, text: string): TermsForm {
  return { ...form, text, textEdited: true };
}

/** The service's text, taken in only while the officer has not written an own one. The same text is no own one. */
export function takeDraft(form: TermsForm, draft: Pick<TermsDraft, "text">): TermsForm {
  if (form.text === draft.text) return form.textEdited ? { ...form, textEdited: false } : form;
  return form.textEdited ? form : { ...form, text: draft.text };
}

/** Back to the service's text, on the officer's word. */
export function regenerate(form: TermsForm, draft: Pick<TermsDraft, "text">): TermsForm {
  return { ...form, text: draft.text, textEdited: false };
}

function paid(form: TermsForm): AgreedPayment[] {
  return form.payments.filter((payment) => payment.amount_fen > 0).map((payment) => ({ ...payment }));
}

function reason(form: TermsForm): string | null {
  return form.over_loss_reason.trim() || null;
}

/** What the service is asked to draft: the choices; the officer's own text only to be checked. */
export function draftRequest(form: TermsForm, own = form.textEdited): TermsDraftRequest {
  const payments = paid(form);
  const some = payments.length > 0;
  return {
    payments,
    performance: some ? form.performance.trim() || null : null,
    deadline: some ? form.deadline : null,
    over_loss_reason: reason(form),
    text: own ? form.text : null,
  };
}

export function terms(form: TermsForm): Terms {
  const { payments, performance, deadline } = draftRequest(form);
  return { payments, performance, deadline, text: form.text.trim(), over_loss_reason: reason(form) };
}

/** What still keeps it from being proposed, in plain words; the service's own objections come beside these. */
export function openPoints(form: TermsForm): readonly string[] {
  const points: string[] = [];
  if (form.payments.some((payment) => payment.payer === payment.payee)) points.push("付款人和收款人不能是同一方");
  const pairs = form.payments.map(({ payer, payee }) => `${payer}→${payee}`);
  if (new Set(pairs).size < pairs.length) points.push("同样的付款人和收款人请合成一项");
  if (paid(form).length > 0 && form.performance.trim() === "") points.push("请填写履行方式");
  if (paid(form).length > 0 && form.deadline.kind === "on" && form.deadline.date === "") points.push("请选择履行期限的日期");
  if (form.text.trim() === "") points.push("请填写调解结果");
  return points;
}
