//! Every `code` of a refusal, under the status it comes with. Programs switch on them; the list is part of the
//! contract, and a test holds it against the source.

/// The codes that come with `status`, in order; none for a status that no refusal has.
pub fn of(status: &str) -> &'static [&'static str] {
    CODES
        .iter()
        .find(|(known, _)| *known == status)
        .map_or(&[], |(_, codes)| codes)
}

/// All of them; one that comes with two statuses comes twice.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static str> {
    CODES.iter().flat_map(|(_, codes)| codes.iter().copied())
}

const CODES: [(&str, &[&str]); 13] = [
    (
        "400",
        &[
            "bad_header",
            "idempotency_key_invalid",
            "idempotency_key_required",
            "incomplete_body",
            "malformed_json",
        ],
    ),
    (
        "401",
        &[
            "code_wrong",
            "invalid_credentials",
            "invalid_token",
            "otp_reused",
            "otp_wrong",
            "session_expired",
            "session_missing",
            "session_revoked",
        ],
    ),
    (
        "403",
        &[
            "address_not_allowed",
            "csrf_failed",
            "insufficient_scope",
            "mfa_required",
            "originals_for_officers",
            "supervisor_only",
        ],
    ),
    ("404", &["link_not_found", "not_found"]),
    ("405", &["method_not_allowed"]),
    ("408", &["request_timeout"]),
    (
        "409",
        &[
            "acceptance_decided",
            "already_agreed",
            "already_answered",
            "already_claimed",
            "already_confirmed",
            "already_forwarded",
            "already_lifted",
            "already_objected",
            "already_paid",
            "already_proposed",
            "already_refused",
            "already_revoked",
            "already_settled",
            "already_signed",
            "already_so",
            "assessment_binds",
            "assessment_not_binding",
            "assessment_open",
            "assessment_superseded",
            "assessor_not_allowed",
            "blanket_waiver",
            "cannot_settle",
            "chain_broken",
            "destroyed",
            "document_superseded",
            "endpoint_disabled",
            "export_not_done",
            "figure_superseded",
            "file_gone",
            "guest_limit",
            "invalid_transition",
            "joint_binds",
            "joint_first",
            "last_admin",
            "late_report_filed",
            "may_not_be_destroyed",
            "may_not_pay_for",
            "mediation_not_open",
            "month_closed",
            "month_not_over",
            "no_evacuation",
            "no_late_report",
            "no_mediation",
            "no_objection",
            "no_password",
            "no_phone",
            "no_proposal",
            "no_review",
            "not_a_late_report",
            "not_asked",
            "not_paid",
            "not_proposed",
            "not_rejected",
            "not_your_case",
            "not_your_review",
            "not_your_vehicle",
            "offset_mismatch",
            "order_rejected",
            "order_replaced",
            "paper_not_called_for",
            "paper_signed",
            "party_limit",
            "payee_confirms",
            "photo_limit",
            "record_broken",
            "request_in_progress",
            "review_holds_itself",
            "review_not_forwarded",
            "review_once",
            "review_term_over",
            "review_under_way",
            "same_officer",
            "seal_expired",
            "seal_not_yet_valid",
            "something_missing",
            "stale",
            "subrogation_not_offered",
            "too_many_endpoints",
            "under_review",
            "window_ended",
        ],
    ),
    (
        "410",
        &[
            "case_closed",
            "destroyed",
            "invitation_over",
            "link_expired",
            "upload_expired",
        ],
    ),
    ("413", &["too_large"]),
    ("415", &["unsupported_content_encoding", "unsupported_media_type"]),
    ("422", &["idempotency_key_reused", "invalid_fields"]),
    (
        "429",
        &[
            "code_locked",
            "rate_limited",
            "sms_rate_limited",
            "too_many_attempts",
            "too_many_exports",
        ],
    ),
    ("5XX", &["busy", "internal"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// What stands before a code where a refusal is made.
    const BEFORE: [&str; 15] = [
        "not_now(",
        "conflict(",
        "too_many(",
        "NotNow { code:",
        "Kind::Busy,",
        "Kind::Conflict,",
        "Kind::Forbidden,",
        "Kind::Gone,",
        "Kind::Invalid,",
        "Kind::Malformed,",
        "Kind::NotFound,",
        "Kind::Slow,",
        "Kind::TooLarge,",
        "Kind::Unauthenticated,",
        "Kind::UnsupportedMedia,",
    ];

    fn made_in(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                made_in(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                for before in BEFORE {
                    let after = source.split(before).skip(1);
                    let codes =
                        after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
                    let is_code =
                        |code: &&str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                    found.extend(codes.filter(is_code).map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_refusal_that_is_made_anywhere_is_in_the_list() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut made = BTreeSet::new();
        for folder in [
            "src/app",
            "src/http",
            "src/identity",
            "src/sandbox",
            "domain/src/accident",
        ] {
            made_in(&here.join(folder), &mut made);
        }
        assert!(made.len() > 90, "only {} were found", made.len());
        let known: BTreeSet<String> = all().map(str::to_owned).collect();
        let unknown: Vec<_> = made.difference(&known).collect();
        assert!(unknown.is_empty(), "not in the list: {unknown:?}");
    }
}
