//! The mediation's part of the finding: the result with its signature lines, or why there is none.
//!
//! Only these words change with a mediation; number, facts, liability and signatures of the finding stay as they
//! were served.

use domain::accident::Accident;
use domain::id::PartyId;
use domain::mediation::{Bar, Terms};
use domain::signing::{SignatureRefusal, Signing};
use domain::time::Instant;
use papers::{Mediation, Performance};

use super::paper;

/// 损害赔偿调解结果, for the parties to sign.
pub fn proposed(accident: &Accident, terms: &Terms, signings: &[Signing]) -> Mediation {
    Mediation {
        text: terms.text.clone(),
        performance: Some(Performance {
            how: terms.performance.clone(),
            until: terms.deadline.map(|deadline| deadline.text()),
        }),
        signatures: paper::signatures(accident, signings),
    }
}

/// No agreement: the words nobody agreed to are gone from the page.
pub fn failed(reason: &str, at: Instant) -> Mediation {
    let reason = sentence(reason);
    told(format!(
        "经调解，当事人未达成协议：{reason}。交通警察于{}注明。",
        at.china_text()
    ))
}

/// A party refused to sign the result.
pub fn refused(accident: &Accident, party: PartyId, refusal: &SignatureRefusal) -> Mediation {
    failed(&accident.refused_words(party, refusal), refusal.at)
}

/// 程序规定 art. 26: what stands against mediation, as the officer noted it.
pub fn barred(accident: &Accident, newest: &Bar) -> Mediation {
    let mut bars: Vec<Bar> = accident
        .bars()
        .into_iter()
        .filter(|standing| standing.noted)
        .map(|standing| standing.bar)
        .filter(|bar| bar.party != newest.party || bar.why != newest.why)
        .collect();
    bars.push(newest.clone());
    let line = |bar: &Bar| {
        format!(
            "{}{}：{}。交通警察于{}注明。",
            accident.side_of(bar.party),
            bar.why.label(),
            sentence(&bar.note),
            bar.at.china_text()
        )
    };
    let lines = std::iter::once("不适用调解。".to_owned()).chain(bars.iter().map(line));
    told(lines.collect::<Vec<_>>().join("\n"))
}

/// The page ends the sentence itself.
fn sentence(text: &str) -> &str {
    text.trim().trim_end_matches(['。', '.', '；', '！'])
}

fn told(text: String) -> Mediation {
    Mediation {
        text,
        performance: None,
        signatures: Vec::new(),
    }
}
