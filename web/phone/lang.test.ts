import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EN } from "./en";
import { lang, speak, t } from "./lang";
import { GUIDES } from "./shots";
import { STRETCHES } from "./step";
import { INJURY_INSTEAD, QUESTIONS } from "./triage";

const here = new URL("./", import.meta.url);
const source = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".vue"))
  .map((file) => readFileSync(new URL(file, here), "utf8"))
  .join("\n");

describe("English", () => {
  it("has every sentence that a screen says", () => {
    const said = [...source.matchAll(/\bt\(\s*(?:"([^"]+)"|'([^']+)')/g)].map((found) => found[1] ?? found[2] ?? "");
    const listed = [
      ...QUESTIONS.flatMap(({ ask, help, instead }) => [ask, help, ...(instead === null ? [] : [instead])]),
      ...GUIDES.flatMap(({ title, tip }) => [title, tip]),
      ...STRETCHES,
      INJURY_INSTEAD,
    ];
    expect(said.length).toBeGreaterThan(100);
    expect([...said, ...listed].filter((sentence) => !(sentence in EN))).toEqual([]);
  });

  it("keeps every blank to be filled", () => {
    const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [chinese, english] of Object.entries(EN)) expect(blanks(english), chinese).toEqual(blanks(chinese));
  });

  it("fills blanks, and says in Chinese what has no translation", () => {
    expect(t("还有 {n} 张照片未上传", { n: 3 })).toBe("还有 3 张照片未上传");
    expect(lang.value).toBe("zh");
    expect(t("没有这句")).toBe("没有这句");
    expect(typeof speak).toBe("function");
  });
});
