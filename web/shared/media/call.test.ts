import { describe, expect, it } from "vitest";
import { step, type Call, type Effect, type Event } from "./call";
import type { Member, ServerMessage } from "./protocol";

/** Feeds events one after the other; gives the state and the effects of the last one. */
function after(...events: Event[]): { call: Call; effects: readonly Effect[] } {
  let call: Call = { stage: "idle" };
  let effects: readonly Effect[] = [];
  for (const event of events) [call, effects] = step(call, event);
  return { call, effects };
}

const says = (message: ServerMessage): Event => ({ type: "message", message });
const person = (id: string, state: Member["state"] = "live"): Member => ({ id, role: "driver", label: "甲", state });
const JOIN: Event = { type: "join" };
const WELCOME = says({ type: "welcome", participant: "me", room: "r", expires_at: 9, members: [person("a")] });
const LOST: Event = { type: "closed", code: 1006 };
const RETRY: Event = { type: "retry" };
const LIVE = [JOIN, WELCOME];

const waits = (effects: readonly Effect[]): number[] => effects.flatMap((effect) => (effect.do === "wait" ? [effect.ms] : []));

describe("joining", () => {
  it("connects at once and is live when the service says welcome", () => {
    expect(after(JOIN).effects).toEqual([{ do: "connect" }]);
    expect(after(...LIVE).call).toMatchObject({ stage: "live", media: "connecting", me: "me", members: [person("a")] });
  });

  it("waits half a second, then twice as long each time, then every eight seconds, for ever", () => {
    const events: Event[] = [JOIN];
    const seen: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      events.push(LOST);
      seen.push(...waits(after(...events).effects));
      events.push(RETRY);
      expect(after(...events).effects).toEqual([{ do: "connect" }]);
    }
    expect(seen).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
  });

  it("stops when a fresh ticket is refused, the room is full or it is the wrong one", () => {
    expect(after(JOIN, { type: "closed", code: 4401 }).call).toEqual({ stage: "over", why: "refused" });
    expect(after(JOIN, { type: "closed", code: 4403 }).call).toEqual({ stage: "over", why: "refused" });
    expect(after(JOIN, { type: "closed", code: 4423 }).call).toEqual({ stage: "over", why: "full" });
    expect(after(JOIN, { type: "refused" }).call).toEqual({ stage: "over", why: "refused" });
  });
});

describe("a lost connection", () => {
  it("comes back after half a second and keeps showing who was there", () => {
    const { call, effects } = after(...LIVE, LOST);
    expect(call).toMatchObject({ stage: "reconnecting", failures: 1, members: [person("a")] });
    expect(effects).toEqual([{ do: "disconnect" }, { do: "wait", ms: 500 }]);
  });

  it("begins to count anew once it was live", () => {
    expect(waits(after(...LIVE, LOST, RETRY, LOST, RETRY, WELCOME, LOST).effects)).toEqual([500]);
  });

  it("does not wait when the network comes back", () => {
    expect(after(...LIVE, LOST, RETRY, LOST, { type: "online" }).effects).toEqual([{ do: "connect" }]);
  });

  it("takes silence for loss, and an expired ticket for a reason to fetch a new one", () => {
    expect(after(...LIVE, { type: "silent" }).call).toMatchObject({ stage: "reconnecting" });
    expect(after(...LIVE, { type: "closed", code: 4401 }).call).toMatchObject({ stage: "reconnecting" });
  });

  it("is not sought again when another page has taken the call", () => {
    expect(after(...LIVE, { type: "closed", code: 4409 }).call).toEqual({ stage: "over", why: "replaced" });
  });
});

describe("media", () => {
  const failed: Event = { type: "media", state: "failed" };

  it("that fail get a new way first and a new connection when that does not help", () => {
    const restarted = after(...LIVE, { type: "media", state: "connected" }, failed);
    expect(restarted.call).toMatchObject({ stage: "live", media: "interrupted" });
    expect(restarted.effects[0]).toEqual({ do: "restart-ice" });
    expect(after(...LIVE, failed, { type: "media-due" }).call).toMatchObject({ stage: "reconnecting" });
  });

  it("that came back are left alone", () => {
    const { call, effects } = after(...LIVE, failed, { type: "media", state: "connected" }, { type: "media-due" });
    expect(call).toMatchObject({ stage: "live", media: "connected" });
    expect(effects).toEqual([]);
  });

  it("look for a new way when the phone changes its network", () => {
    expect(after(...LIVE, { type: "offline" }, { type: "online" }).effects[0]).toEqual({ do: "restart-ice" });
  });
});

describe("the others", () => {
  it("come, drop, come back and leave", () => {
    const drops = after(...LIVE, says({ type: "member", member: person("a", "reconnecting") }));
    expect(drops.call).toMatchObject({ members: [person("a", "reconnecting")] });
    const comes = after(...LIVE, says({ type: "member", member: person("b") }));
    expect(comes.call).toMatchObject({ members: [person("a"), person("b")] });
    expect(after(...LIVE, says({ type: "left", participant: "a" })).call).toMatchObject({ members: [] });
  });
});

it("leaving says so and ends it, whatever happens afterwards", () => {
  const { call, effects } = after(...LIVE, { type: "leave" });
  expect(effects).toEqual([{ do: "say-leave" }, { do: "disconnect" }]);
  for (const event of [JOIN, LOST, RETRY, WELCOME, { type: "online" } as const]) expect(step(call, event)).toEqual([call, []]);
});
