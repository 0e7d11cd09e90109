// Verifies deliveries with the `standardwebhooks` of npm, and tells what it makes of each.
import { readFileSync } from "node:fs";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

/** @param {{ secret: string, body: string, headers: Record<string, string> }} told */
function verdict(told) {
  try {
    return new Webhook(told.secret).verify(told.body, told.headers).type;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return "refused";
    throw error;
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(verdict)));
