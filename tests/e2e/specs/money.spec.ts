/**
 * The desk's side of the money, by keyboard: both cars assessed from the price list, the calculation step by step, orders
 * paid, sent back and issued again, a mediation, the month's clearing. The drivers and insurers act through the API.
 */
import type { Page } from "@playwright/test";
import { expectAccessible } from "../system/accessible";
import { DriverClient } from "../system/driver-client";
import { expect, test } from "../system/fixtures";
import { InsurerClient } from "../system/insurer-client";
import { LI, type Person, WANG } from "../system/people";
import { Console } from "../faces/console";

const BEHIND: Person = { ...WANG, phone: "13800000019", plate: "浙D12A49" };
const AHEAD: Person = { ...LI, phone: "13900000019", plate: "浙DF12349" };

test("the desk assesses, explains, gets paid and mediates", async ({ system, desk, picture }) => {
  const { demo } = system;
  const look = async (page: Page, what: string): Promise<void> => {
    await picture(page, what);
    await expectAccessible(page, what);
  };
  const first = await DriverClient.reports(demo, BEHIND);
  await first.tellsOfTheAccident();
  await first.tellsOwn(0);
  const second = await first.invites(AHEAD);
  await second.tellsOwn(0);
  await desk.openQueue();
  const photo = await desk.page.screenshot();
  await first.photographs(photo, "damage");
  await first.post("queue", {});
  await desk.claim(BEHIND.plate);

  await desk.turnTo("assessment");
  await desk.assessByPrices("甲", ["前保险杠皮", "前大灯"]);
  await desk.assessByPrices("乙", ["后保险杠皮", "后尾灯"]);
  await look(desk.page, "console-assessment");
  // One in twenty is drawn for re-inspection and waits for its insurers.
  const insurers = [await InsurerClient.as("PICC", demo), await InsurerClient.as("PAIC", demo)] as const;
  for (const insurer of insurers) await insurer.acceptsAssessments();

  await desk.turnTo("record");
  await desk.addViolation("甲", "101");
  await desk.decide();
  for (const insurer of insurers) await insurer.acceptsAssessments();
  await desk.turnTo("assessment");
  await desk.expectBinding("甲");
  await desk.expectBinding("乙");
  const number = await desk.issue();
  for (const driver of [first, second]) await driver.signs();
  await desk.expectStage("settling");

  await desk.turnTo("calculation");
  await desk.expectCalculation(["no_fault", "at_fault", "by_share"]);
  await look(desk.page, "console-calculation");
  const picc = insurers[0];
  const [paid, returned] = await picc.orders(number);
  if (!paid || !returned) throw new Error("PICC has not two orders");
  await picc.post(`/api/v1/payment-orders/${paid.id}/payment`, { paid_at: new Date().toISOString(), reference: "PICC-0001" });
  await picc.post(`/api/v1/payment-orders/${returned.id}/rejection`, { reason: "收款账户户名不符" });
  await expect(desk.on("order-paid")).toContainText("PICC-0001");
  await look(desk.page, "console-orders");
  await desk.reissue("已与收款人核对户名");

  for (const driver of [first, second]) await driver.post("mediation/wishes", { wanted: true });
  await desk.turnTo("mediation");
  await desk.proposeResult("200");
  await look(desk.page, "console-mediation");
  await expect(desk.on("mediation-signature-甲")).toHaveAttribute("data-state", "pending");

  const chief = new Console(await desk.page.context().newPage(), demo);
  await chief.page.context().clearCookies();
  await chief.signIn("supervisor");
  await chief.page.keyboard.press("c");
  await expect(chief.on("clearing-zero")).toHaveText("0.00");
  await look(chief.page, "console-clearing");
  for (const driver of [first, second]) await driver.leaves();
});
