/**
 * An accident that two drivers and an officer have brought to the signed finding, by the requests their pages make: for
 * specs about what comes after it, which need no camera.
 */
import { type APIRequestContext, type BrowserContext, request } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { newestCode } from "./inbox";
import type { Person } from "./people";
import { sendPhoto } from "./photo";
import type { Demo } from "./server";

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;
type Json = Record<string, unknown>;

/** Somebody with cookies of their own. Every answer must be a yes. */
export class Caller {
  private constructor(private readonly http: APIRequestContext) {}

  static async with(demo: Demo, as: "driver" | "officer", cookies?: Cookies): Promise<Caller> {
    const options = { baseURL: demo.base_url, extraHTTPHeaders: { "Kuaichu-As": as } };
    return new Caller(await request.newContext(cookies ? { ...options, storageState: cookies } : options));
  }

  async send<T = Json>(method: "get" | "post" | "put", path: string, data?: unknown): Promise<T> {
    const headers: Record<string, string> = method === "post" ? { "Idempotency-Key": randomUUID() } : {};
    const answer = await this.http.fetch(`/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) });
    if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** A photo of this person's, of that accident. */
  photographs(accident: string, picture: Buffer, shot: "damage" | "impact" | "overview"): Promise<void> {
    return sendPhoto(this.http, accident, picture, shot);
  }

  /** For a browser that takes over: a second code within the minute would be refused. */
  async cookies(): Promise<Cookies["cookies"]> {
    return (await this.http.storageState()).cookies;
  }

  close(): Promise<void> {
    return this.http.dispose();
  }
}

interface Item {
  part: string;
  operation: "replace" | "repair" | "paint" | "refit";
  quantity: number;
  unit_price_fen: number;
  labour_fen: number;
}

export interface Driver {
  person: Person;
  caller: Caller;
  party: string;
  /** Opens the case on a phone. */
  link: string;
}

export class Case {
  private constructor(
    private readonly demo: Demo,
    private readonly officer: Caller,
    readonly id: string,
    readonly drivers: readonly [Driver, Driver],
  ) {}

  /** Both have told everything, the officer has the case. */
  static async claimed(demo: Demo, cookies: Cookies, people: readonly [Person, Person]): Promise<Case> {
    const officer = await Caller.with(demo, "officer", cookies);
    const first = await confirmed(demo, people[0], (caller) => caller.send("post", "/reports", { unit: demo.unit }));
    const below = `/accidents/${first.id}`;
    await first.driver.caller.send("post", `${below}/triage`, { answers: HARMLESS });
    await first.driver.caller.send("put", `${below}/scene`, { scene: scene() });
    await tellOwn(first.driver, below);
    const { token } = await first.driver.caller.send<{ token: string }>("post", `${below}/invitations`, {});
    const second = await confirmed(demo, people[1], (caller) => caller.send("post", "/joins", { token }));
    await tellOwn(second.driver, below);
    await first.driver.caller.send("post", `${below}/queue`, {});
    await officer.send("post", `${below}/claim`, {});
    return new Case(demo, officer, first.id, [first.driver, second.driver]);
  }

  /** 定损 of one vehicle by the desk. */
  async assess(driver: Driver, items: readonly Item[]): Promise<void> {
    await this.officer.send("post", `/accidents/${this.id}/assessments`, { party_id: driver.party, items });
  }

  /** The damage of one vehicle as a sum: no draw for re-inspection can hold it up. */
  async loses(driver: Driver, vehicle_fen: number): Promise<void> {
    const losses = { vehicle_fen, carried_fen: 0, medical_fen: 0, disability_fen: 0 };
    await this.officer.send("put", `/accidents/${this.id}/parties/${driver.party}/losses`, { losses });
  }

  /** 追尾: the first drove into the second; the finding is issued and both sign it. Answers its number. */
  async signed(): Promise<string> {
    const [behind, ahead] = this.drivers;
    await this.officer.send("post", `/accidents/${this.id}/decision`, {
      seen: await this.version(),
      parties: [
        { party_id: behind.party, violations: ["101"], liability: "full", share: 100 },
        { party_id: ahead.party, violations: [], liability: "none", share: 0 },
      ],
      facts_text: "甲驾驶小型轿车由东向西行驶，与前方同车道的乙车发生追尾，两车受损。",
      override_reason: null,
    });
    await this.officer.send("post", `/accidents/${this.id}/finding`, { seen: await this.version(), ink: INK });
    let number = "";
    for (const { caller, person } of this.drivers) {
      const { finding } = await caller.send<{ finding: { number: string; to_sign_sha256: string } }>("get", `/accidents/${this.id}`);
      await caller.send("post", `/accidents/${this.id}/signing-code`, {});
      const code = await newestCode(this.demo, person.phone);
      const read = { read_s: 12, scrolled_to_end: true };
      await caller.send("post", `/accidents/${this.id}/signatures`, { document_sha256: finding.to_sign_sha256, code, ink: INK, ...read });
      number = finding.number;
    }
    return number;
  }

  private async version(): Promise<number> {
    return (await this.officer.send<{ version: number }>("get", `/accidents/${this.id}`)).version;
  }

  async close(): Promise<void> {
    await Promise.all([this.officer, ...this.drivers.map(({ caller }) => caller)].map((caller) => caller.close()));
  }
}

async function confirmed(demo: Demo, person: Person, open: (caller: Caller) => Promise<Json>): Promise<{ id: string; driver: Driver }> {
  const caller = await Caller.with(demo, "driver");
  const link = (await open(caller)) as { accident_id: string; party_id: string; token: string; link: string };
  await caller.send("post", "/driver/code", { token: link.token, phone: person.phone });
  await caller.send("post", "/driver/session", { token: link.token, code: await newestCode(demo, person.phone) });
  return { id: link.accident_id, driver: { person, caller, party: link.party_id, link: link.link } };
}

/** Own papers and consents. */
async function tellOwn({ caller, person, party }: Driver, below: string): Promise<void> {
  const vehicle = {
    traffic_mode: "K3", plate_kind: person.plate.length === 8 ? "52" : "02", plate: person.plate, model: person.model, vin: null,
    direction: "由东向西", contact_part: null,
    ctp: { insurer: person.insurer, policy: person.policy, valid_from: null, valid_to: null },
    third_party: { insurer: person.insurer, limit_fen: 100_000_000, deductible_percent: 0 },
    own_damage: { insurer: person.insurer, deductible_percent: 0 },
  };
  const own = { kind: "motor", name: person.name, id_type: "id_card", id_number: person.id_number, injured: "none", vehicle };
  await caller.send("put", `${below}/parties/${party}`, { party: own });
  const { consents } = await caller.send<{ consents: { kind: string; version: string }[] }>("get", "/catalogue");
  for (const kind of ["remote_handling", "electronic_service"]) {
    const text_version = consents.find((text) => text.kind === kind)?.version ?? "";
    await caller.send("post", `${below}/consents`, { kind, agreed: true, text_version });
  }
}

const HARMLESS = {
  injury: "none", no_licence: false, alcohol_or_drugs: false, bus_overloaded_or_speeding: false, bad_plate: false,
  cannot_move: false, party_left: false, intent_suspected: false, missing_marks: false, facility_hit: false,
  dangerous_goods: false, expressway: false, scene_cleared: false,
};

const MINUTES_AGO_MS = 2 * 60_000;

function scene(): Json {
  const place = {
    text: "诸暨市暨阳街道暨阳路与东一路交叉口", road: "暨阳路", direction: "由东向西",
    latitude: 29.7136, longitude: 120.2372, accuracy_m: 12, source: "gps",
  };
  const occurred_at = new Date(Date.now() - MINUTES_AGO_MS).toISOString();
  return { occurred_at, weather: "1", road_type: "22", collision: "1", form: "11", place };
}

/** Two strokes that a hand could have drawn. */
const INK = {
  width: 640,
  height: 240,
  strokes: [60, 320].map((start, stroke) =>
    Array.from({ length: 40 }, (_, step) => ({
      t: stroke * 700 + step * 12,
      x: start + step * 5,
      y: 120 + 60 * Math.sin(step / 5),
      pressure: 0.5,
    })),
  ),
};
