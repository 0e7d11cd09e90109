import { describe, expect, it } from "vitest";
import { Reading } from "./reading";

describe("reading", () => {
  it("counts what was on the screen, page by page, and nothing while it was away", () => {
    let now = 0;
    const reading = new Reading(() => now);
    reading.begin("1");
    reading.turnTo(1);
    now = 4_000;
    reading.turnTo(2);
    now = 6_600;
    reading.pause();
    now = 60_000;
    expect(reading.result()).toEqual({ read_s: 7, scrolled_to_end: false, pages: [{ page: 1, seconds: 4 }, { page: 2, seconds: 3 }] });
    reading.begin("1");
    reading.turnTo(1);
    reading.sawEnd();
    now = 62_000;
    expect(reading.result()).toEqual({ read_s: 9, scrolled_to_end: true, pages: [{ page: 1, seconds: 6 }, { page: 2, seconds: 3 }] });
  });

  it("another document starts at zero", () => {
    let now = 0;
    const reading = new Reading(() => now);
    reading.begin("1");
    reading.turnTo(1);
    now = 9_000;
    reading.pause();
    reading.begin("2");
    expect(reading.result()).toEqual({ read_s: 0, scrolled_to_end: false, pages: [] });
  });
});
