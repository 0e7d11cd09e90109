import { describe, expect, it } from "vitest";
import { called, plain } from "./plain";

const two = { me: "甲", labels: ["甲", "乙"] };
const other = { me: "乙", labels: ["甲", "乙"] };

describe("the reasons of a payment", () => {
  it("speak to the driver", () => {
    const reason = "甲在事故中有责任，其交强险（人保财险）在财产损失限额2,000.00元内赔付乙的损失1,500.00元。";
    expect(plain(reason, two)).toBe("您在事故中有责任，您的交强险（人保财险）在财产损失限额2,000.00元内赔付对方的损失1,500.00元。");
    expect(plain(reason, other)).toBe("对方在事故中有责任，其交强险（人保财险）在财产损失限额2,000.00元内赔付您的损失1,500.00元。");
  });

  it("never tell a driver that the other has nothing to ask of the other", () => {
    const reason = "甲的损失中有100.00元本应由无责一方的交强险赔付，现由甲自己的交强险（人保财险）先行代付，甲不用向对方要。";
    expect(plain(reason, two)).toContain("您不用向对方要");
    expect(plain(reason, other)).toContain("对方不用向您要");
  });

  it("leave 其中 alone", () => {
    const reason = "交强险之外，甲自己的财产损失按100%的责任由自己承担，其中900.00元由甲的车损险支付。";
    expect(plain(reason, two)).toBe("交强险之外，您自己的财产损失按100%的责任由自己承担，其中900.00元由您的车损险支付。");
  });

  it("keep the labels apart when three are involved, and leave an owner's name alone", () => {
    const three = { me: "乙", labels: ["甲", "乙", "丙"] };
    expect(plain("甲应赔丙", three)).toBe("甲方应赔丙方");
    expect(called("市政公司", three)).toBe("市政公司");
  });
});
