/** The guided photos, in the order in which a desk needs them: impact, plates, overview, then details. */
import type { Shot } from "./uploads";

export interface Guide {
  readonly shot: Shot;
  readonly title: string;
  readonly tip: string;
}

export const GUIDES: readonly Guide[] = [
  { shot: "impact", title: "碰撞的部位", tip: "蹲低一些，把两车碰到的地方拍在画面中间。" },
  { shot: "plate", title: "双方车牌", tip: "每辆车拍一张，车牌要看得清每一个字。" },
  { shot: "overview", title: "整个现场", tip: "站到路边远处，拍到两辆车、车道线和路口。" },
  { shot: "damage", title: "损伤细节", tip: "每一处凹陷、划痕、破损都拍一张。" },
];
