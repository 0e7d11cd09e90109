/**
 * The driver's own data while it is being typed, and as the service takes it.
 *
 * Everything is a string here, as in the inputs. Three screens share one draft; {@link judge} says what is wrong where.
 */
import type { IdType, PartyInput, PartyView, Vehicle } from "../shared/contract";
import { judgeIdCard, judgeName, judgeOtherId, judgePeriod, judgePlate, plateKindOf, tidy } from "./validate";

export type Page = "who" | "vehicle" | "cover";

export interface Draft {
  kind: PartyInput["kind"];
  name: string;
  id_type: IdType;
  id_number: string;
  injured: PartyInput["injured"];
  traffic_mode: string;
  plate: string;
  /** Empty: as the plate tells. */
  plate_kind: string;
  model: string;
  direction: string;
  contact_part: string;
  ctp_insurer: string;
  ctp_policy: string;
  ctp_from: string;
  ctp_to: string;
  third_party: boolean;
  third_party_insurer: string;
  /** Limit of cover in 万元. */
  third_party_limit: string;
  third_party_deductible: string;
  own_damage: boolean;
  own_damage_insurer: string;
  own_damage_deductible: string;
}

export type DraftField = keyof Draft;

export const EMPTY: Draft = {
  kind: "motor",
  name: "",
  id_type: "id_card",
  id_number: "",
  injured: "none",
  traffic_mode: "K3",
  plate: "",
  plate_kind: "",
  model: "",
  direction: "",
  contact_part: "",
  ctp_insurer: "",
  ctp_policy: "",
  ctp_from: "",
  ctp_to: "",
  third_party: false,
  third_party_insurer: "",
  third_party_limit: "100",
  third_party_deductible: "0",
  own_damage: false,
  own_damage_insurer: "",
  own_damage_deductible: "0",
};

const FEN_PER_WAN = 1_000_000;

/** Which pages a party of this kind has to fill. */
export function pagesOf(kind: PartyInput["kind"]): Page[] {
  if (kind === "pedestrian") return ["who"];
  return kind === "motor" ? ["who", "vehicle", "cover"] : ["who", "vehicle"];
}

/** What the service already knows of me, as a draft. */
export function draftOf(party: PartyView): Draft {
  const draft: Draft = { ...EMPTY, kind: party.kind, name: party.name, id_type: party.id_type, injured: party.injured };
  draft.id_number = party.id_number;
  const vehicle = party.vehicle;
  if (vehicle === null) return draft;
  draft.traffic_mode = vehicle.traffic_mode;
  draft.plate = vehicle.plate;
  draft.plate_kind = vehicle.plate_kind ?? "";
  draft.model = vehicle.model ?? "";
  draft.direction = vehicle.direction ?? "";
  draft.contact_part = vehicle.contact_part ?? "";
  if (vehicle.ctp !== null) {
    draft.ctp_insurer = vehicle.ctp.insurer;
    draft.ctp_policy = vehicle.ctp.policy;
    draft.ctp_from = vehicle.ctp.valid_from ?? "";
    draft.ctp_to = vehicle.ctp.valid_to ?? "";
  }
  if (vehicle.third_party !== null) {
    draft.third_party = true;
    draft.third_party_insurer = vehicle.third_party.insurer;
    draft.third_party_limit = String(vehicle.third_party.limit_fen / FEN_PER_WAN);
    draft.third_party_deductible = String(vehicle.third_party.deductible_percent);
  }
  if (vehicle.own_damage !== null) {
    draft.own_damage = true;
    draft.own_damage_insurer = vehicle.own_damage.insurer;
    draft.own_damage_deductible = String(vehicle.own_damage.deductible_percent);
  }
  return draft;
}

export type Errors = Partial<Record<DraftField, string>>;

/** What is wrong on one page; `today` as `YYYYMMDD`. */
export function judge(draft: Draft, page: Page, today: string): Errors {
  const errors: Errors = {};
  const note = (field: DraftField, error: string | null) => {
    if (error !== null) errors[field] = error;
  };
  const pick = (field: DraftField, sentence: string) => note(field, draft[field] === "" ? sentence : null);
  switch (page) {
    case "who":
      note("name", judgeName(draft.name).error);
      note("id_number", (draft.id_type === "id_card" ? judgeIdCard(draft.id_number, today) : judgeOtherId(draft.id_number)).error);
      break;
    case "vehicle":
      pick("traffic_mode", "请选择车辆类型。");
      if (draft.kind === "motor" || draft.plate !== "") note("plate", judgePlateOf(draft).error);
      break;
    case "cover":
      pick("ctp_insurer", "请选择交强险的保险公司。");
      note("ctp_to", judgePeriod(draft.ctp_from, draft.ctp_to).error);
      if (draft.third_party) pick("third_party_insurer", "请选择三者险的保险公司。");
      if (draft.own_damage) pick("own_damage_insurer", "请选择车损险的保险公司。");
      break;
  }
  return errors;
}

/** Bicycles carry local plates of many kinds: only a motor vehicle's plate has a form to check. */
export function judgePlateOf(draft: Draft) {
  return draft.kind === "motor" ? judgePlate(draft.plate) : { error: null, warning: null };
}

export function partyOf(draft: Draft): PartyInput {
  return {
    kind: draft.kind,
    name: draft.name.trim().normalize("NFC"),
    id_type: draft.id_type,
    id_number: tidy(draft.id_number),
    injured: draft.injured,
    vehicle: draft.kind === "pedestrian" ? null : vehicleOf(draft),
  };
}

function vehicleOf(draft: Draft): Vehicle {
  const motor = draft.kind === "motor";
  return {
    traffic_mode: draft.traffic_mode,
    plate_kind: motor ? draft.plate_kind || (plateKindOf(draft.plate) ?? "99") : null,
    plate: tidy(draft.plate),
    model: draft.model.trim() || null,
    vin: null,
    direction: draft.direction || null,
    contact_part: draft.contact_part || null,
    ctp:
      motor && draft.ctp_insurer !== ""
        ? {
            insurer: draft.ctp_insurer,
            policy: tidy(draft.ctp_policy),
            valid_from: draft.ctp_from || null,
            valid_to: draft.ctp_to || null,
          }
        : null,
    third_party:
      motor && draft.third_party
        ? {
            insurer: draft.third_party_insurer,
            limit_fen: Number(draft.third_party_limit) * FEN_PER_WAN,
            deductible_percent: Number(draft.third_party_deductible),
          }
        : null,
    own_damage:
      motor && draft.own_damage
        ? { insurer: draft.own_damage_insurer, deductible_percent: Number(draft.own_damage_deductible) }
        : null,
  };
}

/** The service's field name (`party.vehicle.ctp.insurer` …) as the field of the draft it belongs to. */
export function fieldOf(name: string): DraftField | null {
  const parts = name.split(".").filter((part) => !["party", "vehicle"].includes(part));
  const flat = parts.join("_").replace(/valid_/, "").replace(/limit_fen$/, "limit").replace(/deductible_percent$/, "deductible");
  if (flat in EMPTY) return flat as DraftField;
  return flat === "ctp" ? "ctp_insurer" : null;
}

export function pageOf(field: DraftField): Page {
  if (["kind", "name", "id_type", "id_number", "injured"].includes(field)) return "who";
  return /^(ctp|third_party|own_damage)/.test(field) ? "cover" : "vehicle";
}
