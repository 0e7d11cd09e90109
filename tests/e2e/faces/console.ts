/**
 * The officer's console, worked by mouse and keyboard. All selectors of the console are in here.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import { expectMovingVideo, signature } from "../system/browser";
import type { Demo } from "../system/server";
import { totp } from "../system/totp";

/** How a party is called on every screen. */
export type Label = "甲" | "乙" | "丙";
export type Liability = "full" | "primary" | "equal" | "secondary" | "none" | "undetermined";

export class Console {
  constructor(
    readonly page: Page,
    private readonly demo: Demo,
  ) {}

  on(test: string): Locator {
    return this.page.locator(`[data-test="${test}"]`);
  }

  /** Name, password, and the code an authenticator would show now. */
  async signIn(role: "officer" | "supervisor" = "officer"): Promise<void> {
    const officer = this.demo.officers.find((one) => one.role === role);
    if (!officer) throw new Error(`the demo has no ${role}`);
    await this.page.goto("/console/");
    await this.on("login-name").fill(officer.name);
    await this.on("login-password").fill(officer.password);
    await this.on("login-submit").click();
    await expect(this.on("login-totp")).toBeVisible();
    await this.on("login-totp").fill(totp(officer.totp_secret, new Date()));
    await this.on("login-submit").click();
    await expect(this.on("queue-count")).toBeVisible();
  }

  async openQueue(): Promise<void> {
    await this.page.goto("/console/");
    await expect(this.on("queue-count")).toBeVisible();
  }

  /** The row of the case in which this plate takes part. */
  row(plate: string): Locator {
    return this.on("queue-item").filter({ hasText: plate });
  }

  async claim(plate: string): Promise<void> {
    await expect(this.row(plate)).toBeVisible();
    await this.row(plate).locator('[data-test="claim"]').click();
    await this.expectStage("handling");
  }

  async expectStage(stage: string): Promise<void> {
    await expect(this.on("desk")).toHaveAttribute("data-stage", stage);
  }

  async expectCall(parties: number): Promise<void> {
    await expect(this.on("call-state")).toHaveAttribute("data-state", "live", { timeout: 40_000 });
    await expectMovingVideo(this.page, parties);
  }

  /** Asks a party's phone for a still and answers the digest it is kept under. */
  async takeStill(label: Label): Promise<string> {
    const stills = this.on("evidence-still");
    const before = await stills.count();
    await this.on(`still-${label}`).click();
    await expect(stills).toHaveCount(before + 1, { timeout: 40_000 });
    const sha256 = await stills.first().getAttribute("data-sha256");
    if (!sha256) throw new Error("the still has no digest");
    return sha256;
  }

  /** The bytes behind "original" of the newest piece of evidence of a kind, as the officer would open them. */
  async originalOfNewest(kind: "photo" | "still"): Promise<Buffer> {
    await this.on(`evidence-${kind}`).first().click();
    const link = await this.on("viewer-original").getAttribute("href");
    const answer = await this.page.request.get(link ?? "");
    expect(answer.status()).toBe(200);
    await this.page.keyboard.press("Escape");
    await expect(this.on("viewer")).toBeHidden();
    return answer.body();
  }

  async orderEvacuation(): Promise<void> {
    await this.on("evacuate").click();
    await this.on("evacuate-confirm").click();
    await expect(this.on("evacuation-ordered")).toBeVisible();
  }

  async expectEvacuated(label: Label): Promise<void> {
    await expect(this.on(`evacuated-${label}`)).toContainText("已确认撤离");
  }

  /** What the phones do not know: weather, road, how they met. */
  async completeScene(scene: { weather: string; road_type: string; form: string; collision: string }): Promise<void> {
    for (const [field, code] of Object.entries(scene)) await this.on(`scene-${field}`).selectOption(code);
    await this.page.keyboard.press("Tab");
  }

  async assess(label: Label, yuan: number): Promise<void> {
    await this.on(`party-tab-${label}`).click();
    const field = this.on(`loss-vehicle-${label}`);
    await field.fill(String(yuan));
    await field.press("Tab");
    await expect(this.page.getByText(`${label}方损失`).locator("..").locator('[data-test="save-state"]')).toHaveText("已保存");
  }

  async addViolation(label: Label, code: string): Promise<void> {
    await this.on("situation-search").fill(code);
    await this.on(`situation-${code}`).locator(`[data-test="add-violation-${label}"]`).click();
    await expect(this.on(`remove-violation-${label}-${code}`)).toBeVisible();
  }

  async expectLiability(label: Label, liability: Liability): Promise<void> {
    await expect(this.on(`liability-${label}-${liability}`)).toBeChecked();
  }

