/**
 * A driver without a screen: the requests that the phone's page makes. For walks whose subject is the desk.
 *
 * Every step insists that it worked.
 */
import { randomUUID } from "node:crypto";
import { type APIRequestContext, request } from "@playwright/test";
import { newestCode } from "./inbox";
import type { Person } from "./people";
import { sendPhoto } from "./photo";
import type { Demo } from "./server";

interface Link {
  accident_id: string;
  party_id: string;
  token: string;
}

export class DriverClient {
  private constructor(
    private readonly demo: Demo,
    private readonly http: APIRequestContext,
    readonly person: Person,
    private readonly link: Link,
  ) {}

  /** Opens a new report from the general link and confirms the phone by its code. */
  static async reports(demo: Demo, person: Person): Promise<DriverClient> {
    const http = await request.newContext({ baseURL: demo.base_url });
    return DriverClient.confirmed(demo, http, person, await send<Link>(http, "POST", "/reports", { unit: demo.unit }));
  }

  /** Joins by this driver's QR code. */
  async invites(person: Person): Promise<DriverClient> {
    const { token } = await this.post<{ token: string }>("invitations", {});
    const http = await request.newContext({ baseURL: this.demo.base_url });
    return DriverClient.confirmed(this.demo, http, person, await send<Link>(http, "POST", "/joins", { token }));
  }

  private static async confirmed(demo: Demo, http: APIRequestContext, person: Person, link: Link): Promise<DriverClient> {
    await send(http, "POST", "/driver/code", { token: link.token, phone: person.phone });
    await send(http, "POST", "/driver/session", { token: link.token, code: await newestCode(demo, person.phone) });
    return new DriverClient(demo, http, person, link);
  }

  post<T>(path: string, body: object): Promise<T> {
    return send<T>(this.http, "POST", `/accidents/${this.link.accident_id}/${path}`, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return send<T>(this.http, "PUT", `/accidents/${this.link.accident_id}/${path}`, body);
  }

  /** Triage, place and time: what only the one who reports is asked. */
  async tellsOfTheAccident(): Promise<void> {
    const no = ["no_licence", "alcohol_or_drugs", "bus_overloaded_or_speeding", "bad_plate", "cannot_move", "party_left", "intent_suspected",
      "missing_marks", "facility_hit", "dangerous_goods", "expressway", "scene_cleared"];
    await this.post("triage", { answers: { injury: "none", ...Object.fromEntries(no.map((question) => [question, false])) } });
    const place = { text: "诸暨市暨阳街道暨阳路与东一路交叉口", road: "暨阳路", direction: "由东向西", latitude: 29.7136, longitude: 120.2372, accuracy_m: 12, source: "gps" };
    const occurred_at = new Date(Date.now() - 120_000).toISOString();
    await this.put("scene", { scene: { occurred_at, weather: "1", road_type: "22", collision: "1", form: "11", place } });
  }

  /** Own papers and consents; `deductible` is the percent that the third-party cover leaves to the driver. */
  async tellsOwn(deductible: number): Promise<void> {
    const { name, id_number, plate, model, insurer, policy } = this.person;
    const vehicle = {
      traffic_mode: "K3", plate_kind: plate.length === 8 ? "52" : "02", plate, model, vin: null, direction: "由东向西", contact_part: null,
      ctp: { insurer, policy, valid_from: "2026-01-01", valid_to: "2027-12-31" },
      third_party: { insurer, limit_fen: 100_000_000, deductible_percent: deductible },
      own_damage: { insurer, deductible_percent: 0 },
    };
    await this.put(`parties/${this.link.party_id}`, { party: { kind: "motor", name, id_type: "id_card", id_number, injured: "none", vehicle } });
    const { consents } = await send<{ consents: { kind: string; version: string }[] }>(this.http, "GET", "/catalogue");
    for (const { kind, version } of consents.filter((one) => ["remote_handling", "electronic_service"].includes(one.kind))) {
      await this.post("consents", { kind, agreed: true, text_version: version });
    }
  }

  /** A photo in one piece. */
  async photographs(picture: Buffer, shot: "damage" | "impact"): Promise<void> {
    await sendPhoto(this.http, this.link.accident_id, picture, shot);
  }

  /** Signs the finding as it now stands. */
  async signs(): Promise<void> {
    const view = await send<{ finding: { to_sign_sha256: string } }>(this.http, "GET", `/accidents/${this.link.accident_id}`);
    await this.post("signing-code", {});
    const code = await newestCode(this.demo, this.person.phone);
    await this.post("signatures", { document_sha256: view.finding.to_sign_sha256, code, ink: ink(), read_s: 12, scrolled_to_end: true });
  }

  async leaves(): Promise<void> {
    await this.http.dispose();
  }
}

/** A signature of two strokes that a hand could have drawn. */
export function ink(): object {
  const stroke = (start: number, began: number): object[] =>
    Array.from({ length: 40 }, (_, step) => ({ t: began + step * 12, x: start + step * 5, y: 120 + 60 * Math.sin(step / 5), pressure: 0.5 }));
  return { width: 640, height: 240, strokes: [stroke(60, 0), stroke(320, 700)] };
}

async function send<T>(http: APIRequestContext, method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { "Kuaichu-As": "driver" };
  if (method === "POST") headers["Idempotency-Key"] = randomUUID();
  const answer = await http.fetch(`/api/v1${path}`, { method, headers, ...(body ? { data: body } : {}) });
  if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${await answer.text()}`);
  return (answer.status() === 204 ? undefined : await answer.json()) as T;
}
