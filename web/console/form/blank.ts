/**
 * Forms with nothing in them yet, and views cut down to what a form may send.
 * A form always has every field, so that binding and merging need no special cases.
 */
import type { AccidentView, Losses, OutsideProperty, PartyInput, PartyView, Place, Scene, Vehicle } from "../../shared/contract";

export function blankPlace(): Place {
  return { text: "", road: null, direction: null, latitude: null, longitude: null, accuracy_m: null, source: "officer" };
}

export function blankVehicle(): Vehicle {
  return {
    traffic_mode: "K3", plate_kind: "02", plate: "", model: null, vin: null,
    ctp: null, third_party: null, own_damage: null, direction: null, contact_part: null,
  };
}

export function sceneOf(view: AccidentView): Scene {
  const { occurred_at, weather, road_type, collision, form, place } = view.scene ?? {
    occurred_at: null, weather: null, road_type: null, collision: null, form: null, place: null,
  };
  return { occurred_at, weather, road_type, collision, form, place };
}

/** What the party form may send back: the view without what only the server says. */
export function partyOf(party: PartyView): PartyInput {
  const { kind, name, id_type, id_number, injured, vehicle } = party;
  return { kind, name, id_type, id_number, injured, vehicle };
}

export function lossesOf(party: PartyView): Losses {
  return party.losses ?? { vehicle_fen: 0, carried_fen: 0, medical_fen: 0, disability_fen: 0 };
}

export function outsideOf(view: AccidentView): OutsideProperty[] {
  return view.outside_property.map(({ owner, loss_fen }) => ({ owner, loss_fen }));
}

/** Forms hold "" where the wire holds null. */
export function orNull(typed: string): string | null {
  return typed.trim() === "" ? null : typed;
}
