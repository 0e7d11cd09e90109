/**
 * An evening in the insurers' portal: an administrator of PICC signs in by keyboard, sees what is to do, looks a record up,
 * objects, pays, sets up a webhook and takes a table home. Accidents come about by the requests of drivers and officer.
 */
import { createHash } from "node:crypto";
import { expectAccessible } from "../system/accessible";
import { Case } from "../system/case";
import { expect, test } from "../system/fixtures";
import { LI, type Person, WANG } from "../system/people";
import { isSignedBy, Receiver } from "../system/receiver";

const person = (one: Person, phone: string, plate: string): Person => ({ ...one, phone, plate });
const SETTLED = [person(WANG, "13800000091", "浙D12A91"), person(LI, "13900000092", "浙D12A92")] as const;
const DISPUTED = [person(WANG, "13800000093", "浙D12A93"), person(LI, "13900000094", "浙D12A94")] as const;

/** Above what members trust each other with, so that the payer must answer. */
const DEAR = [
  { part: "后围板", operation: "repair", quantity: 1, unit_price_fen: 0, labour_fen: 480_000 },
  { part: "尾门总成", operation: "replace", quantity: 1, unit_price_fen: 690_000, labour_fen: 30_000 },
] as const;

const PHONE_WIDTH = { width: 390, height: 844 };
const DESK_WIDTH = { width: 1440, height: 900 };

test("a clerk finds, answers and pays, an administrator sets up webhooks, and a table goes home", async ({
  system, officerCookies, insurer, picture,
}) => {
  const look = async (what: string): Promise<void> => {
    await picture(insurer.page, what);
    await expectAccessible(insurer.page, what);
    await insurer.page.setViewportSize(PHONE_WIDTH);
    await insurer.expectFits(what);
    await picture(insurer.page, `${what}-phone`);
    await insurer.page.setViewportSize(DESK_WIDTH);
  };

  const settled = await Case.claimed(system.demo, officerCookies, SETTLED);
  await insurer.page.goto("/insurer/");
  const photo = await insurer.page.screenshot();
  await settled.drivers[0].caller.photographs(settled.id, photo, "impact");
  await settled.drivers[1].caller.photographs(settled.id, await insurer.page.screenshot({ type: "jpeg" }), "damage");
  for (const driver of settled.drivers) await settled.loses(driver, 60_000);
  const number = await settled.signed();
  const disputed = await Case.claimed(system.demo, officerCookies, DISPUTED);
  await disputed.loses(disputed.drivers[0], 60_000);
  await disputed.assess(disputed.drivers[1], DEAR);
  await disputed.signed();

  await test.step("by keyboard to what is to do", async () => {
    await insurer.signInByKeyboard("PICC", "admin", (step) => expectAccessible(insurer.page, `portal-sign-in-${step}`));
    await expect(insurer.on("todo-answer").filter({ hasText: DISPUTED[1].plate })).toBeVisible();
    await expect(insurer.on("todo-order").filter({ hasText: number }).first()).toBeVisible();
    await look("portal-todo");
  });

  await test.step("a record by plate, with its papers and pictures", async () => {
    await insurer.search(SETTLED[0].plate);
    await expect(insurer.on("record")).toHaveCount(1);
    await insurer.openRecord(number);
    const paper = insurer.on("document").first();
    await expect(paper).toBeVisible();
    const answer = await insurer.page.request.get((await paper.locator('[data-test="document-open"]').getAttribute("href")) ?? "");
    expect(answer.headers()["content-type"]).toContain("application/pdf");
    const digest = createHash("sha256").update(await answer.body()).digest("hex");
    await expect(paper.locator('[data-test="document-sha256"]')).toHaveText(digest);
    await insurer.on("evidence-open").click();
    await expect(insurer.on("evidence-logged")).toContainText("记下了 2 张");
    await look("portal-record");
    await insurer.on("evidence-thumb").first().press("Enter");
    await expect(insurer.on("viewer")).toContainText("第 1 张");
    await insurer.page.keyboard.press("ArrowRight");
    await expect(insurer.on("viewer")).toContainText("第 2 张");
    await look("portal-picture");
    await insurer.page.keyboard.press("Escape");
    await expect(insurer.on("viewer")).toBeHidden();
  });

  await test.step("an objection, and an order paid", async () => {
    await insurer.openAssessment(DISPUTED[1].plate);
    await look("portal-assessment");
    await insurer.objectToAssessment("尾门可以修复，不必更换", "7000");
    await expect(insurer.on("assessment-view")).toContainText("尾门可以修复");
    await insurer.payOrder(number, "乙", "PICC-2100");
    await look("portal-order");
  });

  await test.step("in the sandbox an accident to order, and an hour later", async () => {
    await insurer.on("sandbox").locator("summary").click();
    await insurer.on("sandbox-crash").click();
    await expect(insurer.on("sandbox-said")).toContainText("造好了一起事故");
    const before = await insurer.on("sandbox-now").textContent();
    await insurer.on("sandbox-advance").click();
    await expect(insurer.on("sandbox-said")).toContainText("拨快 1 小时");
    await expect(insurer.on("sandbox-now")).not.toHaveText(before ?? "");
    await look("portal-sandbox");
  });

  const receiver = await Receiver.start();
  await test.step("a webhook: made, tested, its secret changed", async () => {
    const first = await insurer.addEndpoint(receiver.url, "理赔核心");
    await look("portal-webhook-secret");
    await insurer.keepSecret();
    await insurer.testEndpoint(1);
    await insurer.on("delivery-open").first().click();
    await expect(insurer.on("attempt")).toContainText("HTTP 204");
    await look("portal-webhook-log");
    const second = await insurer.rotateSecret();
    await insurer.keepSecret();
    await expect(insurer.on("secret-hint")).toHaveCount(2);
    await insurer.testEndpoint(2);
    const [before, after] = receiver.got.filter(({ type }) => type === "endpoint.test");
    if (!before || !after) throw new Error("the tests did not arrive");
    expect([isSignedBy(before, first), isSignedBy(before, second)]).toEqual([true, false]);
    expect([isSignedBy(after, first), isSignedBy(after, second)]).toEqual([true, true]);
  });
  await receiver.stop();

  await test.step("a table to take home, and the pages of an administrator", async () => {
    await insurer.on("tab-exports").click();
    const table = await insurer.downloadBytes("export-start");
    expect(table.subarray(0, 2).toString()).toBe("PK");
    await expect(insurer.on("export").first()).toHaveAttribute("data-state", "done");
    await look("portal-exports");
    await insurer.on("tab-keys").click();
    await expect(insurer.on("client").first()).toBeVisible();
    await look("portal-keys");
    await insurer.on("tab-clerks").click();
    await expect(insurer.on("clerk-line").first()).toBeVisible();
    await look("portal-clerks");
    await insurer.openStatement();
    await look("portal-statement");
  });

  await insurer.signOut();
  for (const one of [settled, disputed]) await one.close();
});
