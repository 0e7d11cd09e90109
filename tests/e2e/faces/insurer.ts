/** The insurers' page: what their own systems pull, for a person to look at. */
import { expect, type Locator, type Page } from "@playwright/test";
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
}
