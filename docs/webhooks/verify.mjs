// Whether a delivery comes from us: Standard Webhooks, with nothing but Node's standard library.
//
//     node verify.mjs SECRET WEBHOOK_ID WEBHOOK_TIMESTAMP WEBHOOK_SIGNATURE < body

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

const TOLERANCE_S = 5 * 60;

/** `body` is the request's bytes as they came, before anything parsed them. */
export function isOurs(secret, messageId, timestamp, signatures, body, nowS) {
  if (!/^\d+$/.test(timestamp) || Math.abs(nowS - Number(timestamp)) > TOLERANCE_S) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${messageId}.${timestamp}.`).update(body).digest();
  // While a secret is being rotated there are two signatures, separated by a space.
  return signatures.split(" ").some((one) => {
    const [version, shown] = one.split(",", 2);
    const bytes = Buffer.from(shown ?? "", "base64");
    return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}

if (process.argv.length > 2) {
  const [secret, messageId, timestamp, signatures] = process.argv.slice(2);
  process.exitCode = isOurs(secret, messageId, timestamp, signatures, readFileSync(0), Date.now() / 1000) ? 0 : 1;
}
