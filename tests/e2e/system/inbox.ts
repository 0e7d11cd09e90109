/** The demo's SMS inbox, as a test reads it: nobody has a real phone here. */
import { expect } from "@playwright/test";
import type { Demo } from "./server";

interface Message {
  to: string;
  text: string;
  at: string;
}

async function messages(demo: Demo, phone: string): Promise<Message[]> {
  const answer = await fetch(new URL("/api/v1/demo/inbox", demo.base_url));
  if (!answer.ok) throw new Error(`/demo/inbox answered ${answer.status}`);
  const inbox = (await answer.json()) as { messages: Message[] };
  return inbox.messages.filter((message) => message.to === phone);
}

/** The newest six-digit code sent to this phone. */
export async function newestCode(demo: Demo, phone: string): Promise<string> {
  let code = "";
  await expect
    .poll(async () => {
      const found = (await messages(demo, phone)).map((message) => /(?<!\d)\d{6}(?!\d)/.exec(message.text)?.[0]);
      code = found.find((digits) => digits !== undefined) ?? "";
      return code;
    })
    .toMatch(/^\d{6}$/);
  return code;
}
