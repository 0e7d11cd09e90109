//! The chain of facts as it is read, line by line, out of an evidence file.

use domain::fact::{Link, genesis};
use domain::id::{AccidentId, Sha256Hex};

use crate::manifest::{Chain, FACTS, FactLine};
use crate::report::Trouble;

/// The longest line: a fact with a minute's strokes has below a megabyte.
const LINE_BYTES_MAX: usize = 16 << 20;
/// All of them together.
const ALL_BYTES_MAX: usize = 256 << 20;

pub struct Chained {
    accident: AccidentId,
    line: Vec<u8>,
    taken: usize,
    previous: Sha256Hex,
    pub links: Vec<Link>,
    /// Facts whose link holds.
    pub facts: u64,
    /// The first thing that does not hold; what follows it proves nothing.
    pub trouble: Option<Trouble>,
}

impl Chained {
    pub fn of(accident: AccidentId) -> Self {
        Self {
            accident,
            line: Vec::new(),
            taken: 0,
            previous: genesis(),
            links: Vec::new(),
            facts: 0,
            trouble: None,
        }
    }

    /// The next bytes of the file, cut anywhere.
    pub fn take(&mut self, bytes: &[u8]) {
        self.taken += bytes.len();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.trouble.is_some() {
                return;
            }
            self.line.extend_from_slice(piece);
            if self.line.len() > LINE_BYTES_MAX || self.taken > ALL_BYTES_MAX {
                self.trouble = Some(Trouble::of("chain_too_long", FACTS, "事实链过长，无法核对"));
            } else if self.line.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.trouble = self.open(&line).err();
            }
        }
    }

    fn open(&mut self, line: &[u8]) -> Result<(), Trouble> {
        let seq = self.facts + 1;
        let unreadable = |_| Trouble::of("chain_unreadable", FACTS, format!("第 {seq} 项事实无法识别"));
        let line: FactLine = serde_json::from_slice(line).map_err(unreadable)?;
        let link = Link::from(line);
        link.open(self.accident, seq, &self.previous).map_err(|error| {
            let message = format!("第 {seq} 项事实与链条不符，事实被改动、删除或插入（{error}）");
            Trouble::of("chain_broken", FACTS, message)
        })?;
        self.previous = link.digest.clone();
        self.links.push(link);
        self.facts = seq;
        Ok(())
    }

    /// Where it ends; half a line at the end counts as no fact.
    pub fn ends(&self) -> Chain {
        Chain {
            facts: self.facts,
            last_digest: self.previous.clone(),
        }
    }

    /// Whether something stands behind the last whole line.
    pub fn is_cut(&self) -> bool {
        !self.line.is_empty()
    }
}
