/** The company's programs and their keys, in an administrator's words. */
import type { Client, ClientKey } from "../../shared/contract-insurer-admin";
import { shortTime } from "../../shared/words";

const SCOPE: Record<string, string> = {
  "settlements:read": "读记录和文书",
  "evidence:read": "看证据照片",
  "assessments:write": "答复定损",
  "payments:write": "登记付款",
  "webhooks:manage": "管理推送",
};

export function scopeWord(scope: string): string {
  return SCOPE[scope] ?? scope;
}

export type KeyState = "ahead" | "valid" | "over";

export const KEY_STATE = {
  ahead: { word: "尚未生效", kind: "info" },
  valid: { word: "有效", kind: "ok" },
  over: { word: "已失效", kind: "danger" },
} as const;

export function keyState({ not_before, not_after }: ClientKey, now: number): KeyState {
  if (not_after !== null && Date.parse(not_after) <= now) return "over";
  return not_before !== null && Date.parse(not_before) > now ? "ahead" : "valid";
}

export function keyWords({ not_before, not_after }: ClientKey): string {
  return [not_before ? `${shortTime(not_before)} 起` : "", not_after ? `${shortTime(not_after)} 止` : ""].filter(Boolean).join("，") || "一直有效";
}

/** How a program proves who it is. */
export function proofWords({ keys, jwks_url, has_secret }: Client): string {
  const ways = [keys.length > 0 ? `${keys.length} 把登记的公钥` : "", jwks_url ? "公布的公钥地址" : "", has_secret ? "密钥口令" : ""].filter(Boolean);
  return ways.length === 0 ? "还没有密钥，登录不了" : ways.join("、");
}

const CHANGE: Record<string, string> = {
  clerk_added: "添加人员",
  clerk_is_viewer: "改为只能查看",
  clerk_is_handler: "改为经办",
  clerk_is_admin: "改为管理员",
  clerk_disabled: "停用人员",
  clerk_enabled: "恢复人员",
  clerk_reset: "重设登录",
  key_added: "登记公钥",
  key_removed: "停用公钥",
  tokens_ended: "作废全部令牌",
};

export function changeWord(kind: string): string {
  return CHANGE[kind] ?? kind;
}

/** What is wrong with a pasted key, seen from afar; the service looks closer. A private key must never be sent. */
export function wrongKey(text: string): string | null {
  const typed = text.trim();
  if (typed === "") return "请粘贴公钥。";
  if (/PRIVATE KEY/.test(typed) || /"(d|k)"\s*:/.test(typed)) return "这里面有私钥。私钥不要给任何人，请只粘贴公钥。";
  if (/^-----BEGIN [A-Z ]+-----/.test(typed) || /^\{[\s\S]*\}$/.test(typed)) return null;
  return "请粘贴 PEM（以 -----BEGIN 开头）或 JWK、JWKS（以 { 开头）。";
}
