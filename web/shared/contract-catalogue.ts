/** Shapes of the lists that every face offers: situations, official codes, insurers, consent texts. */
import type { Code, ConsentKind } from "./contract";

export interface CodeLabel {
  code: Code;
  label: string;
}

export type CodeList =
  | "weather"
  | "accident_form"
  | "collision"
  | "road_type"
  | "traffic_mode"
  | "plate_kind"
  | "contact_part"
  | "closing"
  | "mediation";

export interface Situation {
  code: string;
  label: string;
  form: string;
  statutes: string[];
  template: string;
  /** It ends remote handling. */
  leaves_remote?: boolean;
  note?: string | null;
}

export interface Catalogue {
  situations: Situation[];
  codes: Record<CodeList, CodeLabel[]>;
  insurers: { code: string; name: string }[];
  consents: { kind: ConsentKind; version: string; text: string }[];
  /** What a party declares by signing; it stands beside the pad. */
  signing: { version: string; text: string };
}
