import { describe, expect, it } from "vitest";
import { back, complete, nextQuestion, QUESTIONS, stopOf } from "./triage";

describe("triage", () => {
  it("asks every question once, injuries first", () => {
    const asked: string[] = [];
    let answers: Parameters<typeof nextQuestion>[0] = {};
    for (let key = nextQuestion(answers); key !== null; key = nextQuestion(answers)) {
      asked.push(key);
      answers = key === "injury" ? { injury: "none" } : { ...answers, [key]: false };
    }
    expect(asked[0]).toBe("injury");
    expect(new Set(asked).size).toBe(QUESTIONS.length + 1);
    expect(stopOf(answers)).toBeNull();
    expect(complete(answers)).toEqual(answers);
  });

  it("every stop says what to do instead and whom to call", () => {
    for (const { key, instead } of QUESTIONS) {
      if (instead === null) continue;
      const stop = stopOf({ injury: "none", [key]: true });
      expect(stop?.call, key).toBe("122");
      expect(stop?.instead.length, key).toBeGreaterThan(10);
    }
    expect(stopOf({ injury: "serious" })?.call).toBe("120");
  });

  it("a scene that was cleared stops nothing: it is reported in writing later on", () => {
    expect(stopOf({ injury: "none", scene_cleared: true })).toBeNull();
    expect(QUESTIONS.filter(({ instead }) => instead === null).map(({ key }) => key)).toEqual(["scene_cleared"]);
  });

  it("going back takes away exactly the last answer", () => {
    const [first, second] = [QUESTIONS[0]!.key, QUESTIONS[1]!.key];
    expect(back({ injury: "none", [first]: false, [second]: true })).toEqual({ injury: "none", [first]: false });
    expect(back({ injury: "none" })).toEqual({});
  });

  it("what was never asked counts as not reported", () => {
    expect(complete({ injury: "serious" })).toMatchObject({ injury: "serious", no_licence: false });
  });
});
