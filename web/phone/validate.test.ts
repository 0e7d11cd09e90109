import { describe, expect, it } from "vitest";
import { judgeCode, judgeIdCard, judgeName, judgeOtherId, judgePeriod, judgePhone, judgePlate, plateKindOf, tidy, tidyPhone } from "./validate";

const TODAY = "20261123";

describe("identity", () => {
  it("the samples of the standard pass, however they are typed", () => {
    for (const id of ["11010519491231002X", "11010519491231002x", "４４０５２４１８８００１０１００１４", "440524 18800101 0014"]) {
      expect(judgeIdCard(id, TODAY).error, id).toBeNull();
    }
  });

  it("a wrong check digit, an impossible or future birth date and the old 15 digits are each named", () => {
    expect(judgeIdCard("110105194912310021", TODAY).error).toContain("校验位");
    expect(judgeIdCard("11010519490230002X", TODAY).error).toContain("出生日期");
    expect(judgeIdCard("11010520270101002X", TODAY).error).toContain("出生日期");
    expect(judgeIdCard("110105491231002", TODAY).error).toContain("15 位");
    expect(judgeIdCard("1101051949123100", TODAY).error).toContain("18 位");
    expect(judgeIdCard("", TODAY).error).toContain("请填写");
  });

  it("names keep rare characters, and pictures are no names", () => {
    for (const name of ["张䶮", "𬀩", "阿卜杜拉·买买提", "John O'Neill"]) expect(judgeName(name).error, name).toBeNull();
    expect(judgeName("张三😀").error).not.toBeNull();
    expect(judgeName("  ").error).not.toBeNull();
    expect(judgeName("字".repeat(51)).error).not.toBeNull();
  });

  it("other documents need five to twenty letters and digits", () => {
    expect(judgeOtherId("E1234 5678").error).toBeNull();
    expect(judgeOtherId("12").error).not.toBeNull();
  });

  it("phones and codes are taken with blanks and +86", () => {
    expect(judgePhone("+86 138-0013-8000").error).toBeNull();
    expect(tidyPhone("+86 138-0013-8000")).toBe("13800138000");
    expect(judgePhone("12800138000").error).not.toBeNull();
    expect(judgeCode("12345").error).not.toBeNull();
    expect(judgeCode(" 123456 ").error).toBeNull();
  });
});

describe("plates", () => {
  it("ordinary and new-energy plates pass and tell their kind", () => {
    for (const plate of ["浙D12345", "浙d·12345", "浙Ｄ１２３４５", "京AF0236"]) {
      expect(judgePlate(plate), plate).toEqual({ error: null, warning: null });
      expect(plateKindOf(plate), plate).toBe("02");
    }
    for (const plate of ["浙DD12345", "浙DF12345", "浙DDA1234"]) expect(plateKindOf(plate), plate).toBe("52");
    expect(plateKindOf("浙D12345D")).toBe("51");
    expect(judgePlate("浙D12345D").error).toBeNull();
  });

  it("each mistake is named in its own words", () => {
    const words: [string, string][] = [
      ["浙D1234I", "I 和 O"],
      ["浙DO2345", "I 和 O"],
      ["浙D123", "少了几位"],
      ["浙D1234567", "多了几位"],
      ["浙DL12345", "新能源"],
      ["浙DDAB234", "新能源"],
      ["D123456", "省份"],
      ["浙112345", "字母"],
      ["", "请填写"],
    ];
    for (const [plate, word] of words) expect(judgePlate(plate).error, plate).toContain(word);
  });

  it("special plates are accepted with a warning", () => {
    for (const plate of ["浙D1234学", "浙D1234警", "浙D1234挂", "粤Z1234港", "使224001", "WJ浙12345", "VA12345", "浙D临1234"]) {
      expect(judgePlate(plate).error, plate).toBeNull();
      expect(judgePlate(plate).warning, plate).not.toBeNull();
    }
  });

  it("tidying touches form, never content", () => {
    expect(tidy(" 浙ｄ·１２－345 ")).toBe("浙D12345");
  });

  it("a cover cannot end before it begins", () => {
    expect(judgePeriod("2026-01-01", "2025-12-31").error).not.toBeNull();
    expect(judgePeriod("2026-01-01", "").error).toBeNull();
  });
});
