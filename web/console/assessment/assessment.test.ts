import { describe, expect, it } from "vitest";
import { ApiProblem } from "../../shared/api";
import type { PriceLine } from "../../shared/contract-assessment";
import { anAssessment, aParty } from "../desk/testing";
import { readKept, writeKept } from "../form/kept";
import { addByHand, addPrice, change, DRAFTS, EMPTY, openPoints, proposeBody, readQuantity, remove, supplementOf, togglePhoto, total } from "./draft";
import { createPrices } from "./prices";
import { newestOf, outlook, standing } from "./standing";

const bumper: PriceLine = { vehicle: "small_car", vehicle_label: "小型车", part: "前保险杠", operation: "replace", unit_price_fen: 60_000, labour_fen: 10_000 };
const paint: PriceLine = { ...bumper, operation: "paint", unit_price_fen: 0, labour_fen: 40_000 };

describe("a 定损单 being written", () => {
  it("adds up at once: quantity times price, and the labour of the line once", () => {
    const draft = change(addPrice(addPrice(EMPTY, bumper), paint), 0, { quantity: 2 });
    expect(total(draft.items)).toBe(2 * 60_000 + 10_000 + 40_000);
  });
  it("counts the same part chosen again, and keeps a part whose price was typed over", () => {
    const twice = addPrice(addPrice(EMPTY, bumper), bumper);
    expect(twice.items.map((i) => i.quantity)).toEqual([2]);
    const typed = addPrice(change(addPrice(EMPTY, bumper), 0, { unit_price_fen: 55_000 }), bumper);
    expect(typed.items.map((i) => i.unit_price_fen)).toEqual([55_000, 60_000]);
  });
  it("takes a part that is on no list, and wants a price for it", () => {
    const draft = addByHand(EMPTY, " 行李架 ");
    expect(openPoints(draft, null)).toEqual(["有一项没有价格也没有工时费"]);
    expect(openPoints(change(draft, 0, { labour_fen: 100 }), null)).toEqual([]);
  });
  it("cannot be put forward empty", () => {
    expect(openPoints(EMPTY, null)).toEqual(["请至少添加一项"]);
  });
  it("reads a count from 1 to 99, and nothing else", () => {
    expect(["1", " 12 ", "２", "0", "100", "-1", "1.5", "两"].map(readQuantity)).toEqual([1, 12, 2, null, null, null, null, null]);
  });
  it("attaches a picture on one press and takes it off on the next", () => {
    expect(togglePhoto(togglePhoto(EMPTY, "a"), "a").photos).toEqual([]);
  });
  it("begins a supplement with everything that was assessed, the joint result when there is one, and wants a difference", () => {
    const joint = { items: [{ ...bumper, quantity: 1 }, { ...paint, quantity: 1 }], total_fen: 110_000, note: null };
    const before = anAssessment("p1", { joint });
    const draft = supplementOf(before);
    expect([draft.supplements, total(draft.items)]).toEqual([before.id, 110_000]);
    expect(openPoints(draft, before)).toEqual(["追加定损须与原定损单不同"]);
    expect(openPoints(remove(draft, 0), before)).toEqual([]);
  });
  it("sends what stands there, without blanks around it", () => {
    const draft = { ...addByHand(EMPTY, "车门"), note: "  " };
    expect(proposeBody("p1", change(draft, 0, { part: " 左前门 " }))).toMatchObject({ party_id: "p1", supplements: null, note: null, items: [{ part: "左前门" }] });
  });
});

