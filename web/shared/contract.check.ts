/**
 * Whether the shapes the pages are written against are the shapes the service sends. Nothing here runs: it
 * compiles, or the type check names the field that differs. `openapi.d.ts` is generated from the service.
 */
import type * as ours from "./contract";
import type { ArchiveList, ReviewView } from "./contract-archive";
import type { AssessmentPage, PriceList } from "./contract-assessment";
import type { Catalogue } from "./contract-catalogue";
import type { ClearingMonths, ClearingStatement, PaymentOrderPage, PaymentsResult } from "./contract-orders";
import type { BulkResult, ClerkView, ExportView, RecordDocuments, RecordEvidence, SandboxView, SearchPage } from "./contract-insurer";
import type { Clerks, Clients, Deliveries, DeliveryDetail, InsurerChanges, WebhookEndpoints } from "./contract-insurer-admin";
import type { CasePapers, Signatures } from "./contract-papers";
import type { SettlementPage } from "./contract-record";
import type { components } from "./openapi";

/** The service writes every field, empty ones as null; the generator marks those as optional. */
type Sent<T> = T extends readonly (infer Item)[]
  ? Sent<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Sent<Exclude<T[K], undefined>> }
    : T;
type Theirs<Name extends keyof components["schemas"]> = Sent<components["schemas"][Name]>;

/** What the service sends can be read as what the pages expect. */
export type Reads = [
  Expect<Theirs<"AccidentView">, ours.AccidentView>,
  Expect<Theirs<"OfficerView">, ours.OfficerView>,
  Expect<Theirs<"LinkView">, ours.LinkView>,
  Expect<Theirs<"QueueView">, ours.QueueView>,
  Expect<Theirs<"Preview">, ours.Preview>,
  Expect<Theirs<"CatalogueView">, Catalogue>,
  Expect<Theirs<"Page_SettlementRecord">, SettlementPage>,
  Expect<Theirs<"Page_AssessmentRecord">, AssessmentPage>,
  Expect<Theirs<"PriceListView">, PriceList>,
  Expect<Theirs<"Page_PaymentOrder">, PaymentOrderPage>,
  Expect<Theirs<"PaymentsResult">, PaymentsResult>,
  Expect<Theirs<"ClearingMonths">, ClearingMonths>,
  Expect<Theirs<"ClearingStatement">, ClearingStatement>,
  Expect<Theirs<"TermsDraft">, ours.TermsDraft>,
  Expect<Theirs<"GuestInvitation">, ours.GuestInvitation>,
  Expect<Theirs<"GuestView">, ours.GuestView>,
  Expect<Theirs<"SignaturesView">, Signatures>,
  Expect<Theirs<"ArchiveList">, ArchiveList>,
  Expect<Theirs<"ReviewView">, ReviewView>,
  Expect<Theirs<"CasePapers">, CasePapers>,
  Expect<Theirs<"ClerkView">, ClerkView>,
  Expect<Theirs<"SettlementsFound">, SearchPage>,
  Expect<Theirs<"RecordDocuments">, RecordDocuments>,
  Expect<Theirs<"RecordPictures">, RecordEvidence>,
  Expect<Theirs<"AnswersResult">, BulkResult>,
  Expect<Theirs<"RejectionsResult">, BulkResult>,
  Expect<Theirs<"Export">, ExportView>,
  Expect<Theirs<"SandboxView">, SandboxView>,
  Expect<Theirs<"Clerks">, Clerks>,
  Expect<Theirs<"Clients">, Clients>,
  Expect<Theirs<"InsurerChanges">, InsurerChanges>,
  Expect<Theirs<"WebhookEndpoints">, WebhookEndpoints>,
  Expect<Theirs<"WebhookDeliveries">, Deliveries>,
  Expect<Theirs<"WebhookDeliveryInFull">, DeliveryDetail>,
];

type Expect<Sent extends Read, Read> = Sent;
