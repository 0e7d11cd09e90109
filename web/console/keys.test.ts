import { describe, expect, it } from "vitest";
import { KEYS, meaning, type Press } from "./keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, taken: false, ...more,
});

describe("the keyboard", () => {
  it("takes small and capital letters, and the Chinese question mark", () => {
    expect(meaning(press("n"))).toBe("next");
    expect(meaning(press("N"))).toBe("next");
    expect(meaning(press("？"))).toBe("help");
  });
  it("is silent while somebody types, and leaves the browser its own keys", () => {
    expect(meaning(press("n", { taken: true }))).toBeNull();
    expect(meaning(press("n", { isComposing: true }))).toBeNull();
    expect(meaning(press("n", { ctrlKey: true }))).toBeNull();
  });
  it("gives every key one meaning only", () => {
    expect(new Set(KEYS.map((k) => k.key)).size).toBe(KEYS.length);
    expect(new Set(KEYS.map((k) => k.means)).size).toBe(KEYS.length);
  });
});
