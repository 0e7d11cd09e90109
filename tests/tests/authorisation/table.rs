//! Who may ask what. One line an operation; a new operation gets a line in the group of its kind.

/// Somebody who has no business with the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// No credentials at all.
    Nobody,
    /// The program of an insurer without a policy in the case.
    OtherProgram,
    /// That insurer's administrator, by cookie.
    OtherClerk,
    /// A program of the right insurer whose token lacks the scope.
    NarrowProgram,
    /// A clerk of the right insurer who may only look.
    Viewer,
    /// A program of the right insurer, ten minutes too late.
    ExpiredProgram,
    /// A driver of another accident.
    OtherDriver,
    /// An officer of another unit.
    OtherOfficer,
}

impl Caller {
    pub const ALL: [Self; 8] = [
        Self::Nobody,
        Self::OtherProgram,
        Self::OtherClerk,
        Self::NarrowProgram,
        Self::Viewer,
        Self::ExpiredProgram,
        Self::OtherDriver,
        Self::OtherOfficer,
    ];
}

/// What kind of operation it is, and so who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody.
    Public,
    /// Everybody may show a proof, and is told whether it is one.
    Proof,
    /// Parties of this accident, officers of its unit, guests: everybody else is refused.
    Case,
    /// Any officer, about what is their own unit's.
    Desk,
    /// Any driver, about their own accident.
    Phone,
    /// Officers and insurers; there is no case in it.
    Plans,
    /// Any clerk, about themselves.
    Clerk,
    /// Insurers with this scope, about what is their own.
    List(&'static str),
    /// Not there outside a sandbox.
    Sandbox,
    /// The insurer whose record it is, with this scope.
    Record(&'static str),
    /// Administrators of insurers, about their own people and keys.
    People(&'static str),
    /// The administrator of this very insurer.
    Colleague(&'static str),
}

/// What a viewer may.
pub const READS: [&str; 2] = ["settlements:read", "evidence:read"];

const SETTLEMENTS: &str = "settlements:read";
const EVIDENCE: &str = "evidence:read";
const ASSESSMENTS: &str = "assessments:write";
const PAYMENTS: &str = "payments:write";
const WEBHOOKS: &str = "webhooks:manage";
const KEYS: &str = "keys:manage";
const CLERKS: &str = "clerks:manage";

pub const TABLE: &[(Rule, &[&str])] = &[
    (
        Rule::Public,
        &[
            "DELETE /clerk/session",
            "DELETE /driver/session",
            "DELETE /officer/session",
            "GET /.well-known/jwks.json",
            "GET /.well-known/oauth-authorization-server",
            "GET /catalogue",
            "GET /clerk/oidc",
            "GET /clerk/oidc/callback",
            "GET /clerk/oidc/providers",
            "GET /data-dictionary",
            "GET /demo/inbox",
            "GET /demo/totp",
            "GET /pki/ca.pem",
            "GET /pki/crl",
            "GET /price-list",
            "GET /verification/{number}",
            "OPTIONS /accidents/{accident}/uploads",
            "POST /reports",
            "POST /verification",
        ],
    ),
    (
        Rule::Proof,
        &[
            "POST /clerk/session",
            "POST /clerk/session/totp",
            "POST /driver/code",
            "POST /driver/link",
            "POST /driver/session",
            "POST /guest-sessions",
            "POST /joins",
            "POST /oauth/revoke",
            "POST /oauth/token",
            "POST /officer/session",
            "POST /officer/session/totp",
        ],
    ),
    (
        Rule::Case,
        &[
            "GET /accidents/{accident}",
            "GET /accidents/{accident}/draft.pdf",
            "GET /accidents/{accident}/events",
            "GET /accidents/{accident}/evidence-file",
            "GET /accidents/{accident}/evidence/{evidence}",
            "GET /accidents/{accident}/finding.pdf",
            "GET /accidents/{accident}/insurer-reads",
            "GET /accidents/{accident}/papers",
            "GET /accidents/{accident}/papers/{number}/document.pdf",
            "GET /accidents/{accident}/signatures",
            "GET /guest",
            "HEAD /uploads/{upload}",
            "PATCH /uploads/{upload}",
            "POST /accidents/{accident}/assessments",
            "POST /accidents/{accident}/assessments/{assessment}/answer",
            "POST /accidents/{accident}/assessments/{assessment}/joint",
            "POST /accidents/{accident}/claim",
            "POST /accidents/{accident}/closing",
            "POST /accidents/{accident}/consents",
            "POST /accidents/{accident}/decision",
            "POST /accidents/{accident}/destruction",
            "POST /accidents/{accident}/destruction/approval",
            "POST /accidents/{accident}/destruction/refusal",
            "POST /accidents/{accident}/escalation",
            "POST /accidents/{accident}/evacuation",
            "POST /accidents/{accident}/evacuation/acknowledgement",
            "POST /accidents/{accident}/finding",
            "POST /accidents/{accident}/guests",
            "POST /accidents/{accident}/guests/{guest}/removal",
            "POST /accidents/{accident}/holds",
            "POST /accidents/{accident}/holds/{number}/lifting",
            "POST /accidents/{accident}/invitations",
            "POST /accidents/{accident}/late-report",
            "POST /accidents/{accident}/late-report/acceptance",
            "POST /accidents/{accident}/mediation/bars",
            "POST /accidents/{accident}/mediation/draft",
            "POST /accidents/{accident}/mediation/ending",
            "POST /accidents/{accident}/mediation/proposal",
            "POST /accidents/{accident}/mediation/refusals",
            "POST /accidents/{accident}/mediation/signatures",
            "POST /accidents/{accident}/mediation/wishes",
            "POST /accidents/{accident}/objection",
            "POST /accidents/{accident}/objection/withdrawal",
            "POST /accidents/{accident}/officer-on-site",
            "POST /accidents/{accident}/orders/{order}/confirmation",
            "POST /accidents/{accident}/orders/{order}/reissue",
            "POST /accidents/{accident}/paper-draft.pdf",
            "POST /accidents/{accident}/papers",
            "POST /accidents/{accident}/papers/{number}/refusals",
            "POST /accidents/{accident}/papers/{number}/signatures",
            "POST /accidents/{accident}/papers/{number}/signing-code",
            "POST /accidents/{accident}/parties",
            "POST /accidents/{accident}/preview",
            "POST /accidents/{accident}/queue",
            "POST /accidents/{accident}/refusals",
            "POST /accidents/{accident}/release",
            "POST /accidents/{accident}/review",
            "POST /accidents/{accident}/review/conclusion",
            "POST /accidents/{accident}/review/forwarding",
            "POST /accidents/{accident}/review/withdrawal",
            "POST /accidents/{accident}/settlement",
            "POST /accidents/{accident}/signature-revocations",
            "POST /accidents/{accident}/signatures",
            "POST /accidents/{accident}/signing-code",
            "POST /accidents/{accident}/still-requests",
            "POST /accidents/{accident}/subrogation",
            "POST /accidents/{accident}/ticket",
            "POST /accidents/{accident}/triage",
            "POST /accidents/{accident}/uploads",
            "POST /accidents/{accident}/voiding",
            "POST /guest/media-ticket",
            "PUT /accidents/{accident}/outside-property",
            "PUT /accidents/{accident}/parties/{party}",
            "PUT /accidents/{accident}/parties/{party}/losses",
            "PUT /accidents/{accident}/scene",
        ],
    ),
    (
        Rule::Desk,
        &[
            "GET /archive/{list}",
            "GET /clearing",
            "GET /clearing/{month}",
            "GET /events",
            "GET /officer/session",
            "GET /queue",
            "POST /accidents",
            "POST /clearing/{month}/closing",
            "PUT /officer/ink",
        ],
    ),
    (Rule::Phone, &["GET /driver/session"]),
    (Rule::Plans, &["POST /plans"]),
    (Rule::Clerk, &["GET /clerk/session"]),
    (
        Rule::List(SETTLEMENTS),
        &[
            "GET /assessments",
            "GET /clearing-statements",
            "GET /clearing-statements/{month}",
            "GET /settlements",
            "GET /settlements/search",
            "POST /exports",
        ],
    ),
    (
        Rule::List(ASSESSMENTS),
        &[
            "POST /assessments",
            "POST /assessments/acceptances",
            "POST /assessments/objections",
        ],
    ),
    (
        Rule::List(PAYMENTS),
        &[
            "GET /payment-orders",
            "POST /payment-orders/payments",
            "POST /payment-orders/rejections",
        ],
    ),
    (
        Rule::List(WEBHOOKS),
        &["GET /webhook-endpoints", "POST /webhook-endpoints"],
    ),
    (
        Rule::Record(SETTLEMENTS),
        &[
            "GET /exports/{export}",
            "GET /exports/{export}/file",
            "GET /assessments/{assessment}",
            "GET /settlements/{record}",
            "GET /settlements/{record}/document",
            "GET /settlements/{record}/documents",
            "GET /settlements/{record}/documents/{document}",
        ],
    ),
    (
        Rule::Record(EVIDENCE),
        &[
            "GET /assessments/{assessment}/photos/{evidence}",
            "GET /settlements/{record}/evidence",
            "GET /settlements/{record}/evidence/{evidence}",
        ],
    ),
    (
        Rule::Record(ASSESSMENTS),
        &[
            "POST /assessments/{assessment}/acceptance",
            "POST /assessments/{assessment}/objection",
        ],
    ),
    (
        Rule::Record(PAYMENTS),
        &[
            "GET /payment-orders/{order}",
            "POST /payment-orders/{order}/payment",
            "POST /payment-orders/{order}/rejection",
        ],
    ),
    (
        Rule::Record(WEBHOOKS),
        &[
            "DELETE /webhook-endpoints/{endpoint}",
            "GET /webhook-deliveries/{delivery}",
            "GET /webhook-endpoints/{endpoint}",
            "GET /webhook-endpoints/{endpoint}/deliveries",
            "PATCH /webhook-endpoints/{endpoint}",
            "POST /webhook-deliveries/{delivery}/replay",
            "POST /webhook-endpoints/{endpoint}/replays",
            "POST /webhook-endpoints/{endpoint}/secrets",
            "POST /webhook-endpoints/{endpoint}/tests",
        ],
    ),
    (
        Rule::People(CLERKS),
        &["GET /clerks", "GET /insurer-changes", "POST /clerks"],
    ),
    (Rule::People(KEYS), &["GET /clients"]),
    (Rule::Colleague(CLERKS), &["PATCH /clerks/{clerk}"]),
    (
        Rule::Colleague(KEYS),
        &[
            "DELETE /clients/{client}/keys/{kid}",
            "POST /clients/{client}/keys",
            "POST /clients/{client}/token-revocations",
        ],
    ),
    (
        Rule::Sandbox,
        &[
            "GET /sandbox",
            "POST /sandbox/accidents",
            "POST /sandbox/clock",
            "POST /sandbox/events",
        ],
    ),
];
