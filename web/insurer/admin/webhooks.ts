/** Webhooks in an administrator's words: what an endpoint may be told of, how it fares, what became of each delivery. */
import type { Attempt, Delivery, DeliveryState, WebhookEndpoint } from "../../shared/contract-insurer-admin";
import { minutesBetween, spanWords } from "../../shared/span";
import { shortTime } from "../../shared/words";

/** What an endpoint may choose from; the two about endpoints themselves always come. */
export const EVENTS: readonly { code: string; label: string }[] = [
  { code: "settlement.created", label: "新的理算记录" },
  { code: "settlement.changed", label: "理算记录有变更" },
  { code: "assessment.awaiting", label: "定损等待答复" },
  { code: "assessment.changed", label: "定损有变化" },
  { code: "payment_order.due", label: "付款单待付" },
  { code: "payment_order.changed", label: "付款单有变化" },
  { code: "clearing_statement.closed", label: "对账单已结账" },
  { code: "finding.voided", label: "认定书被撤销" },
];

const OWN_EVENTS: Record<string, string> = { "endpoint.test": "测试", "endpoint.disabled": "端点已停用" };

export function eventWord(type: string): string {
  return EVENTS.find(({ code }) => code === type)?.label ?? OWN_EVENTS[type] ?? type;
}

export function eventsWords(events: readonly string[]): string {
  return events.length === 0 ? "全部事件" : events.map(eventWord).join("、");
}

const REASON: Record<string, string> = {
  gone: "对方答复 410：这个地址不再接收",
  failing: "一连几天都送不到",
  by_hand: "由本公司停用",
};

export interface Condition {
  readonly word: string;
  readonly kind: "ok" | "warn" | "danger" | "info";
  /** A sentence more, where there is one. */
  readonly detail: string;
}

export function conditionOf(endpoint: WebhookEndpoint): Condition {
  const { disabled, failing_since: since, pending } = endpoint;
  if (endpoint.state === "disabled") {
    const by_hand = disabled === null || disabled.reason === "by_hand";
    const detail = disabled === null ? "" : `${shortTime(disabled.at)}，${REASON[disabled.reason] ?? disabled.reason}${disabled.detail ? `（${disabled.detail}）` : ""}。`;
    return { word: "已停用", kind: by_hand ? "info" : "danger", detail };
  }
  if (since !== null) return { word: "送不到", kind: "warn", detail: `${shortTime(since)} 起没有送到过，${pending} 条在等。会自动再试。` };
  return { word: "正常", kind: "ok", detail: pending > 0 ? `${pending} 条正在送。` : "" };
}

/** Those that an administrator must hear of on every page: stopped, and not by this company's own hand. */
export function stopped(endpoints: readonly WebhookEndpoint[]): readonly WebhookEndpoint[] {
  return endpoints.filter(({ state, disabled }) => state === "disabled" && disabled !== null && disabled.reason !== "by_hand");
}

export const DELIVERY: Record<DeliveryState, { word: string; kind: "ok" | "warn" | "danger" | "info" }> = {
  pending: { word: "等待送达", kind: "warn" },
  delivered: { word: "已送达", kind: "ok" },
  dead: { word: "没有送到，不再试", kind: "danger" },
  skipped: { word: "跳过", kind: "info" },
};

export type DeliveryFilter = DeliveryState | "all";

export const DELIVERY_FILTERS: readonly { code: DeliveryFilter; label: string }[] = [
  { code: "all", label: "全部" },
  { code: "pending", label: "等待" },
  { code: "delivered", label: "已送达" },
  { code: "dead", label: "没有送到" },
  { code: "skipped", label: "跳过" },
];

export function deliveriesQuery(filter: DeliveryFilter, before: string | null): string {
  const query = new URLSearchParams({ limit: "30" });
  if (filter !== "all") query.set("state", filter);
  if (before !== null) query.set("before", before);
  return query.toString();
}

const FAILURE: Record<string, string> = {
  status: "没有接受",
  not_accepted: "没有接受",
  timeout: "超时没有答复",
  no_connection: "连接不上",
  no_address: "找不到这个域名",
  address_not_allowed: "地址不在公网，不允许",
  cannot_be_written: "报文写不成",
};

/** "HTTP 204，84 毫秒"; "HTTP 500，没有接受，1250 毫秒"; "超时没有答复，10000 毫秒" */
export function attemptWords({ status, error, took_ms }: Attempt): string {
  const failure = error === null ? null : (FAILURE[error] ?? error);
  return [status === null ? null : `HTTP ${status}`, failure, `${took_ms} 毫秒`].filter(Boolean).join("，");
}

/** When a waiting delivery is tried again; nothing for one that is done with. */
export function nextWords({ state, next_attempt_at: next }: Delivery, now: number): string {
  if (state !== "pending" || next === null) return "";
  const minutes = minutesBetween(new Date(now).toISOString(), next);
  return minutes === null || minutes === 0 ? "马上再试" : `${spanWords(minutes)}后再试`;
}

/** One that waits is sent anyway. */
export function mayReplay({ state }: Delivery): boolean {
  return state !== "pending";
}

/** An address that the service will take; the rest it says itself. */
export function wrongUrl(url: string): string | null {
  const typed = url.trim();
  if (typed === "") return "请填接收地址。";
  return /^https?:\/\/[^\s/]+/i.test(typed) ? null : "地址要以 https:// 开头，例如 https://example.com/kuaichu";
}
