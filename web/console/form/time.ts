/**
 * The accident's clock is Beijing time, wherever the officer's computer thinks it is.
 * Fields hold "2026-03-01T08:15"; the wire holds UTC instants.
 */
const BEIJING_MS = 8 * 3_600_000;

export function toField(instant: string | null): string {
  const ms = instant === null ? NaN : Date.parse(instant);
  return Number.isNaN(ms) ? "" : new Date(ms + BEIJING_MS).toISOString().slice(0, 16);
}

export function fromField(typed: string): string | null {
  const ms = Date.parse(`${typed}Z`);
  return Number.isNaN(ms) ? null : new Date(ms - BEIJING_MS).toISOString().replace(".000Z", "Z");
}

/** "03-01 08:15:30", for lists and timelines. */
export function showTime(instant: string | null): string {
  const ms = instant === null ? NaN : Date.parse(instant);
  return Number.isNaN(ms) ? "—" : new Date(ms + BEIJING_MS).toISOString().slice(5, 19).replace("T", " ");
}

/** "2026-03-01 08:15", for documents and records. */
export function showDate(instant: string | null): string {
  return toField(instant).replace("T", " ") || "—";
}
