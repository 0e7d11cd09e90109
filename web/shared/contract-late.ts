/**
 * 事后报案: reported only after the scene was cleared (程序规定 art. 18). The shapes as the service sends them.
 *
 * The driver answers `scene_cleared: true` in the screening; the outcome is then `late_report` and the case does not
 * leave the remote flow. Everything else (place, own data, photos, consents) is filled in as always. In place of
 * `POST …/queue` the driver files with `POST …/late-report {statement}`, which also enters the queue;
 * `missing_for_queue` names `late_report` until then. The officer who claimed the case decides with
 * `POST …/late-report/acceptance {accepted, reason}`; a refusal ends the case (`escalated`) with a written notice.
 */
export interface LateReport {
  filed_at: string;
  /** Why nobody called from the scene, in the party's words. */
  statement: string;
  /** The end of the third working day; null while the holiday calendar has no data for that year. */
  decide_by: string | null;
  acceptance: Acceptance | null;
}

export interface Acceptance {
  accepted: boolean;
  /** Empty when accepted without a remark. */
  reason: string;
  at: string;
  /** The written notice, paragraphs by line breaks; null when accepted. */
  notice: string | null;
}

/** `POST /accidents/{id}/late-report`, by the driver. 10 to 500 characters. */
export interface LateReportRequest {
  statement: string;
}

/** `POST /accidents/{id}/late-report/acceptance`, by the officer who holds the case. A refusal needs its reason. */
export interface AcceptanceRequest {
  accepted: boolean;
  reason: string;
}