  async decide(): Promise<void> {
    await expect(this.on("decide")).toBeEnabled({ timeout: 30_000 });
    await this.on("decide").click();
    await this.expectStage("decided");
  }

  /** Signs the first finding by hand; later ones with the signature that was kept. */
  async issue(): Promise<string> {
    const pad = this.on("officer-ink");
    await expect(this.on("issue")).toBeVisible();
    if (await pad.isVisible()) await this.sign(pad);
    await this.on("issue").click();
    await this.expectStage("signing");
    return (await this.on("finding-number").textContent())?.trim() ?? "";
  }

  private async sign(pad: Locator): Promise<void> {
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    if (!box) throw new Error("there is nothing to sign on");
    for (const [first, ...rest] of signature(box)) {
      if (!first) continue;
      await this.page.mouse.move(first.x, first.y);
      await this.page.mouse.down();
      for (const point of rest) await this.page.mouse.move(point.x, point.y);
      await this.page.mouse.up();
    }
  }

  async expectSignature(label: Label, state: "pending" | "signed" | "refused"): Promise<void> {
    await expect(this.on(`signature-${label}`)).toHaveAttribute("data-state", state);
  }

  async noteRefusal(label: Label, reason: string): Promise<void> {
    await this.on(`refuse-${label}`).click();
    await this.on("refuse-what-sign").check();
    await this.on("refuse-reason").fill(reason);
    await this.on("refuse-confirm").click();
    await this.expectSignature(label, "refused");
  }

  /** The amounts of the plan on the screen, as printed. */
  async expectPayments(amounts: string[]): Promise<void> {
    await expect(this.on("payment-amount")).toHaveText(amounts);
  }

  /** Turns to a sheet in the middle of the desk by its key. */
  async turnTo(sheet: "record" | "assessment" | "calculation" | "mediation" | "papers"): Promise<void> {
    await this.page.locator("body").click({ position: { x: 2, y: 2 } });
    await this.page.keyboard.press({ record: "3", assessment: "5", calculation: "6", mediation: "7", papers: "8" }[sheet]);
    await expect(this.on(`sheet-${sheet}`)).toHaveAttribute("data-state", "active");
  }

  /** Writes a 定损单 by keyboard: each part is typed and taken from the price list; one photo; put forward. */
  async assessByPrices(label: Label, parts: string[]): Promise<void> {
    await this.on(`vehicle-tab-${label}`).click();
    const search = this.on(`price-search-${label}`);
    for (const [at, part] of parts.entries()) {
      await search.fill(part);
      await expect(this.on("price").filter({ visible: true }).first()).toBeVisible();
      await search.press("Enter");
      await expect(this.on(`items-${label}`).locator('[data-test="item"]')).toHaveCount(at + 1);
    }
    await this.on(`assessment-editor-${label}`).locator('[data-test="pick-photo"]').first().click();
    await this.on(`propose-${label}`).click();
    await expect(this.on(`assessment-${label}`)).toBeVisible();
    // What was put forward is no draft any more.
    await expect(this.on(`assessment-editor-${label}`)).toBeHidden();
    expect(await this.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(".assessment.")))).toEqual([]);
  }

  /** The figure of a vehicle binds. */
  async expectBinding(label: Label): Promise<void> {
    await this.on(`vehicle-tab-${label}`).click();
    await expect(this.on(`assessment-${label}`)).toHaveAttribute("data-state", "binding");
  }

  /** Every loss is accounted for to the fen, and the steps are shown in this order. */
  async expectCalculation(steps: string[]): Promise<void> {
    const shown = this.on("calculation").locator('[data-test^="step-"]');
    await expect(shown).toHaveCount(steps.length);
    for (const [at, step] of steps.entries()) await expect(shown.nth(at)).toHaveAttribute("data-test", `step-${step}`);
    await expect(this.on("adds-up")).toBeVisible();
  }

  /** Issues a payment order again that an insurer has sent back. */
  async reissue(note: string): Promise<void> {
    await this.on("order-reissue").click();
    await this.on("reissue-reason").fill(note);
    await this.on("reissue-confirm").click();
    await expect(this.on("order-rejected")).toBeHidden();
  }

  /** Puts a result on the finding: one payment between the first two parties, which the plan does not have. */
  async proposeResult(yuan: string): Promise<void> {
    await this.on("term-add").click();
    await this.on("term-amount-0").fill(yuan);
    await expect(this.on("terms-difference")).toBeVisible();
    await expect(this.on("terms-points")).toBeHidden();
    await this.on("mediation-propose").click();
    await expect(this.on("proposal")).toBeVisible();
  }

  async close(): Promise<void> {
    await this.on("close").click();
    await this.expectStage("closed");
    await expect(this.on("closed")).toBeVisible();
  }
}
