/**
 * The screening questions, one per screen, in the order in which they matter at the roadside.
 *
 * 程序规定 arts. 13-18. The service judges the answers; what stands here only lets the page say at once what to do
 * instead, before anybody has typed a phone number. A region may be more generous: whoever hands over is told what really applies.
 */
import type { TriageAnswers } from "../shared/contract";

export type YesNoKey = Exclude<keyof TriageAnswers, "injury" | "crime_suspected" | "motor_vehicles" | "others">;
export type Answers = Partial<TriageAnswers>;

export interface Question {
  readonly key: YesNoKey;
  readonly ask: string;
  readonly help: string;
  /** What to do instead when the answer is yes; null when remote handling goes on all the same. */
  readonly instead: string | null;
}

const WAIT_FOR_POLICE = "请保护现场，不要移动车辆，人员撤到安全的地方，拨打 122 等民警到场。";

export const QUESTIONS: readonly Question[] = [
  {
    key: "expressway",
    ask: "事故在高速公路或城市快速路上吗？",
    help: "包括匝道、服务区出入口。",
    instead: "车上的人马上撤到护栏外面，打开双闪，在来车方向 150 米外放三角牌，然后拨打 122。",
  },
  {
    key: "dangerous_goods",
    ask: "有车装着危险物品吗？",
    help: "例如汽油、燃气、化学品、烟花爆竹。",
    instead: "请马上远离车辆，不要抽烟、不要用火，到上风方向等待，拨打 122。",
  },
  {
    key: "cannot_move",
    ask: "有车动不了吗？",
    help: "碰撞后不能自己开走的车。",
    instead: "请打开双闪，在车后 50 至 100 米放三角牌，人员撤到路边，拨打 122。",
  },
  {
    key: "party_left",
    ask: "有当事人离开现场了吗？",
    help: "例如撞了以后开走了。",
    instead: "请记下对方车牌、颜色和去向，保护现场，拨打 122。",
  },
  {
    key: "alcohol_or_drugs",
    ask: "有驾驶人可能喝了酒或吸了毒吗？",
    help: "看起来像、闻得到，也算。",
    instead: WAIT_FOR_POLICE,
  },
  {
    key: "no_licence",
    ask: "有驾驶人没有驾驶证吗？",
    help: "包括准驾车型不符、驾驶证过期或被暂扣。",
    instead: WAIT_FOR_POLICE,
  },
  {
    key: "bad_plate",
    ask: "有车没挂号牌，或号牌像是假的吗？",
    help: "包括遮挡、涂改号牌。",
    instead: WAIT_FOR_POLICE,
  },
  {
    key: "missing_marks",
    ask: "有车没有年检或没有交强险吗？",
    help: "不清楚就选“没有”，民警会核对。",
    instead: "请先拍照，把车移到不妨碍交通的地方，人员撤到安全处，拨打 122。",
  },
  {
    key: "bus_overloaded_or_speeding",
    ask: "有校车或客车严重超员、超速吗？",
    help: "没有校车、客车，就选“没有”。",
    instead: WAIT_FOR_POLICE,
  },
  {
    key: "facility_hit",
    ask: "撞坏了护栏、电杆、房屋这样的设施吗？",
    help: "只有车辆之间的碰撞，就选“没有”。",
    instead: "请先拍照，人员撤到安全处，不要碰掉落的电线，拨打 122。",
  },
  {
    key: "intent_suspected",
    ask: "有人像是故意撞的吗？",
    help: "例如斗气、碰瓷。",
    instead: "请不要争吵，留在安全的地方，保护现场，拨打 122。",
  },
  {
    key: "scene_cleared",
    ask: "人和车都已离开现场，是事后才报的吗？",
    help: "只是把车移到路边，就选“没有”。",
    // 事后报案: reported in writing, and the desk decides whether to take it on.
    instead: null,
  },
];

export const INJURY_INSTEAD = "先救人：拨打 120，再拨打 122。不要移动伤员，除非有着火或再次被撞的危险。请保护现场。";

/** The question to ask next, or null when every answer is there. */
export function nextQuestion(answers: Answers): "injury" | YesNoKey | null {
  if (answers.injury === undefined) return "injury";
  return QUESTIONS.find((question) => answers[question.key] === undefined)?.key ?? null;
}

/** The first answer that ends the remote flow, with what to do instead; null when there is none. */
export function stopOf(answers: Answers): { key: keyof TriageAnswers; instead: string; call: "120" | "122" } | null {
  if (answers.injury === "serious") return { key: "injury", instead: INJURY_INSTEAD, call: "120" };
  for (const question of QUESTIONS) {
    const { key, instead } = question;
    if (answers[key] === true && instead !== null) return { key, instead, call: "122" };
  }
  return null;
}

/** The whole set for the service. After a stop the rest was never asked: it counts as not reported. */
export function complete(answers: Answers): TriageAnswers {
  const asked = Object.fromEntries(QUESTIONS.map(({ key }) => [key, answers[key] ?? false]));
  return { ...asked, injury: answers.injury ?? "none" } as TriageAnswers;
}

/** One question back: forgets the last answer given. */
export function back(answers: Answers): Answers {
  const given = QUESTIONS.filter(({ key }) => answers[key] !== undefined);
  const last = given[given.length - 1];
  if (last === undefined) return {};
  const rest = { ...answers };
  delete rest[last.key];
  return rest;
}
