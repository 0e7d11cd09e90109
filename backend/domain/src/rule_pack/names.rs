//! The names a pack may use: each value with its range, each switch, each choice with what it may be.

use super::{IllegalParking, InjuryDivision, NoMotorAtFault};

/// No limit of cover comes near one hundred million yuan.
const AMOUNT_MAX: i64 = 10_000_000_000;
/// No term of the procedure comes near a year.
const DAYS_MAX: i64 = 250;
/// Files outlive nobody's career.
const YEARS_MAX: i64 = 100;

/// Name, least, most.
pub(super) const VALUES: &[(&str, i64, i64)] = &[
    ("ctp_fault_property_fen", 0, AMOUNT_MAX),
    ("ctp_fault_medical_fen", 0, AMOUNT_MAX),
    ("ctp_fault_disability_fen", 0, AMOUNT_MAX),
    ("ctp_no_fault_property_fen", 0, AMOUNT_MAX),
    ("ctp_no_fault_medical_fen", 0, AMOUNT_MAX),
    ("ctp_no_fault_disability_fen", 0, AMOUNT_MAX),
    ("self_pay_cap_fen", 0, AMOUNT_MAX),
    ("share_primary_percent", 0, 100),
    ("share_secondary_percent", 0, 100),
    ("night_from_hour", 0, 23),
    ("night_until_hour", 0, 23),
    ("finding_working_days", 1, DAYS_MAX),
    ("late_report_working_days", 1, DAYS_MAX),
    ("review_working_days", 1, DAYS_MAX),
    ("review_forward_working_days", 1, DAYS_MAX),
    ("review_file_working_days", 1, DAYS_MAX),
    ("review_decision_days", 1, DAYS_MAX),
    ("retention_file_years", 1, YEARS_MAX),
    ("retention_video_months", 1, DAYS_MAX),
];

pub(super) const SWITCHES: &[&str] = &[
    "expressway",
    "outside_property",
    "missing_marks",
    "single_vehicle",
    "slight_injury",
    "non_motor",
    "three_vehicles",
    "night",
    "situation_315",
    "situation_327",
];

/// Name, what it may be.
pub(super) const CHOICES: &[(&str, &[&str])] = &[
    ("injury_division", InjuryDivision::NAMES),
    ("no_motor_at_fault", NoMotorAtFault::NAMES),
    ("situation_404", IllegalParking::NAMES),
];
