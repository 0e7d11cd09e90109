import { describe, expect, it } from "vitest";
import { sha256, sha256Hex } from "./digest";

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

describe("digest", () => {
  it("knows the standard's own example", async () => {
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await sha256Hex(new TextEncoder().encode("abc"))).toBe(abc);
    expect(hex(sha256(new TextEncoder().encode("abc")))).toBe(abc);
  });

  it("is the same with and without the browser's help, at every length around a block", async () => {
    for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000, 70_001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256);
      expect(hex(sha256(bytes)), String(length)).toBe(await sha256Hex(bytes));
    }
  });
});
