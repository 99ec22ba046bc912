//! The accreditation portal for Designated Centres of Integrated Oncology and Palliative Care.

#[cfg(feature = "ssr")]
pub mod catalogue;
pub mod domain;
