/**
 * The desk's side of the money, by keyboard: both cars assessed from the price list, and the calculation step by step.
 * The drivers and insurers act through the API.
 */
import type { Page } from "@playwright/test";
import { expectAccessible } from "../system/accessible";
import { DriverClient } from "../system/driver-client";
import { test } from "../system/fixtures";
import { InsurerClient } from "../system/insurer-client";
import { LI, type Person, WANG } from "../system/people";

const BEHIND: Person = { ...WANG, phone: "13800000019", plate: "浙D12A49" };
const AHEAD: Person = { ...LI, phone: "13900000019", plate: "浙DF12349" };

test("the desk assesses both cars and explains the calculation", async ({ system, desk, picture }) => {
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
  await desk.issue();
  for (const driver of [first, second]) await driver.signs();
  await desk.expectStage("settling");

  await desk.turnTo("calculation");
  await desk.expectCalculation(["no_fault", "at_fault", "by_share"]);
  await look(desk.page, "console-calculation");
  for (const driver of [first, second]) await driver.leaves();
});
