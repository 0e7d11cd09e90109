/** Shapes that an insurer's administrator works with: webhooks and their deliveries, programs and their keys, clerks. */
import type { ClerkRole } from "./contract-insurer";

export interface WebhookSecret {
  /** The last characters, enough to tell two apart. */
  hint: string;
  created_at: string;
  /** Of the older one while both sign. */
  expires_at: string | null;
}

export interface WebhookEndpoint {
  id: string;
  url: string;
  /** Empty: all of them. */
  events: string[];
  description: string;
  /** `standard`, or `gateway:NAME` for an older partner gateway. */
  format: string;
  state: "active" | "disabled";
  /** `reason` is `gone` (it answered 410), `failing` (for days) or `by_hand`. */
  disabled: { at: string; reason: string; detail: string | null } | null;
  created_at: string;
  /** Newest first; each signs. */
  secrets: WebhookSecret[];
  /** The first failure since the last success. */
  failing_since: string | null;
  /** Deliveries that still wait. */
  pending: number;
}

/** `GET /webhook-endpoints` */
export interface WebhookEndpoints {
  items: WebhookEndpoint[];
}

/** `POST /webhook-endpoints` and `POST /webhook-endpoints/{endpoint}/secrets`: the only time the secret is shown. */
export interface WebhookSecretOnce {
  /** Null: the same request came again after a later rotation. */
  secret: string | null;
}

export interface WebhookEndpointRequest {
  url: string;
  events: string[];
  description: string;
  format?: string | null;
}

export interface WebhookEndpointPatch {
  url?: string | null;
  events?: string[] | null;
  description?: string | null;
  enabled?: boolean | null;
}

export type DeliveryState = "pending" | "delivered" | "dead" | "skipped";

export interface Delivery {
  id: string;
  message_id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  last: Attempt | null;
  next_attempt_at: string | null;
  created_at: string;
  settlement_id: string | null;
}

export interface Attempt {
  at: string;
  /** What was answered, if anything was. */
  status: number | null;
  /** `status`, `timeout`, `no_connection` …; null: it arrived. */
  error: string | null;
  took_ms: number;
}

/** `GET /webhook-endpoints/{endpoint}/deliveries`, newest first. */
export interface Deliveries {
  items: Delivery[];
  next: string | null;
}

/** `GET /clients`: the programs of one's own company. */
export interface Clients {
  items: Client[];
}

export interface Client {
  client_id: string;
  scopes: string[];
  keys: ClientKey[];
  jwks_url: string | null;
  networks: string[];
  per_minute: number;
  disabled_at: string | null;
  has_secret: boolean;
}

export interface ClientKey {
  kid: string;
  alg: string;
  not_before: string | null;
  not_after: string | null;
}

export interface ClientKeyRequest {
  /** PEM, JWK or JWKS as text. */
  key: string;
  kid?: string | null;
  alg?: string | null;
}

/** `GET /clerks` */
export interface Clerks {
  items: Clerk[];
}

export interface Clerk {
  id: string;
  name: string;
  login: string;
  role: ClerkRole;
  /** Signs in at home and has no password here. */
  by_insurer: boolean;
  created_at: string;
  disabled_at: string | null;
}

/** `GET /insurer-changes`: about people and keys, newest first. */
export interface InsurerChanges {
  items: {
    id: string;
    /** `clerk_added`, `key_removed` … */
    kind: string;
    about: string;
    /** Null: who runs this system. */
    by: string | null;
    at: string;
  }[];
  next: string | null;
}

/** A new clerk's, or one's whose access was reset: shown once. */
export interface ClerkAccessOnce {
  password: string;
  totp_url: string;
  /** An SVG picture of `totp_url`. */
  totp_qr: string;
}

/** `GET /webhook-deliveries/{id}`: what was sent, and every attempt. */
export interface DeliveryDetail extends Delivery {
  body: object;
  /** Oldest first; each with the beginning of what was answered. */
  tried: (Attempt & { number: number; answer: string })[];
}

/** `POST /webhook-endpoints/{endpoint}/replays` */
export interface Replayed {
  /** How many deliveries are made again, or for the first time. */
  deliveries: number;
}
