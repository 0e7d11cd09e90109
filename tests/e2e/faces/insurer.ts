/** The insurers' portal: what their own systems pull, for a person to look at and to answer. */
import { expect, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { Demo } from "../system/server";
import { totp } from "../system/totp";

export type ClerkRole = "viewer" | "handler" | "admin";

export class Insurer {
  constructor(
    readonly page: Page,
    private readonly demo: Demo,
  ) {}

  on(test: string): Locator {
    return this.page.locator(`[data-test="${test}"]`);
  }

  private clerk(insurer: string, role?: ClerkRole): Demo["clerks"][number] {
    const clerk = this.demo.clerks.find((known) => known.insurer === insurer && (role === undefined || known.role === role));
    if (!clerk) throw new Error(`the demo has no ${role ?? "clerk"} of ${insurer}`);
    return clerk;
  }

  /** By mouse; who answers and pays there, unless another role is wanted. */
  async signIn(insurer: string, role: ClerkRole = "handler"): Promise<void> {
    const clerk = this.clerk(insurer, role);
    await this.page.goto("/insurer/");
    await this.on("login-name").fill(clerk.name);
    await this.on("login-password").fill(clerk.password);
    await this.on("login-submit").click();
    await this.on("login-totp").fill(totp(clerk.totp_secret, new Date()));
    await this.on("login-submit").click();
    await expect(this.on("clerk")).toHaveAttribute("data-insurer", insurer);
  }

  /** Without a mouse: focus is where typing goes on. `onEach` sees both steps. */
  async signInByKeyboard(insurer: string, role: ClerkRole, onEach: (step: string) => Promise<void>): Promise<void> {
    const clerk = this.clerk(insurer, role);
    const { keyboard } = this.page;
    await this.page.goto("/insurer/");
    await expect(this.on("login-name")).toBeFocused();
    await onEach("name");
    await keyboard.type(clerk.name);
    await keyboard.press("Tab");
    await keyboard.type(clerk.password);
    await keyboard.press("Enter");
    await expect(this.on("login-totp")).toBeFocused();
    await onEach("code");
    await keyboard.type(totp(clerk.totp_secret, new Date()));
    await keyboard.press("Enter");
    await expect(this.on("clerk")).toHaveAttribute("data-insurer", insurer);
  }

  async signOut(): Promise<void> {
    await this.on("logout").click();
    await expect(this.on("login-name")).toBeVisible();
  }

  /** Nothing lies beyond the right edge, also on a phone. */
  async expectFits(what: string): Promise<void> {
    const beyond = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(beyond, `${what} scrolls sideways`).toBeLessThanOrEqual(0);
  }

  async search(typed: string): Promise<void> {
    await this.on("tab-records").click();
    await this.on("record-search").fill(typed);
  }

  async openRecord(number: string): Promise<void> {
    await this.search(number);
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

  /** What a download button gives. */
  async downloadBytes(test: string): Promise<Buffer> {
    const [file] = await Promise.all([this.page.waitForEvent("download"), this.on(test).click()]);
    return readFileSync(await file.path());
  }

  /** The same as text. */
  async download(test: string): Promise<string> {
    return (await this.downloadBytes(test)).toString("utf8");
  }

  /** Makes a webhook endpoint and answers its secret, which is shown this one time. */
  async addEndpoint(url: string, description: string): Promise<string> {
    await this.on("tab-webhooks").click();
    await this.on("endpoint-add").click();
    await this.on("endpoint-url").fill(url);
    await this.on("endpoint-description").fill(description);
    await this.on("endpoint-send").click();
    return this.secretShown();
  }

  /** A new secret for the endpoint that is open. */
  async rotateSecret(): Promise<string> {
    await this.on("endpoint-rotate").click();
    await this.on("rotate-confirm").click();
    return this.secretShown();
  }

  private async secretShown(): Promise<string> {
    await expect(this.on("secret")).toHaveText(/^whsec_/);
    return (await this.on("secret").textContent())?.trim() ?? "";
  }

  /** Hides the secret for good. */
  async keepSecret(): Promise<void> {
    await this.on("secret-done").click();
    await expect(this.on("secret")).toBeHidden();
  }

  /** Fires a test at the endpoint that is open; the log then has `count` of them, all delivered. */
  async testEndpoint(count: number): Promise<void> {
    await this.on("endpoint-test").click();
    const delivered = this.page.locator('[data-test="delivery"][data-type="endpoint.test"][data-state="delivered"]');
    await expect(delivered).toHaveCount(count, { timeout: 40_000 });
  }
}
