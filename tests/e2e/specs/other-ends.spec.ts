/** Accidents that end otherwise: each pays the own car, somebody will not sign, somebody's page is closed. */
import { expect, test } from "../system/fixtures";
import { InsurerClient } from "../system/insurer-client";
import { keep, textOf } from "../system/pdf";
import { LI, type Person, WANG } from "../system/people";
import { handle, meet, reachQueue } from "./flow";

/** Other plates and phones, so that each test finds its own case in the queue. */
function another(person: Person, digit: string, loss_fen: number): Person {
  const plate = person.plate.slice(0, -1) + digit;
  return { ...person, phone: person.phone.slice(0, -1) + digit, plate, loss_fen };
}

test("both at fault and both agreed: each insurer pays its own side", async ({ system, desk, phone }) => {
  const first = { phone: await phone("first phone"), person: another(WANG, "3", 180_000) };
  const second = { phone: await phone("second phone"), person: another(LI, "4", 120_000) };
  await reachQueue(first, second);
  await meet(desk, first, second);
  const number = await handle(desk, [first, second], ["302", "302"], "7");
  for (const side of [first, second]) {
    await side.phone.readFinding();
    await side.phone.answerSelfPay(true);
    await side.phone.sign(side.person);
  }
  await desk.expectStage("settling");
  const client = await InsurerClient.as("PICC", system.demo);
  const record = (await client.settlements()).find((one) => one.finding_number === number);
  expect(record?.method).toBe("self_pay");
  const own = record?.payments.map(({ cover, holder, payee, amount_fen }) => `${cover} ${holder} ${payee} ${amount_fen}`);
  expect(own?.sort()).toEqual(["ctp_self 乙 乙 120000", "ctp_self 甲 甲 180000"].sort());
  await desk.close();
});

test("a refusal to sign is noted and holds nothing up", async ({ system, desk, phone }) => {
  const first = { phone: await phone("first phone"), person: another(WANG, "5", 100_000) };
  const second = { phone: await phone("second phone"), person: another(LI, "6", 150_000) };
  await reachQueue(first, second);
  await meet(desk, first, second);
  const number = await handle(desk, [first, second], ["101", null], "1");
  await second.phone.readFinding();
  await second.phone.sign(second.person);
  await desk.expectSignature("乙", "signed");
  await desk.noteRefusal("甲", "对责任认定有异议，拒绝签字");
  await desk.expectStage("settling");
  const client = await InsurerClient.as("PAIC", system.demo);
  const record = (await client.settlements()).find((one) => one.finding_number === number);
  expect(record?.parties.map((party) => `${party.label} ${party.signature}`).sort()).toEqual(["乙 signed", "甲 refused"].sort());
  const pdf = await client.document(record?.id ?? "");
  keep(pdf, "refusal");
  expect(textOf(pdf)).toContain("拒绝签字");
  await desk.close();
});

test("a party whose page was closed comes back by the same link", async ({ desk, phone }) => {
  const first = { phone: await phone("first phone"), person: another(WANG, "7", 100_000) };
  const second = { phone: await phone("second phone"), person: another(LI, "8", 150_000) };
  await reachQueue(first, second);
  await meet(desk, first, second);
  second.phone = await second.phone.isReopened();
  await second.phone.expectScreen("call");
  await second.phone.enterCall();
  await second.phone.expectCall(2);
  await desk.expectCall(2);
  const still = await desk.takeStill("乙");
  expect(still).toMatch(/^[0-9a-f]{64}$/);
});
