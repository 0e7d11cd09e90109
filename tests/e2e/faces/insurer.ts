/** The insurers' page: what their own systems pull, for a person to look at. */
import { expect, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { Demo } from "../system/server";

export class Insurer {
  constructor(
    readonly page: Page,
    private readonly demo: Demo,
  ) {}

  on(test: string): Locator {
    return this.page.locator(`[data-test="${test}"]`);
  }

  async signIn(insurer: string): Promise<void> {
    const client = this.demo.insurers.find((known) => known.insurer === insurer);
    if (!client) throw new Error(`the demo has no client for ${insurer}`);
    await this.page.goto("/insurer/");
    await this.on("client-id").fill(client.client_id);
    await this.on("client-secret").fill(client.client_secret);
    await this.on("login-submit").click();
    await expect(this.on("client")).toHaveText(client.client_id);
  }

  async openRecord(number: string): Promise<void> {
    await this.page.locator(`[data-test="record"][data-number="${number}"]`).click();
    await expect(this.on("record-view")).toContainText(number);
  }

  /** The vehicle's assessment that waits for this company's answer. */
  async openAssessment(plate: string): Promise<void> {
    await this.on("tab-assessments").click();
    await this.on("assessments-mine").click();
    await this.on("assessment").filter({ hasText: plate }).getByRole("button").click();
    await expect(this.on("until")).toBeVisible();
  }

  async acceptAssessment(): Promise<void> {
    await this.on("accept").click();
    await expect(this.on("accept")).toBeHidden();
    await expect(this.on("assessment-trouble")).toBeHidden();
  }

  async objectToAssessment(reason: string, yuan: string): Promise<void> {
    await this.on("object").click();
    await this.on("objection-reason").fill(reason);
    await this.on("objection-figure").fill(yuan);
    await this.on("objection-send").click();
    await expect(this.on("objection-send")).toBeHidden();
  }

  private async openOrder(number: string, payee: string): Promise<void> {
    await this.on("tab-orders").click();
    await this.on("orders-all").click();
    const order = this.page.locator(`[data-test="order"][data-number="${number}"][data-payee="${payee}"]`);
    await order.getByRole("button").click({ timeout: 30_000 });
    await expect(this.on("order-view")).toBeVisible();
  }

  async payOrder(number: string, payee: string, reference: string): Promise<void> {
    await this.openOrder(number, payee);
    await this.on("reference").fill(reference);
    await this.on("pay").click();
    await expect(this.on("order-paid")).toContainText(reference);
  }

  async rejectOrder(number: string, payee: string, reason: string): Promise<void> {
    await this.openOrder(number, payee);
    await this.on("reject").click();
    await this.on("reject-reason").fill(reason);
    await this.on("reject-send").click();
    await expect(this.on("order-view")).toHaveAttribute("data-state", "rejected");
  }

  /** One line of a file, with the id as the page shows it. */
  async payFromFile(number: string, payee: string, reference: string): Promise<void> {
    await this.openOrder(number, payee);
    const id = await this.on("order-id").textContent();
    await this.on("pay-many").click();
    const name = "paid.csv";
    const buffer = Buffer.from(`id,reference,paid_at\n${id?.trim()},${reference},${new Date().toISOString()}\n`);
    await this.on("paid-file-input").setInputFiles({ name, mimeType: "text/csv", buffer });
    await this.on("paid-send").click();
    await expect(this.on("paid-done")).toContainText("已登记 1 张");
  }

  /** The clearing of the newest month. */
  async openStatement(): Promise<void> {
    await this.on("tab-statements").click();
    await expect(this.on("statement")).toBeVisible();
  }

  /** The row of two companies, by their codes in order. */
  row(pair: string): Locator {
    return this.page.locator(`[data-test="clearing-row"][data-pair="${pair}"]`);
  }

  /** A claim in that row, opened. */
  claimOf(pair: string, number: string): Locator {
    return this.page.locator(`[data-claims="${pair}"] [data-test="claim"]`).filter({ hasText: number });
  }

  async openRow(pair: string): Promise<void> {
    await this.row(pair).getByRole("button").click();
  }

  /** What a download button gives, as text. */
  async download(test: string): Promise<string> {
    const [file] = await Promise.all([this.page.waitForEvent("download"), this.on(test).click()]);
    return readFileSync(await file.path(), "utf8");
  }
}
