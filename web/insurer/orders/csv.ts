/**
 * Paid orders as a clerk's own system exports them: one line each, `id,reference,paid_at`, with commas or tabs.
 *
 * A line that cannot be read is named with its number and what is wrong; it never makes the others wait.
 */

export interface PaidLine {
  /** As in the file, 1 for the first. */
  readonly line: number;
  readonly id: string;
  readonly reference: string;
  /** RFC 3339. */
  readonly paid_at: string;
}

export interface BadLine {
  readonly line: number;
  readonly why: string;
}

export interface Reading {
  readonly good: readonly PaidLine[];
  readonly bad: readonly BadLine[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readPaid(text: string): Reading {
  const good: PaidLine[] = [];
  const bad: BadLine[] = [];
  const seen = new Set<string>();
  const order = { id: 0, reference: 1, paid_at: 2 };
  const rows = cells(text.replace(/^\uFEFF/, ""));
  for (const { line, cells: row } of rows) {
    if (row.every((cell) => cell === "")) continue;
    if (good.length + bad.length === 0 && isHeader(row)) {
      for (const name of ["id", "reference", "paid_at"] as const) {
        if (row.includes(name)) order[name] = row.indexOf(name);
      }
      continue;
    }
    const [id, reference, typed] = [row[order.id] ?? "", row[order.reference] ?? "", row[order.paid_at] ?? ""];
    const paid_at = instantOf(typed);
    const why = wrong(id, reference, typed, paid_at, seen);
    if (why !== null || paid_at === null) bad.push({ line, why: why ?? "" });
    else good.push({ line, id: id.toLowerCase(), reference, paid_at });
    seen.add(id.toLowerCase());
  }
  return { good, bad };
}

function isHeader(row: readonly string[]): boolean {
  return row.includes("id") || row.includes("reference") || row.includes("paid_at");
}

function wrong(id: string, reference: string, typed: string, paid_at: string | null, seen: ReadonlySet<string>): string | null {
  if (!UUID.test(id)) return `第 1 列应是付款单编号，读到“${id}”`;
  if (seen.has(id.toLowerCase())) return "这张付款单在前面已经出现过";
  if (reference === "") return "缺少流水号（第 2 列）";
  if (paid_at === null) return `付款时间“${typed}”读不出来，写成 2026-11-23 14:05`;
  return null;
}

/** `2026-11-23 14:05[:06]`, also with slashes, is China time; RFC 3339 with an offset is taken as it says. */
export function instantOf(typed: string): string | null {
  const text = typed.trim();
  const plain = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (plain !== null) {
    const [year, month, day, hour, minute, second] = plain.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
    const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    // A day or an hour that does not exist would silently become the next one.
    const same = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCHours() === hour && at.getUTCMinutes() === minute;
    return same ? new Date(at.getTime() - CHINA_MS).toISOString() : null;
  }
  const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = zoned ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

const CHINA_MS = 8 * 3_600_000;

/** An instant as the value of `<input type="datetime-local" step="1">`, China time: with seconds, or a payment could seem older than its report. */
export function inputOf(ms: number): string {
  return new Date(ms + CHINA_MS).toISOString().slice(0, 19);
}

/** RFC 4180, or tabs as a spreadsheet pastes them: the separator is whichever the first line has. */
function cells(text: string): { line: number; cells: string[] }[] {
  const first = text.split("\n", 1)[0] ?? "";
  const separator = first.includes("\t") ? "\t" : ",";
  const rows: { line: number; cells: string[] }[] = [];
  let [row, cell, quoted, line, began] = [[] as string[], "", false, 1, 1];
  const endCell = () => {
    row.push(cell.trim());
    cell = "";
  };
  const endRow = () => {
    endCell();
    rows.push({ line: began, cells: row });
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === "\n") line += 1;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') [cell, at] = [`${cell}"`, at + 1];
      else quoted = false;
    } else if (char === '"' && cell.trim() === "") [quoted, cell] = [true, ""];
    else if (char === separator) endCell();
    else if (char === "\n") {
      endRow();
      began = line;
    } else if (char !== "\r") cell += char;
  }
  endRow();
  return rows;
}
