/** Shapes of the papers of a case: who signed what, how that came about, and by which certificate. */
import type { Ink, Signature, SignRequest } from "./contract";

/** `GET …/signatures`, for officers. */
export interface Signatures {
  signatures: SignatureRecord[];
  /** The unit's seal and the officer's signature on the page as issued. */
  page: SignatureEvent[];
}

/** A signature in the file, by the certificate that it was made with. */
export interface SignatureEvent {
  /** The name of the place: `unit`, `officer`, `party-1` … */
  field: string;
  /** Serial of the certificate, lower-case hex. */
  serial: string;
  certificate_sha256: string;
  /** Digest of the text that lists what was shown, drawn and proven; none with the unit's seal. */
  evidence_sha256: string | null;
  revoked_at: string | null;
  revoked_because: string | null;
}

/** One party's place, with what is in it: all of it once signed. */
export interface SignatureRecord {
  party_id: string;
  label: string;
  on: "finding" | "mediation";
  state: "pending" | "signed" | "refused";
  at: string | null;
  /** The page that was on the screen. */
  document_sha256: string | null;
  ink: Ink | null;
  phone_masked: string | null;
  read_s: number | null;
  scrolled_to_end: boolean | null;
  circumstances: Circumstances | null;
  events: SignatureEvent[];
}

export interface Circumstances {
  /** 1 for the first who signed this page. */
  order: number;
  pages: { page: number; seconds: number }[];
  consent_version: string | null;
  consent_text: string | null;
  address: string | null;
  agent: string | null;
  device: string | null;
  position: NonNullable<SignRequest["position"]> | null;
}

/** `POST …/signature-revocations` (supervisor): it stays on the page and no longer counts. */
export interface SignatureRevocation {
  serial: string;
  reason: string;
}

/** 协议书, 定损单, 赔付结果告知书, 调解记录, 移交单, 作废通知 */
export type PaperKind = "agreement" | "assessment" | "settlement" | "mediation" | "transfer" | "void" | "review";

/** A paper around the finding. */
export interface CasePaper {
  number: string;
  kind: PaperKind;
  /** 定损单 */
  label: string;
  issued_at: string;
  /** Issued by itself, not by an officer. */
  automatic: boolean;
  /** Another one took its place. */
  replaced: boolean;
  /** Ids of the parties it is for. */
  readers: string[];
  /** Digest of the page that is shown and signed. */
  to_sign_sha256: string;
  sha256: string;
  bytes: number;
  pages: number;
  revision: number;
  url: string;
  /** Empty when nobody is asked to sign. */
  signatures: Signature[];
  /** The driver who asks has yet to sign. */
  to_sign: boolean;
}

/** `GET …/papers`, as far as whoever asks may read them; oldest first. */
export interface CasePapers {
  /** Of the accident: what later requests name as `seen`. */
  version: number;
  papers: CasePaper[];
  /** Papers the case calls for that could not be drawn, for officers. */
  undrawn: { kind: PaperKind; subject: string; number: string; field: string; message: string }[];
}

/** `POST …/papers` and `POST …/paper-draft.pdf` (officer) */
export interface PaperRequest {
  seen?: number;
  kind: PaperKind;
  /** The party of a settlement notice, the assessment of a sheet, the number of a void finding; left out: the newest. */
  of?: string;
  /** With an agreement only. */
  agreed?: { parties: { party_id: string; liability: "full" | "none" | "equal"; situation?: string }[]; terms: string };
}
