/** The screening questions and what follows from the answers, as the service takes and sends them. */
import type { HardStop } from "./contract";

/** Every true is something that happened. Every question the phone asks must be answered. */
export interface TriageAnswers {
  injury: "none" | "slight" | "serious" | "death";
  no_licence: boolean;
  alcohol_or_drugs: boolean;
  bus_overloaded_or_speeding: boolean;
  bad_plate: boolean;
  cannot_move: boolean;
  party_left: boolean;
  intent_suspected: boolean;
  missing_marks: boolean;
  facility_hit: boolean;
  dangerous_goods: boolean;
  expressway: boolean;
  scene_cleared: boolean;
  /** For officers; the phone does not ask. Left out: no suspicion, two motor vehicles, nobody else. */
  crime_suspected?: boolean;
  motor_vehicles?: number;
  /** Non-motor vehicles and pedestrians. */
  others?: number;
}

/** The article that the outcome rests on, and what the caller must do now; `stops` when the case leaves the remote flow. */
export interface Triage {
  answers: TriageAnswers;
  outcome: "remote" | "slight_injury" | "late_report" | "leave";
  article: string;
  advice: string;
  stops: HardStop[];
}
