//! Before an officer has it: joining, confirming, answering, filling in, and entering the queue.

use crate::accident::Accident;
use crate::evidence::{Evidence, EvidenceKind, Position};
use crate::fact::Fact;
use crate::id::PartyId;
use crate::party::{Consent, ConsentKind, PartyDetails};
use crate::refusal::{Problem, Refusal};
use crate::scene::Scene;
use crate::stage::{Escalation, Stage};
use crate::time::Instant;
use crate::triage::Triage;

impl Accident {
    /// One more party comes in, by the QR code of another or added by the officer.
    ///
    /// # Errors
    /// When the finding is out already, or there are `parties_max` parties.
    pub fn join(&self, party: PartyId, parties_max: usize) -> Result<Fact, Refusal> {
        self.still_open("不能再加入当事人")?;
        if self.parties.len() >= parties_max {
            return Err(Refusal::not_now(
                "party_limit",
                format!("一起事故最多{parties_max}方当事人"),
            ));
        }
        Ok(Fact::PartyJoined { party })
    }

    /// The SMS code has proved whose phone it is.
    ///
    /// # Errors
    /// When the accident has no such party. Confirming the same phone again adds nothing.
    pub fn confirm_phone(&self, party: PartyId, phone: &str) -> Result<Option<Fact>, Refusal> {
        let known = self.party(party)?;
        let again = known.confirmed_at.is_some() && known.phone.as_deref() == Some(phone);
        Ok((!again).then(|| Fact::PhoneConfirmed {
            party,
            phone: phone.to_owned(),
        }))
    }

    /// A party answers a question of consent.
    ///
    /// # Errors
    /// When the text shown is not the one in force; when it comes too late to matter.
    pub fn answer_consent(&self, party: PartyId, consent: Consent) -> Result<Fact, Refusal> {
        let known = self.party(party)?;
        if consent.text_version != ConsentKind::TEXT_VERSION {
            return Err(Refusal::invalid(
                "text_version",
                "outdated",
                "说明文字已更新，请刷新后重新阅读",
            ));
        }
        match (&self.stage, consent.kind) {
            (Stage::Signing { finding, .. }, ConsentKind::SelfPay) => {
                let signed = finding
                    .signings
                    .iter()
                    .any(|slot| slot.party() == known.id && !slot.is_pending());
                if signed {
                    return Err(Refusal::not_now("already_signed", "您已签名，不能再更改"));
                }
            }
            (_, ConsentKind::SelfPay) => return Err(self.not_in("认定书出具后才能选择互碰自赔")),
            _ => self.still_open("不能再更改")?,
        }
        Ok(Fact::ConsentAnswered { party, consent })
    }

    /// The screening questions, with the outcome the rules gave. A hard stop hands the case to the field.
    ///
    /// # Errors
    /// Once liability is decided the answers stand.
    pub fn answer_triage(&self, triage: Triage, now: Instant) -> Result<Vec<Fact>, Refusal> {
        if !matches!(
            self.stage,
            Stage::Reporting | Stage::Waiting { .. } | Stage::Handling { .. }
        ) {
            return Err(self.not_in("不能再更改"));
        }
        let stops = triage.stops().to_vec();
        let mut facts = vec![Fact::TriageAnswered { triage }];
        if let Some(first) = stops.first() {
            let reason = first.reason.clone();
            facts.push(Fact::Escalated {
                escalation: Escalation {
                    reason,
                    stops,
                    at: now,
                },
            });
        }
        Ok(facts)
    }

    /// When and where, as far as known. What the officer filled in is not wiped by a driver.
    ///
    /// # Errors
    /// Fields that cannot be; a finding that is out.
    pub fn record_scene(&self, mut scene: Scene, by_officer: bool, now: Instant) -> Result<Fact, Refusal> {
        self.may_record(by_officer)?;
        Refusal::if_any(scene.problems(now))?;
        if !by_officer && let Some(known) = &self.scene {
            scene.weather = scene.weather.or(known.weather);
            scene.road_type = scene.road_type.or(known.road_type);
            scene.collision = scene.collision.or(known.collision);
            scene.form = scene.form.or(known.form);
        }
        scene.place = scene.place.map(crate::scene::Place::rounded);
        Ok(Fact::SceneRecorded { scene })
    }

    /// A party's own data, checked; answers the fact with the normalised data.
    ///
    /// # Errors
    /// Every field that cannot be taken, at once.
    pub fn record_party(
        &self,
        party: PartyId,
        details: PartyDetails,
        by_officer: bool,
    ) -> Result<Fact, Refusal> {
        self.party(party)?;
        self.may_record(by_officer)?;
        let details = details.checked().map_err(Refusal::Invalid)?;
        let plate = details
            .vehicle
            .as_ref()
            .map(|vehicle| vehicle.plate.as_str())
            .filter(|plate| !plate.is_empty());
        let taken = |other: &crate::party::Party| {
            other.id != party
                && other
                    .vehicle()
                    .is_some_and(|vehicle| Some(vehicle.plate.as_str()) == plate)
        };
        if self.parties.iter().any(taken) {
            return Err(Refusal::invalid(
                "party.vehicle.plate",
                "duplicate",
                "另一方已使用这个号牌，请核对",
            ));
        }
        Ok(Fact::PartyRecorded { party, details })
    }

