/**
 * Money between the officer's fingers and the wire.
 *
 * On the wire money is integer fen; in a field it is yuan, typed the way people type. Nothing here ever
 * becomes a fraction of a fen.
 */
import { fenOf, yuan } from "../../shared/words";

export type Reading = { readonly ok: true; readonly fen: number } | { readonly ok: false; readonly why: string };

/** Reads what was typed as yuan. Empty is zero; thousands commas, ¥, 元 and full-width digits are welcome. */
export function readYuan(typed: string): Reading {
  const plain = typed
    .replace(/[０-９．，]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\s,¥￥元]/g, "")
    .replace(/\.$/, "");
  if (plain === "") return { ok: true, fen: 0 };
  const fen = fenOf(plain);
  return fen === null ? { ok: false, why: "请填写金额，最多两位小数，例如 1200.50" } : { ok: true, fen };
}

/** 120000 → "1200", 120050 → "1200.50": how money stands in a field; nothing yet is an empty field. */
export function yuanField(fen: number): string {
  return fen === 0 ? "" : yuan(fen).replace(/,/g, "");
}
