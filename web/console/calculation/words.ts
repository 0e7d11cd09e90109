/** What the steps and the rules of a plan are called, and what each step does, in a sentence. */
import type { StepKey } from "./worksheet";

export const STEP: Record<StepKey, { title: string; about: string }> = {
  self_pay: { title: "互碰自赔", about: "各方都有责任、损失都在限额内并且都同意：各自的交强险赔自己的车，互不追偿。" },
  no_fault: { title: "无责方的交强险", about: "无责一方的交强险先在无责限额内赔有责一方；各车都有保险且无人受伤时，由有责方自己的保险公司代付。" },
  at_fault: {
    title: "有责方的交强险",
    about: "第一轮：每笔损失由其他有责车的交强险平均分担，超过限额的按比例减少。第二轮：还有余额的交强险补给仍不足的损失。",
  },
  by_share: { title: "余额按责任比例", about: "交强险之外的部分按责任比例分：自己的一份由车损险或本人承担，对方的一份由三者险或其本人支付。" },
};

/** Injuries are shared among all other vehicles by their limits, not equally. */
export const AT_FAULT_INJURY = "其他各车的交强险按各自限额的比例分担，超过限额的按比例减少，再用余额补足。";

const RULE: Record<string, string> = {
  "ctp.self_pay": "互碰自赔",
  "ctp.advance": "无责代赔",
  "ctp.no_fault": "交强险无责限额",
  "ctp.standard": "交强险有责限额",
  "ctp.uninsured": "未投保，车主自付",
  "share.third_party": "按责任：三者险",
  "share.own_damage": "按责任：车损险",
  "share.personal": "按责任：本人支付",
  "share.own": "自行承担",
  "borne.no_fault": "各方无责，自行承担",
};

export function ruleWord(rule: string): string {
  return RULE[rule] ?? rule;
}

/** A party by its label is somebody's side; an owner of outside property is called by name. */
export function sideWord(name: string, labels: readonly string[]): string {
  return labels.includes(name) ? `${name}方` : name;
}

/** Heads in full, as headings; the short words of the plan serve inside a table. */
export const HEAD_LONG: Record<string, string> = { property: "财产损失", medical: "医疗费用", disability: "误工、护理、交通" };