describe("a draft on this computer", () => {
  function storage() {
    const kept = new Map<string, string>();
    return {
      kept,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
  }
  it("comes back as it was, and is gone once there is nothing in it", () => {
    const place = storage();
    const draft = addPrice(EMPTY, bumper);
    writeKept("p", draft, DRAFTS, place);
    expect(readKept("p", DRAFTS, place)).toEqual(draft);
    writeKept("p", EMPTY, DRAFTS, place);
    expect(place.kept.size).toBe(0);
  });
  it("that cannot be read is no draft", () => {
    const place = storage();
    place.setItem("p", "{");
    expect(readKept("p", DRAFTS, place)).toEqual(EMPTY);
    place.setItem("p", '{"items":7}');
    expect(readKept("p", DRAFTS, place)).toEqual(EMPTY);
  });
});

describe("the price list", () => {
  function world(answers: Record<string, Promise<readonly PriceLine[]>>) {
    const timers: (() => void)[] = [];
    const asked: string[] = [];
    const prices = createPrices({
      ask: (words) => (asked.push(words), answers[words] ?? Promise.resolve([])),
      after: (_, then) => (timers.push(then), () => void timers.splice(timers.indexOf(then), 1)),
    });
    return { prices, asked, fire: () => timers.splice(0).forEach((then) => then()) };
  }
  const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

  it("is asked once after a pause, not for every key", async () => {
    const { prices, asked, fire } = world({});
    prices.type("前");
    prices.type("前保");
    fire();
    await settled();
    expect(asked).toEqual(["前保"]);
  });
  it("shows no late answer about an earlier word", async () => {
    let late: (lines: PriceLine[]) => void = () => undefined;
    const { prices, fire } = world({ 前: new Promise((done) => (late = done)), 后: Promise.resolve([paint]) });
    prices.type("前");
    fire();
    prices.type("后");
    fire();
    await settled();
    late([bumper]);
    await settled();
    expect(prices.found.value).toEqual([paint]);
  });
  it("takes nothing with Enter while it still looks, and never points beside the list", async () => {
    const { prices, fire } = world({ 前: Promise.resolve([bumper, paint]) });
    prices.type("前");
    expect(prices.chosen()).toBeNull();
    fire();
    await settled();
    prices.move(5);
    expect(prices.chosen()).toEqual(paint);
    prices.move(-9);
    expect(prices.chosen()).toEqual(bumper);
  });
  it("says why it has no answer", async () => {
    const { prices, fire } = world({ 前: Promise.reject(new ApiProblem(0, "offline", "网络不通")) });
    prices.type("前");
    fire();
    await settled();
    expect([prices.found.value, prices.trouble.value]).toEqual([[], "网络不通"]);
  });
});

describe("how an assessment stands", () => {
  const parties = [aParty("p1", "甲")];
  const insurer = { code: "PAIC", name: "平安" };
  const waiting = { state: "awaiting", basis: null, until: "2026-03-02T00:20:00Z", must_answer: [{ insurer, party_id: null }] } as const;

  it("names who must answer until when, and what silence means", () => {
    const sentence = standing(anAssessment("p1", { ...waiting, must_answer: [...waiting.must_answer, { insurer: null, party_id: "p1" }] }), parties).sentence;
    expect(sentence).toContain("由平安、甲方在 2026-03-02 08:20 前答复；逾期保险公司未答复视为接受，当事人未答复转联合定损。");
  });
  it("says why it did not bind at once", () => {
    const why = (more: object): string => standing(anAssessment("p1", { ...waiting, must_answer: [...waiting.must_answer], ...more }), parties).sentence.split("，")[0] ?? "";
    expect(why({ agreement: null })).toBe("没有适用的互信协议");
    expect(why({ sampled: true })).toBe("抽中复检");
    expect(why({ total_fen: 1_000_001 })).toBe("超过互信限额 10,000 元");
  });
  it("tells before it is put forward whether the figure can bind at once", () => {
    const { agreement } = anAssessment("p1");
    expect(outlook(1_000_000, agreement).tone).toBe("info");
    expect(outlook(1_000_001, agreement).tone).toBe("warn");
    expect(outlook(1, null).text).toContain("没有互信协议");
  });
  it("is that of the newest one of the vehicle", () => {
    const all = [anAssessment("p1", { id: "a" }), anAssessment("p2", { id: "b" }), anAssessment("p1", { id: "c" })];
    expect(newestOf(all, "p1")?.id).toBe("c");
    expect(newestOf(all, "p3")).toBeNull();
  });
});
