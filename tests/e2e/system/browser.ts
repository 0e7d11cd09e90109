/**
 * One Chromium per person: the fake camera's file belongs to the browser process, not to the page.
 *
 * Every page keeps its peer connections where a test can ask them for their statistics.
 */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, expect, type Page } from "@playwright/test";
import { join } from "node:path";
import { type Scene, sceneFile } from "./scenes";

const EXECUTABLE = process.env["KUAICHU_CHROMIUM"] ?? "/usr/bin/chromium";
export const ARTIFACTS = join(import.meta.dirname, "../artifacts");

export async function launch(scene: Scene): Promise<Browser> {
  const video = sceneFile(scene, join(ARTIFACTS, "scenes"));
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-background-timer-throttling",
      "--disable-renderer-backgrounding",
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${video}`,
    ],
  });
}

/** A phone held upright: a finger, a small screen, a place on the map. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
  locale: "zh-CN",
  timezoneId: "Asia/Shanghai",
  geolocation: { latitude: 29.7136, longitude: 120.2372, accuracy: 12 },
  permissions: ["camera", "microphone", "geolocation"],
};

/** An officer's desk. */
export const DESK: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  locale: "zh-CN",
  timezoneId: "Asia/Shanghai",
  permissions: ["camera", "microphone"],
};

/** A page that remembers its peer connections, and fails the test on an uncaught error. */
export async function open(context: BrowserContext, errors: string[]): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const kept: RTCPeerConnection[] = [];
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        kept.push(this);
      }
    };
    Object.assign(window, { keptPeers: kept });
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 500) errors.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return page;
}

/** Frames decoded so far, per incoming video track that has ever shown one. */
async function framesDecoded(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const { keptPeers } = window as unknown as { keptPeers: RTCPeerConnection[] };
    const frames: number[] = [];
    for (const peer of keptPeers.filter((peer) => peer.connectionState === "connected")) {
      for (const entry of (await peer.getStats()).values()) {
        if (entry.type === "inbound-rtp" && entry.kind === "video" && entry.framesDecoded > 0) {
          frames.push(entry.framesDecoded);
        }
      }
    }
    return frames;
  });
}

/** Says how long it took from the touch to the first picture of somebody else; measured, never asserted. */
export async function noteFirstFrame(page: Page): Promise<void> {
  const began = Date.now();
  await expect.poll(async () => (await framesDecoded(page)).length, { timeout: 40_000, intervals: [20] }).toBeGreaterThan(0);
  console.log(`    join to first frame: ${Date.now() - began} ms`);
}

/** Waits until `sources` incoming videos are decoded at this page, and each goes on. */
export async function expectMovingVideo(page: Page, sources: number): Promise<void> {
  await expect.poll(async () => (await framesDecoded(page)).length, { timeout: 40_000 }).toBeGreaterThanOrEqual(sources);
  const before = await framesDecoded(page);
  const goesOn = async () => {
    const now = await framesDecoded(page);
    return now.filter((frames, at) => frames > (before[at] ?? 0)).length;
  };
  await expect.poll(goesOn, { timeout: 20_000 }).toBeGreaterThanOrEqual(sources);
}

/** Draws with one finger, in page coordinates: the real touch events of the device, not a script's. */
export async function drawWithFinger(page: Page, strokes: { x: number; y: number }[][]): Promise<void> {
  const device = await page.context().newCDPSession(page);
  for (const [first, ...rest] of strokes) {
    if (!first) continue;
    await device.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [first] });
    for (const point of rest) {
      await device.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [point] });
    }
    await device.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }
  await device.detach();
}

/** Strokes of a signature inside a box: three characters' worth of up and down. */
export function signature(box: { x: number; y: number; width: number; height: number }): { x: number; y: number }[][] {
  return [0, 1, 2].map((letter) =>
    Array.from({ length: 24 }, (_, step) => ({
      x: box.x + box.width * (0.15 + letter * 0.25 + step * 0.008),
      y: box.y + box.height * (0.5 + 0.28 * Math.sin(step / 2 + letter)),
    })),
  );
}
