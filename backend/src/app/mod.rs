//! The deeds: one file each. A deed loads, asks the domain, appends facts, saves the row, adds outbox
//! lines and commits; nothing leaves the house before the commit.

use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::live::Live;
use crate::store::Db;

/// Everything a deed needs; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub config: Arc<Config>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub blobs: Blobs,
    pub live: Live,
}
