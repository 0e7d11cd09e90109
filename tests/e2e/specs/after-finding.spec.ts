/** After the finding: the clerk answers the assessment, pays, and reads the clearing; the driver signs for it and confirms. */
import { expectAccessible } from "../system/accessible";
import { Case } from "../system/case";
import { expect, test } from "../system/fixtures";
import { LI, type Person, WANG } from "../system/people";

const BEHIND: Person = { ...WANG, phone: "13800000071", plate: "浙D12A71" };
const AHEAD: Person = { ...LI, phone: "13900000072", plate: "浙D12A72" };

/** Above what members trust each other with, so that the payer must answer. */
const DEAR = [
  { part: "后围板", operation: "repair", quantity: 1, unit_price_fen: 0, labour_fen: 480_000 },
  { part: "尾门总成", operation: "replace", quantity: 1, unit_price_fen: 690_000, labour_fen: 30_000 },
] as const;

test("an assessment is accepted, the orders are paid and confirmed, and the month's clearing shows the advance", async ({
  system, officerCookies, phone, insurer, picture,
}) => {
  const accident = await Case.claimed(system.demo, officerCookies, [BEHIND, AHEAD]);
  const [behind, ahead] = accident.drivers;
  await accident.loses(behind, 60_000);
  await accident.assess(ahead, DEAR);
  const number = await accident.signed();

  await insurer.signIn(BEHIND.insurer);
  await insurer.openAssessment(AHEAD.plate);
  await picture(insurer.page, "insurer-assessment");
  await expectAccessible(insurer.page, "insurer-assessment");
  await insurer.acceptAssessment();

  const driver = await phone("second phone");
  await driver.page.context().addCookies(await ahead.caller.cookies());
  await driver.follow(ahead.link);
  await driver.walk(AHEAD, "assessment");
  await picture(driver.page, "phone-assessment");
  await expectAccessible(driver.page, "phone-assessment");
  await driver.acceptAssessment();
  await driver.walk(AHEAD, "settlement");
  await driver.expectOrder("due");

  await insurer.payOrder(number, "乙", "20261123-0001");
  await picture(insurer.page, "insurer-order");
  await expectAccessible(insurer.page, "insurer-order");
  await insurer.payFromFile(number, "甲", "20261123-0002");
  await driver.confirmMoney();
  await picture(driver.page, "phone-confirmed");
  await expectAccessible(driver.page, "phone-confirmed");

  // What was advanced for the one without fault comes back from that one's insurer.
  await insurer.openStatement();
  await expect(insurer.row("PAIC-PICC")).toContainText("100.00");
  await insurer.openRow("PAIC-PICC");
  await expect(insurer.claimOf("PAIC-PICC", number)).toBeVisible();
  await picture(insurer.page, "insurer-statement");
  await expectAccessible(insurer.page, "insurer-statement");
  expect(await insurer.download("csv-detail")).toContain(number);
  await accident.close();
});
