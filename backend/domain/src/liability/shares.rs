//! Liability in percent: what parties bear beyond compulsory cover.

use super::Liability;
use crate::money::Fen;

/// The customary split between 主要 and 次要, percent; a rule pack may carry another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultShares {
    pub primary: u8,
    pub secondary: u8,
}

impl Default for DefaultShares {
    /// 机动车商业保险示范条款: 主要 70 %, 次要 30 %.
    fn default() -> Self {
        Self {
            primary: 70,
            secondary: 30,
        }
    }
}

/// Why shares cannot be told. `index` is the party to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    #[error("a share must be given")]
    Required { index: usize, none_given: bool },
    #[error("given shares sum to {sum}, not to 100")]
    Sum { index: usize, sum: u32 },
    #[error("a party not at fault has a share")]
    NotAtFault { index: usize },
}

impl ShareError {
    pub const fn index(self) -> usize {
        match self {
            Self::Required { index, .. } | Self::Sum { index, .. } | Self::NotAtFault { index } => index,
        }
    }

    pub fn field(self) -> String {
        format!("parties[{}].share", self.index())
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Required { .. } => "shares_required",
            Self::Sum { .. } => "share_sum",
            Self::NotAtFault { .. } => "share_without_fault",
        }
    }

    pub fn message(self) -> String {
        match self {
            Self::Required { none_given: true, .. } => {
                "有责任的各方无法按责任直接确定比例，请为每一方填写责任比例，合计100。".to_owned()
            }
            Self::Required { .. } => "请为每一个有责任的当事人填写责任比例。".to_owned(),
            Self::Sum { sum, .. } => format!("责任比例合计应为100，现在是{sum}，请修改。"),
            Self::NotAtFault { .. } => "无责任的当事人不能有责任比例，请改为0或留空。".to_owned(),
        }
    }
}

/// Percent per party, zero for those not at fault. Given shares win and must sum to 100; otherwise
/// one at fault bears 100, two by their liability, and several only when all are 同等. Nobody at
/// fault: all zero.
///
/// # Errors
/// When shares must be given, or the given ones make no sense.
pub fn shares(parties: &[(Liability, Option<u8>)], default: DefaultShares) -> Result<Vec<u8>, ShareError> {
    let at_fault: Vec<usize> = (0..parties.len())
        .filter(|index| parties[*index].0.is_at_fault())
        .collect();
    if let Some(index) = (0..parties.len())
        .find(|index| !parties[*index].0.is_at_fault() && parties[*index].1.is_some_and(|share| share > 0))
    {
        return Err(ShareError::NotAtFault { index });
    }
    let mut all = vec![0; parties.len()];
    let given = at_fault.iter().any(|index| parties[*index].1.is_some());
    let of_those = if given {
        given_shares(parties, &at_fault)?
    } else {
        defaults(parties, &at_fault, default)?
    };
    for (index, share) in at_fault.into_iter().zip(of_those) {
        all[index] = share;
    }
    Ok(all)
}

fn given_shares(parties: &[(Liability, Option<u8>)], at_fault: &[usize]) -> Result<Vec<u8>, ShareError> {
    let mut found = Vec::with_capacity(at_fault.len());
    for index in at_fault {
        found.push(parties[*index].1.ok_or(ShareError::Required {
            index: *index,
            none_given: false,
        })?);
    }
    let sum: u32 = found.iter().map(|share| u32::from(*share)).sum();
    match (sum, at_fault.last()) {
        (100, _) | (_, None) => Ok(found),
        (sum, Some(index)) => Err(ShareError::Sum { index: *index, sum }),
    }
}

fn defaults(
    parties: &[(Liability, Option<u8>)],
    at_fault: &[usize],
    default: DefaultShares,
) -> Result<Vec<u8>, ShareError> {
    let liabilities: Vec<Liability> = at_fault.iter().map(|index| parties[*index].0).collect();
    match liabilities.as_slice() {
        [] => Ok(vec![]),
        [_] => Ok(vec![100]),
        [Liability::Primary, Liability::Secondary] => Ok(vec![default.primary, default.secondary]),
        [Liability::Secondary, Liability::Primary] => Ok(vec![default.secondary, default.primary]),
        all if all.iter().all(|liability| *liability == Liability::Equal) => {
            // Percent are divided like fen: by largest remainder, the first ones get what is over.
            let parts = Fen(100).divide_equally(all.len()).unwrap_or_default();
            Ok(parts
                .into_iter()
                .map(|part| u8::try_from(part.0).unwrap_or_default())
                .collect())
        }
        _ => Err(ShareError::Required {
            index: at_fault.first().copied().unwrap_or_default(),
            none_given: true,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Liability::{Equal, Full, None as NoFault, Primary, Secondary};

    fn of(parties: &[(Liability, Option<u8>)]) -> Result<Vec<u8>, ShareError> {
        shares(parties, DefaultShares::default())
    }

    #[test]
    fn shares_follow_from_liability_where_they_can() {
        assert_eq!(of(&[(Full, None), (NoFault, None)]), Ok(vec![100, 0]));
        assert_eq!(
            of(&[(Secondary, None), (NoFault, None), (Primary, None)]),
            Ok(vec![30, 0, 70])
        );
        assert_eq!(of(&[(Equal, None), (Equal, None)]), Ok(vec![50, 50]));
        assert_eq!(of(&[(Equal, None); 3]), Ok(vec![34, 33, 33]));
        assert_eq!(of(&[(NoFault, None), (NoFault, Some(0))]), Ok(vec![0, 0]));
    }

    #[test]
    fn given_shares_win() {
        assert_eq!(
            of(&[(Primary, Some(90)), (Secondary, Some(10))]),
            Ok(vec![90, 10])
        );
    }

    #[test]
    fn what_cannot_be_told_is_asked_for() {
        let three = [(Primary, None), (Secondary, None), (Secondary, None)];
        assert_eq!(
            of(&three),
            Err(ShareError::Required {
                index: 0,
                none_given: true
            })
        );
        let partly = [(Primary, Some(70)), (Secondary, None)];
        assert_eq!(
            of(&partly),
            Err(ShareError::Required {
                index: 1,
                none_given: false
            })
        );
        assert_eq!(
            of(&[(Full, None), (Full, None)]).map_err(ShareError::code),
            Err("shares_required")
        );
        let over = [(Primary, Some(70)), (Secondary, Some(40))];
        assert_eq!(of(&over), Err(ShareError::Sum { index: 1, sum: 110 }));
        assert_eq!(
            of(&[(Full, None), (NoFault, Some(5))]),
            Err(ShareError::NotAtFault { index: 1 })
        );
    }
}
