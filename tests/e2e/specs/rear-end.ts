/**
 * 追尾 from the first tap to the insurer's record: two phones and a desk, each a real Chromium with a camera of its
 * own. Run on either database.
 */
import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../system/accessible";
import { expect, test } from "../system/fixtures";
import { InsurerClient } from "../system/insurer-client";
import { keep, textOf } from "../system/pdf";
import type { Demo } from "../system/server";
import { LI, type Person, WANG } from "../system/people";
import { handle, meet, reachQueue } from "./flow";

/** Insured with a company that has no client here, so that PAIC is a stranger to this accident. */
const AHEAD: Person = { ...LI, insurer: "CPIC" };

/** Expected payments by insurer rule "full against none": CTP, its advance without liability, own damage. */
const PLAN = [
  { cover: "ctp", holder: "甲", payee: "乙", amount_fen: 150_000 },
  { cover: "ctp_advance", holder: "甲", payee: "甲", amount_fen: 10_000 },
  { cover: "own_damage", holder: "甲", payee: "甲", amount_fen: 90_000 },
];

export function rearEnd(): void {
  test("a rear-end collision is reported, seen, decided, signed, settled and pulled by the insurers", async ({
    system, desk, phone, insurer, picture,
  }) => {
    const look = async (page: Page, what: string): Promise<void> => {
      await picture(page, what);
      await expectAccessible(page, what);
    };
    const first = { phone: await phone("first phone"), person: WANG };
    const second = { phone: await phone("second phone"), person: AHEAD };
    await reachQueue(first, second, look);
    await meet(desk, first, second);
    await look(desk.page, "console-call");
    await look(first.phone.page, "phone-1-call");

    const still = await desk.takeStill("甲");
    expect(createHash("sha256").update(await desk.originalOfNewest("still")).digest("hex")).toBe(still);

    await desk.orderEvacuation();
    await first.phone.confirmEvacuation();
    await second.phone.confirmEvacuation();
    await desk.expectEvacuated("甲");
    await desk.expectEvacuated("乙");

    const number = await handle(desk, [first, second], ["101", null], "1");
    await look(desk.page, "console-issued");
    for (const side of [first, second]) {
      await side.phone.readFinding();
      await side.phone.sign(side.person, () => side.phone.turn());
    }
    await look(first.phone.page, "phone-1-signed");
    await desk.expectSignature("甲", "signed");
    await desk.expectSignature("乙", "signed");
    await desk.expectStage("settling");
    await desk.close();
    await look(desk.page, "console-closed");
    // Once the case is closed nothing is asked any more: the phone rests on what is paid.
    await first.phone.openPapers((page) => look(page, "phone-1-papers"));

    await expectRecord(system.demo, number);
    await insurer.signIn(WANG.insurer);
    await insurer.openRecord(number);
    await look(insurer.page, "insurer-record");
    const stranger = await InsurerClient.as("PAIC", system.demo);
    expect((await stranger.settlements()).map((record) => record.finding_number)).not.toContain(number);
  });
}

/** The insurer of the one behind holds the record, the other side masked; the PDF says what was decided. */
async function expectRecord(demo: Demo, number: string): Promise<void> {
  const client = await InsurerClient.as(WANG.insurer, demo);
  const record = (await client.settlements()).find((one) => one.finding_number === number);
  if (!record) throw new Error(`${WANG.insurer} has no record of ${number}`);
  expect(record.method).toBe("standard");
  const plan = record.payments.map(({ cover, holder, payee, amount_fen }) => ({ cover, holder, payee, amount_fen }));
  expect(new Set(plan.map((one) => JSON.stringify(one)))).toEqual(new Set(PLAN.map((one) => JSON.stringify(one))));
  const shown = JSON.stringify(record);
  expect(shown).toContain(WANG.policy);
  for (const secret of [AHEAD.id_number, AHEAD.phone, AHEAD.policy]) expect(shown).not.toContain(secret);
  const pdf = await client.document(record.id);
  expect(createHash("sha256").update(pdf).digest("hex")).toBe(record.document.sha256);
  keep(pdf, "rear-end");
  const text = textOf(pdf);
  for (const said of [number, WANG.name, AHEAD.name, WANG.plate, AHEAD.plate, "第四十三条", "全部责任", "无责任", "紧急制动措施的安全距离"]) {
    expect(text).toContain(said);
  }
}
