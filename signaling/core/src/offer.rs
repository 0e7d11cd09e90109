//! Which media lines an offer has, read before anything heavier touches it.
//!
//! Not an SDP parser: it reads `m=` and `a=mid:` in order and refuses what does not have the shape
//! of docs/signaling.md.

use crate::protocol::{SLOTS, SlotMids};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    #[error("the offer must have five audio and five video lines and nothing else")]
    Lines,
    #[error("every media line needs its own mid of 1 to 16 characters")]
    Mid,
}

/// The media lines of an offer in pairs: the first audio with the first video and so on.
///
/// # Errors
/// See [`OfferError`].
pub fn lines(sdp: &str) -> Result<Vec<SlotMids>, OfferError> {
    let mut kinds: Vec<&str> = Vec::new();
    let mut mids: Vec<Option<&str>> = Vec::new();
    for line in sdp.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            kinds.push(media.split(' ').next().unwrap_or_default());
            mids.push(None);
            if kinds.len() > 2 * SLOTS {
                return Err(OfferError::Lines);
            }
        } else if let (Some(mid), Some(last)) = (line.strip_prefix("a=mid:"), mids.last_mut()) {
            *last = Some(mid.trim_end());
        }
    }
    let of_kind = |wanted: &str| -> Vec<Option<&str>> {
        kinds
            .iter()
            .zip(&mids)
            .filter(|(kind, _)| **kind == wanted)
            .map(|(_, mid)| *mid)
            .collect()
    };
    let (audio, video) = (of_kind("audio"), of_kind("video"));
    if audio.len() != SLOTS || video.len() != SLOTS || kinds.len() != 2 * SLOTS {
        return Err(OfferError::Lines);
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut own = |mid: Option<&str>| {
        let mid = mid
            .filter(|mid| (1..=16).contains(&mid.len()))
            .ok_or(OfferError::Mid)?;
        if seen.insert(mid.to_owned()) {
            Ok(mid.to_owned())
        } else {
            Err(OfferError::Mid)
        }
    };
    audio
        .into_iter()
        .zip(video)
        .map(|(audio, video)| {
            Ok(SlotMids {
                audio: own(audio)?,
                video: own(video)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(pairs: usize) -> String {
        let pair = |n: usize| {
            format!(
                "m=audio 9 X 111\r\na=mid:{}\r\nm=video 9 X 96\r\na=mid:{}\r\n",
                2 * n,
                2 * n + 1
            )
        };
        format!("v=0\r\n{}", (0..pairs).map(pair).collect::<String>())
    }

    #[test]
    fn five_pairs_are_read_in_order() {
        let lines = lines(&offer(5)).unwrap();
        assert_eq!(
            lines[0],
            SlotMids {
                audio: "0".into(),
                video: "1".into()
            }
        );
        assert_eq!(
            lines[4],
            SlotMids {
                audio: "8".into(),
                video: "9".into()
            }
        );
    }

    #[test]
    fn any_other_shape_is_refused() {
        assert_eq!(lines(&offer(4)), Err(OfferError::Lines));
        assert_eq!(lines(&offer(6)), Err(OfferError::Lines));
        assert_eq!(lines("not sdp at all"), Err(OfferError::Lines));
        assert_eq!(
            lines(&offer(5).replace("a=mid:3", "a=mid:2")),
            Err(OfferError::Mid)
        );
        assert_eq!(lines(&offer(5).replace("a=mid:3\r\n", "")), Err(OfferError::Mid));
    }
}
