import { describe, expect, it } from "vitest";
import { begin } from "./merge";
import { createSaver, PAUSE_MS, RETRY_MS, type Outcome, type SaveState } from "./saver";

type Form = { name: string; plate: string };
const empty: Form = { name: "", plate: "" };

function world(outcomes: Outcome<Form>[], during: () => void = () => undefined) {
  const sent: Form[] = [];
  const states: SaveState["is"][] = [];
  const timers: { ms: number; then: () => void; live: boolean }[] = [];
  const saver = createSaver(begin(empty), {
    save: async (mine) => {
      sent.push(mine);
      during();
      return outcomes.shift() ?? { got: "stored", stored: mine };
    },
    after: (ms, then) => {
      const timer = { ms, then, live: true };
      timers.push(timer);
      return () => (timer.live = false);
    },
    changed: (_, state) => states.push(state.is),
  });
  return { saver, sent, states, waiting: () => timers.filter((t) => t.live) };
}

describe("the saver", () => {
  it("waits for a pause after the last key, not for every key", () => {
    const { saver, waiting } = world([]);
    saver.type({ ...empty, name: "张" });
    saver.type({ ...empty, name: "张三" });
    expect(waiting().map((t) => t.ms)).toEqual([PAUSE_MS]);
  });
  it("says typing, saving, saved", async () => {
    const { saver, states } = world([]);
    saver.type({ ...empty, name: "张三" });
    expect(await saver.flush()).toBe(true);
    expect(states).toEqual(["typing", "saving", "saved"]);
  });
  it("sends nothing when nothing changed", async () => {
    const { saver, sent } = world([]);
    await saver.flush();
    expect(sent).toEqual([]);
  });
  it("merges the phone's newer word under what was typed and tries again", async () => {
    const { saver, sent } = world([{ got: "stale", theirs: { name: "", plate: "浙D12345" } }]);
    saver.type({ ...empty, name: "张三" });
    expect(await saver.flush()).toBe(true);
    expect(sent).toEqual([{ name: "张三", plate: "" }, { name: "张三", plate: "浙D12345" }]);
  });
  it("keeps the typing when the server finds it invalid, and asks no more until it changes", async () => {
    const { saver, waiting, states } = world([{ got: "invalid", why: "号牌不含字母 I、O" }]);
    saver.type({ ...empty, plate: "浙DI2345" });
    expect(await saver.flush()).toBe(false);
    expect(saver.draft().mine.plate).toBe("浙DI2345");
    expect(states.at(-1)).toBe("invalid");
    expect(waiting()).toEqual([]);
  });
  it("tries again by itself after the network was away", async () => {
    const { saver, waiting, sent } = world([{ got: "offline" }]);
    saver.type({ ...empty, name: "张三" });
    expect(await saver.flush()).toBe(false);
    expect(waiting().map((t) => t.ms)).toEqual([RETRY_MS]);
    waiting()[0]?.then();
    await saver.flush();
    expect(sent).toHaveLength(2);
  });
  it("saves also what was typed while a save was under way", async () => {
    let typed = false;
    const { saver, sent } = world([], () => {
      if (!typed) saver.type({ ...empty, name: "张三丰" });
      typed = true;
    });
    saver.type({ ...empty, name: "张三" });
    expect(await saver.flush()).toBe(true);
    expect(sent.map((f) => f.name)).toEqual(["张三", "张三丰"]);
  });
  it("shows the server's word and nothing else once the form is closed for writing", async () => {
    const { saver, sent, waiting } = world([]);
    saver.type({ ...empty, name: "张三" });
    saver.freeze({ name: "李四", plate: "" });
    expect(saver.draft().mine.name).toBe("李四");
    expect(waiting()).toEqual([]);
    expect(await saver.flush()).toBe(true);
    expect(sent).toEqual([]);
  });
  it("takes in the server's word while nothing is typed", () => {
    const { saver, states } = world([]);
    saver.hear({ name: "李四", plate: "" });
    expect(saver.draft().mine.name).toBe("李四");
    expect(states).toEqual(["clean"]);
  });
});
