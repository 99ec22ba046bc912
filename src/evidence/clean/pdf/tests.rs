//! Every hiding place, with a name planted in it.

use super::*;
use crate::domain::report::Removed;
use lopdf::{StringFormat, dictionary};

mod building;
mod hiding;
mod reading;
