/**
 * A driver's phone, worked by touch alone. All selectors of the phone's pages are in here.
 *
 * The page tells which screen it shows (`screen-…`); `walk` does what a driver does on each until it reaches the
 * wanted one, so a test says where it wants to be and not every tap on the way.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import { drawWithFinger, expectMovingVideo, noteFirstFrame, open, signature } from "../system/browser";
import { newestCode } from "../system/inbox";
import type { Person } from "../system/people";
import type { Demo } from "../system/server";

export type Screen =
  | "triage" | "safety" | "phone" | "code" | "consents" | "place" | "photos" | "party" | "invite" | "ready"
  | "late-report" | "waiting" | "call" | "read" | "self-pay" | "sign" | "signed" | "assessment" | "mediation" | "mediation-read"
  | "mediation-sign" | "objection" | "review" | "papers" | "paper" | "subrogation" | "settlement" | "escalated" | "resume" | "guest";

export class Phone {
  constructor(
    readonly page: Page,
    private readonly demo: Demo,
    private readonly errors: string[],
  ) {}

  on(test: string): Locator {
    return this.page.locator(`[data-test="${test}"]`);
  }

  /** The general link, as printed by `kuaichu demo`. */
  async openGeneralLink(): Promise<void> {
    await this.page.goto("/p/");
  }

  async follow(link: string): Promise<void> {
    await this.page.goto(link);
  }

  async expectScreen(screen: Screen): Promise<void> {
    await expect(this.on(`screen-${screen}`)).toBeVisible({ timeout: 40_000 });
  }

  /** The screen that is shown, once it is one that a driver can do something on. */
  private async shown(): Promise<Screen> {
    const main = this.page.locator('main[data-test^="screen-"]:not([data-test="screen-loading"])');
    const name = await main.getAttribute("data-test", { timeout: 30_000 });
    return (name ?? "").replace("screen-", "") as Screen;
  }

  /** Does what a driver does until `goal` is reached. */
  async walk(person: Person, goal: Screen, onEach?: (screen: Screen) => Promise<void>): Promise<void> {
    for (let screens = 0; screens < 20; screens++) {
      const screen = await this.shown();
      await onEach?.(screen);
      if (screen === goal) return;
      await this.act(screen, person);
      await expect(this.on(`screen-${screen}`)).toBeHidden({ timeout: 30_000 });
    }
    throw new Error(`${goal} was not reached`);
  }

  private async act(screen: Screen, person: Person): Promise<void> {
    switch (screen) {
      case "triage":
        return this.answerTriage();
      case "safety":
        return this.on("safety-done").tap();
      case "phone":
        await this.type("phone-number", person.phone);
        return this.on("next").tap();
      case "code":
        // The sixth digit sends it.
        return this.type("sms-code", await newestCode(this.demo, person.phone));
      case "consents":
        await this.on("consent-remote_handling").tap();
        await this.on("consent-electronic_service").tap();
        return this.on("next").tap();
      case "place":
        return this.tellPlace();
      case "photos":
        return this.takePhotos();
      case "party":
        return this.tellParty(person);
      case "invite":
        return this.on("next").tap();
      case "ready":
        return this.on("enter-queue").tap();
      case "assessment":
        return this.acceptAssessment();
      case "mediation":
        return this.wishForMediation(false);
      default:
        throw new Error(`nothing to do on ${screen}`);
    }
  }

  private async type(test: string, text: string): Promise<void> {
    await this.on(test).tap();
    await this.on(test).fill(text);
  }

  /** Nobody is hurt, and none of the things that end remote handling is the case. */
  private async answerTriage(): Promise<void> {
    const question = this.page.locator("[data-question]");
    while ((await question.count()) > 0) {
      const asked = await question.getAttribute("data-question");
      await this.page.locator('[data-test="triage-none"], [data-test="triage-no"]').tap();
      await expect(this.page.locator(`[data-question="${asked}"]`)).toBeHidden();
    }
  }

  private async tellPlace(): Promise<void> {
    await this.on("locate").tap();
    await expect(this.on("located")).toBeVisible();
    await this.type("place-road", "暨阳路");
    await this.type("place-text", "东一路口");
    await this.on("place-direction").selectOption({ index: 1 });
    await this.on("next").tap();
  }

  /** One photo with the page's camera, the other kinds skipped. */
  private async takePhotos(): Promise<void> {
    await this.on("photo-shoot").tap();
    await this.on("photo-camera-shutter").tap();
    await expect(this.on("photo-row")).toBeVisible({ timeout: 30_000 });
    while ((await this.on("photos-done").count()) === 0) await this.on("photo-next").tap();
    await this.on("photos-done").tap();
  }

  /** Who, the car, the covers: three pages of one form. */
  private async tellParty(person: Person): Promise<void> {
    await this.on("kind-motor").tap();
    await this.type("name", person.name);
    await this.type("id-number", person.id_number);
    await this.on("injured-none").tap();
    await this.on("next").tap();
    await this.type("plate", person.plate);
    await this.type("model", person.model);
    await this.on("direction").selectOption({ index: 1 });
    await this.on("next").tap();
    await this.on("ctp-insurer").selectOption(person.insurer);
    await this.type("ctp-policy", person.policy);
    await this.on("third-party").tap();
    await this.on("own-damage").tap();
    await this.on("next").tap();
  }

  /** The link behind the QR code on this screen, for the next party to scan. */
  async joinLink(): Promise<string> {
    await expect(this.on("invite-qr")).toBeVisible();
    const link = await this.on("invite-link").textContent();
    if (!link) throw new Error("the invitation has no link");
    return link.trim();
  }

  async enterCall(): Promise<void> {
    await this.expectScreen("call");
    await this.on("call-join").tap();
    await noteFirstFrame(this.page);
    await expect(this.on("call")).toHaveAttribute("data-state", "live", { timeout: 40_000 });
  }

  async expectCall(others: number): Promise<void> {
    await expectMovingVideo(this.page, others);
    await expect(this.on("officer-video")).toBeVisible();
  }

  async confirmEvacuation(): Promise<void> {
    await this.on("evacuation-ack").tap();
    await expect(this.on("evacuation-ack")).toBeHidden();
  }

  /** Reads the finding to its end. */
  async readFinding(): Promise<void> {
    await this.expectScreen("read");
    await this.on("read-end").scrollIntoViewIfNeeded();
    await expect(this.on("read-done")).toHaveAttribute("aria-disabled", "false");
    await this.on("read-done").tap();
    await expect(this.on("screen-read")).toBeHidden();
  }

  async answerSelfPay(agreed: boolean): Promise<void> {
    await this.expectScreen("self-pay");
    await this.on(agreed ? "self-pay-yes" : "self-pay-no").tap();
  }

  /** A code by SMS, then the name with a finger. */
  async sign(person: Person, beforeSubmit?: (page: Page) => Promise<void>): Promise<void> {
    await this.signWithCode("sign", person, beforeSubmit);
  }

  private async signWithCode(screen: Screen, person: Person, beforeSubmit?: (page: Page) => Promise<void>): Promise<void> {
    await this.expectScreen(screen);
    await this.on("send-sign-code").tap();
    await expect(this.on("sms-code")).toBeVisible({ timeout: 30_000 });
    await this.type("sms-code", await newestCode(this.demo, person.phone));
    await this.on("next").tap();
    await this.draw();
    await beforeSubmit?.(this.page);
    await this.on("sign-submit").tap();
    await expect(this.on(`screen-${screen}`)).toBeHidden({ timeout: 30_000 });
  }

  /** A name on the pad that is open. */
  private async draw(): Promise<void> {
    const pad = this.on("sign-pad");
    await expect(pad).toBeVisible();
    const box = await pad.boundingBox();
    if (!box) throw new Error("there is nothing to sign on");
    await drawWithFinger(this.page, signature(box));
  }

  /** The phone is turned and turned back with the pad open: the ink is still there, and every button within reach. */
  async turn(): Promise<void> {
    const upright = this.page.viewportSize();
    if (!upright) throw new Error("the phone has no screen");
    const strokes = await this.on("sign-pad").getAttribute("data-strokes");
    for (const size of [{ width: upright.height, height: upright.width }, upright]) {
      await this.page.setViewportSize(size);
      await expect(this.on("sign-pad")).toHaveAttribute("data-strokes", strokes ?? "");
      for (const button of ["sign-close", "sign-undo", "sign-redo", "sign-submit"]) await expect(this.on(button)).toBeInViewport({ ratio: 1 });
    }
  }

  /** The list of papers, from the screen on which a decided case rests; back again. */
  async openPapers(onList?: (page: Page) => Promise<void>): Promise<void> {
    await this.expectScreen("settlement");
    await this.on("to-papers").tap();
    await expect(this.on("paper").first()).toBeVisible();
    await onList?.(this.page);
    await this.on("back").tap();
    await this.expectScreen("settlement");
  }

  /** 定损单: on the call it is opened by hand, after the signature it comes up by itself. */
  async acceptAssessment(): Promise<void> {
    const onCall = this.on("to-assessment");
    await expect(this.on("screen-assessment").or(onCall).first()).toBeVisible({ timeout: 40_000 });
    if (await onCall.isVisible()) await onCall.tap();
    await this.on("assessment-accept").tap();
    await this.draw();
    await this.on("sign-submit").tap();
    await expect(this.on("screen-assessment")).toBeHidden({ timeout: 30_000 });
  }

  async objectToAssessment(reason: string, yuan: string): Promise<void> {
    await this.expectScreen("assessment");
    await this.on("assessment-object").tap();
    await this.type("objection-reason", reason);
    await this.type("objection-figure", yuan);
    await this.on("objection-send").tap();
    await expect(this.on("screen-assessment")).toBeHidden({ timeout: 30_000 });
  }

  /** 申请调解, or not. */
  async wishForMediation(wanted: boolean): Promise<void> {
    await this.expectScreen("mediation");
    await this.on(wanted ? "mediation-yes" : "mediation-no").tap();
    await expect(this.on("screen-mediation")).toBeHidden({ timeout: 30_000 });
  }

  /** How the mediation stands on the settlement screen: waiting, joint, signing, agreed … */
  async expectMediation(stands: string): Promise<void> {
    await expect(this.on("mediation-card")).toHaveAttribute("data-state", stands, { timeout: 40_000 });
  }

  /** Reads the result to its end and signs it as the finding was signed. */
  async signMediation(person: Person): Promise<void> {
    await this.expectScreen("mediation-read");
    await this.on("read-end").scrollIntoViewIfNeeded();
    await expect(this.on("mediation-read-done")).toHaveAttribute("aria-disabled", "false");
    await this.on("mediation-read-done").tap();
    await this.signWithCode("mediation-sign", person);
  }

  /** Tells the officer that the finding is wrong, from wherever it may be said. */
  async objectToFinding(reason: string): Promise<void> {
    await this.on("to-objection").or(this.on("review-right")).first().tap();
    await this.on("finding-objection").tap();
    await this.type("finding-objection-reason", reason);
    await this.on("finding-objection-send").tap();
    await expect(this.on("objection-noted")).toBeVisible();
    await this.on("back").tap();
  }

  async chooseSubrogation(chosen: boolean): Promise<void> {
    await this.expectScreen("settlement");
    await this.on("to-subrogation").tap();
    await this.on(chosen ? "subrogation-yes" : "subrogation-no").tap();
    await this.expectScreen("settlement");
  }

  async expectOrder(state: "due" | "paid" | "confirmed" | "rejected"): Promise<void> {
    await this.expectScreen("settlement");
    await expect(this.page.locator(`[data-test="order"][data-state="${state}"]`).first()).toBeVisible({ timeout: 40_000 });
  }

  /** Every payment that has been made to this driver is there. */
  async confirmMoney(): Promise<void> {
    await this.expectOrder("paid");
    await this.on("order-received").first().tap();
    await this.expectOrder("confirmed");
  }

  async expectForMe(yuan: string): Promise<void> {
    await this.expectScreen("settlement");
    await expect(this.on("for-me")).toContainText(`${yuan} 元`);
  }

  /** The page is closed and the same link opened again, as after a phone that ran out of power. */
  async isReopened(): Promise<Phone> {
    const link = this.page.url();
    const context = this.page.context();
    await this.page.close();
    const phone = new Phone(await open(context, this.errors), this.demo, this.errors);
    await phone.follow(link);
    return phone;
  }
}