    /// A photo, still or recording has arrived whole.
    ///
    /// # Errors
    /// When it names a party or a request this accident does not have, or the case is closed to photos.
    pub fn take_evidence(&self, mut evidence: Evidence, photos_max: usize) -> Result<Fact, Refusal> {
        if let Some(party) = evidence.party {
            self.party(party)?;
        }
        if let Some(still) = evidence.still
            && !self.still_requests.iter().any(|request| request.id == still)
        {
            return Err(Refusal::Unknown("still request"));
        }
        if evidence.kind != EvidenceKind::Recording {
            self.still_open("不能再补充照片")?;
            let photos = self.photos();
            if photos >= photos_max {
                return Err(Refusal::not_now(
                    "photo_limit",
                    format!("一起事故最多{photos_max}张照片"),
                ));
            }
        }
        evidence.position = evidence.position.map(Position::rounded);
        Ok(Fact::EvidenceTaken { evidence })
    }

    /// Photos and stills so far; a preview and its full picture are one.
    pub fn photos(&self) -> usize {
        self.pictures()
            .filter(|item| item.kind != EvidenceKind::Recording)
            .count()
    }

    /// The evidence as people count it: a preview only until its full picture is there.
    pub fn pictures(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|item| match &item.preview_of {
            None => true,
            Some(full) => !self.evidence.iter().any(|other| other.sha256 == *full),
        })
    }

    /// What still keeps this party from entering the queue.
    pub fn missing_for_queue(&self, party: PartyId) -> Vec<Problem> {
        let mut missing = Vec::new();
        let mut need = |there: bool, field: &str, message: &str| {
            if !there {
                missing.push(Problem::new(field, "missing", message));
            }
        };
        let known = self.parties.iter().find(|known| known.id == party);
        need(self.triage.is_some(), "triage", "请先回答安全问题");
        need(
            known.is_some_and(|known| known.confirmed_at.is_some()),
            "phone",
            "请先验证手机号",
        );
        need(
            known.is_some_and(|known| known.agreed(ConsentKind::RemoteHandling)),
            "consents.remote_handling",
            "需要您同意远程处理",
        );
        need(
            self.scene
                .as_ref()
                .is_some_and(|scene| scene.place.is_some() && scene.occurred_at.is_some()),
            "scene",
            "请填写事故时间和地点",
        );
        need(
            known.is_some_and(|known| known.details.is_some()),
            "party",
            "请填写您和车辆的信息",
        );
        let slight = self.triage.as_ref().is_some_and(Triage::slight_injury);
        let agreed = known.is_some_and(|known| known.agreed(ConsentKind::SlightInjury));
        need(
            !slight || agreed,
            "consents.slight_injury",
            "有人轻微受伤，需要您同意按简易程序处理",
        );
        need(
            !self.late_report_due(),
            "late_report",
            "请写明没有当场报案的原因，提交事后报案",
        );
        missing
    }

    /// The party is ready and waits for an officer. Already waiting is no mistake.
    ///
    /// # Errors
    /// What is missing, field by field; a case that is past the queue.
    pub fn enter_queue(&self, party: PartyId) -> Result<Option<Fact>, Refusal> {
        self.party(party)?;
        self.still_open("不能再排队")?;
        let missing = self.missing_for_queue(party);
        if !missing.is_empty() {
            return Err(Refusal::missing("还有内容没有填完", missing));
        }
        Ok(matches!(self.stage, Stage::Reporting).then_some(Fact::Queued))
    }

    /// 我要民警到场, or the officer hands the case to the field: possible until the finding is out.
    ///
    /// # Errors
    /// After that, and when it has happened already.
    pub fn escalate(&self, reason: &str, now: Instant) -> Result<Fact, Refusal> {
        self.still_open("不能再转现场处理")?;
        let reason = reason.trim().to_owned();
        Ok(Fact::Escalated {
            escalation: Escalation {
                reason,
                stops: Vec::new(),
                at: now,
            },
        })
    }

    /// Drivers may change what they told until liability is decided, the officer until the finding is out.
    fn may_record(&self, by_officer: bool) -> Result<(), Refusal> {
        if !by_officer && matches!(self.stage, Stage::Decided { .. }) {
            return Err(self.not_in("如需更正请告诉民警"));
        }
        self.still_open("不能再更改")
    }

    /// The parties' word is still open: no finding is out and the case has not left the remote flow.
    pub(super) fn still_open(&self, wanted: &str) -> Result<(), Refusal> {
        match self.stage {
            Stage::Reporting | Stage::Waiting { .. } | Stage::Handling { .. } | Stage::Decided { .. } => {
                Ok(())
            }
            Stage::Signing { .. }
            | Stage::Settling { .. }
            | Stage::Closed { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => Err(self.not_in(wanted)),
        }
    }
}
