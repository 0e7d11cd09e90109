/** Which insurers have a policy in the accident: only their people may be invited as an insurer's. */
import type { AccidentView, Catalogue, CodeLabel } from "../../shared/contract";

export function insuredWith(view: Pick<AccidentView, "parties">, catalogue: Pick<Catalogue, "insurers">): readonly CodeLabel[] {
  const covers = view.parties.flatMap(({ vehicle }) => [vehicle?.ctp, vehicle?.third_party, vehicle?.own_damage]);
  const codes = new Set(covers.flatMap((cover) => (cover ? [cover.insurer] : [])));
  return [...codes].map((code) => ({ code, label: catalogue.insurers.find((one) => one.code === code)?.name ?? code }));
}
