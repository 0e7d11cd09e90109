/**
 * A deed that says which version its officer looked at.
 *
 * Phones move a case all the time (a photo, a consent), so a version is soon stale. When what the deed was
 * about did not change, it is sent once more on the newer version; otherwise the officer looks again.
 */
import { ApiProblem } from "../../shared/api";
import type { AccidentView } from "../../shared/contract";
import { same } from "../form/merge";

export interface Seen {
  readonly looked: AccidentView;
  send(seen: number): Promise<AccidentView>;
  fetch(): Promise<AccidentView>;
  /** What the officer had in mind when pressing the button. */
  about(view: AccidentView): unknown;
}

export async function sendSeen({ looked, send, fetch, about }: Seen): Promise<AccidentView> {
  try {
    return await send(looked.version);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "stale") throw error;
    const now = await fetch();
    if (!same(about(looked), about(now))) throw error;
    return send(now.version);
  }
}
