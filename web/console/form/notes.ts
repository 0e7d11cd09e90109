/** Finds the service's word about one field. It may name the field alone or with the way to it. */
import type { FieldNote } from "../../shared/contract";

/** `noteFor(notes, "ctp.policy")` finds "ctp.policy", "vehicle.ctp.policy" and "party.vehicle.ctp.policy". */
export function noteFor(notes: readonly FieldNote[], field: string): string {
  return notes.find((n) => n.field === field || n.field.endsWith(`.${field}`))?.message ?? "";
}
