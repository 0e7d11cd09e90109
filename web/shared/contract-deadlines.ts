/** Terms that an accident has set off: what, until which day, by which article. As the service sends them. */
export type DeadlineKind =
  | "finding"
  | "late_report"
  | "review"
  | "review_forward"
  | "review_file"
  | "review_decision"
  | "retain_file"
  | "retain_video";

export interface Deadline {
  kind: DeadlineKind;
  /** The last day (`2026-03-04`), Chinese time; null while that year's calendar is missing. */
  due: string | null;
  text: string;
  article: string;
  /** The day may move when that year's holidays are published. */
  provisional: boolean;
  /** Nothing is left to be done: it was done, or may no longer be. */
  done: boolean;
}
