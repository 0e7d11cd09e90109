/** 归档 in words: the lists, what holds a case, until when it is kept, and what the two who destroy one may do. Pure. */
import type { ArchiveList, ArchiveView as Archive, Hold, Keeping } from "../../shared/contract-archive";
import type { ArchiveListName } from "../route";

export type ArchiveItem = ArchiveList["cases"][number];
export type Destroyable = Keeping["what"];

export const LISTS: readonly { readonly name: ArchiveListName; readonly words: string; readonly about: string; readonly none: string }[] = [
  { name: "due", words: "到期", about: "保存期限已满。没有保全、没有未了结的事项，才能提出销毁。", none: "没有保存期满的案件。" },
  { name: "proposals", words: "待批准销毁", about: "一人提出，另一人批准。提出的人不能自己批准。", none: "没有等待批准的销毁。" },
  { name: "holds", words: "保全中", about: "复核、诉讼或投诉未了结，期限满了也不销毁。", none: "没有保全中的案件。" },
  { name: "reviews", words: "复核中", about: "申请时间早的在前。", none: "没有正在复核的案件。" },
  { name: "destroyed", words: "已销毁", about: "只留下销毁清册：编号、时间和摘要，没有当事人信息。", none: "还没有销毁过案件。" },
];

export const HOLD: Record<Hold["why"], string> = { review: "复核", suit: "诉讼", complaint: "投诉" };

export const WHAT: Record<Destroyable, string> = { file: "案卷", video: "录像" };

export const standingHolds = (archive: Archive): Hold[] => archive.holds.filter(({ lifted }) => lifted === null);

/** What may be proposed for destruction now. */
export function destroyable(archive: Archive): Destroyable[] {
  if (archive.proposal !== null || archive.destroyed !== null) return [];
  return archive.keeping.filter(({ until, why_not }) => until !== null && why_not.length === 0).map(({ what }) => what);
}

/** Two destroy a case, never one: who proposed it may only take it back. */
export function mayApprove(archive: Archive, officerId: string): boolean {
  return archive.proposal !== null && archive.proposal.by !== officerId;
}

/** "案卷至 2028-12-31，录像至 2027-05-23" */
export function keptWords(archive: Archive): string {
  return archive.keeping.flatMap(({ what, until }) => (until === null ? [] : [`${WHAT[what]}至 ${until}`])).join("，");
}

/** How a case is called in a list. */
export function nameOf(item: Pick<ArchiveItem, "finding_number" | "accident_id">): string {
  return item.finding_number ?? `未出具认定书（${item.accident_id.slice(-6)}）`;
}

/** What will be gone, said plainly before it is. */
export function warningOf(what: Destroyable): string {
  return what === "file"
    ? "这起案件的全部内容将从系统和磁盘上删除：当事人信息、照片、录像、文书、签名和办案记录。只留下销毁清册（编号、时间和摘要）。销毁后无法恢复，任何人都不能再调取。"
    : "没有作为证据使用的录像将从磁盘上删除，案卷其余内容保留。删除后无法恢复。";
}
