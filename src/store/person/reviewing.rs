//! What belongs to a person as a reviewer: what they said of themselves, and what they wrote on panels they sit on. A panel
//! that they left because of a conflict leaves no trace here either.

use super::{Text, TextRow, Tx, answers, utc};
use crate::{domain::id::AccountId, store::Result};
use serde::Serialize;

statements! {
    /// What they said of themselves.
    PROFILE = "SELECT institution, country, languages, expertise, most_reviews FROM reviewer_profile WHERE account_id = $1";
    /// Whom and what they are tied to.
    TIES = "SELECT kind, name, domain, reason, at FROM reviewer_tie WHERE account_id = $1 ORDER BY at, id";
    /// What they marked for practice.
    PRACTICE = "SELECT practice, criterion, level, at FROM practice_mark WHERE account_id = $1 ORDER BY practice, criterion";
    /// What they wrote at the criteria.
    MARKS = "SELECT s.id, k.criterion, k.content, k.updated_at FROM panel_identity i JOIN seat s ON s.id = i.seat_id JOIN mark k ON k.seat_id = s.id \
        WHERE i.account_id = $1 AND s.state = 'accepted' ORDER BY s.id, k.criterion";
    /// What they recommended.
    REVIEWS = "SELECT s.id, s.recommendation, s.summary, s.note, s.submitted_at FROM panel_identity i JOIN seat s ON s.id = i.seat_id \
        WHERE i.account_id = $1 AND s.state = 'accepted' ORDER BY s.id";
}

/// What somebody said of themselves.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// Where they work.
    pub institution: String,
    /// The country.
    pub country: String,
    /// In which languages they read.
    pub languages: String,
    /// Keys of the groups of criteria that they know best.
    pub expertise: String,
    /// At most so many reviews a cycle.
    pub most_reviews: i64,
}

/// Whom or what they are tied to.
#[derive(Clone, Debug, Serialize)]
pub struct Tied {
    /// How.
    pub kind: String,
    /// To whom.
    pub name: String,
    /// The domain of its addresses.
    pub domain: String,
    /// Why, for themselves alone.
    pub reason: String,
    /// Since when, in UTC.
    pub at: String,
}

/// A review, by its reference.
#[derive(Clone, Debug, Serialize)]
pub struct Review {
    /// The reference that stands in its address.
    pub reference: String,
    /// The key of what they recommend.
    pub recommendation: Option<String>,
    /// The summary.
    pub summary: String,
    /// The note to the chair.
    pub note: String,
    /// When it was handed in, in UTC.
    pub submitted: Option<String>,
}

/// Everything of one person as a reviewer.
#[derive(Clone, Debug, Serialize)]
pub struct AsReviewer {
    /// What they said of themselves.
    pub profile: Option<Profile>,
    /// Whom and what they are tied to.
    pub ties: Vec<Tied>,
    /// Levels in the practice set: which application, criterion, level, when.
    pub practice: Vec<(String, i64, i64, String)>,
    /// What they wrote at the criteria; `application` is the reference of the review.
    pub marks: Vec<Text>,
    /// Their reviews.
    pub reviews: Vec<Review>,
}

type ReviewRow = (String, Option<String>, String, String, Option<i64>);

impl Tx {
    /// Everything of one person as a reviewer.
    pub(super) async fn as_reviewer(&mut self, id: AccountId) -> Result<AsReviewer> {
        let me = id.to_string();
        let profile = find!(self, (String, String, String, String, i64), PROFILE, me.clone())?;
        let profile = profile.map(|(institution, country, languages, expertise, most_reviews)| Profile {
            institution,
            country,
            languages,
            expertise,
            most_reviews,
        });
        let ties = list!(self, (String, String, String, String, i64), TIES, me.clone())?;
        let tied =
            |(kind, name, domain, reason, at): (_, _, _, _, i64)| Tied { kind, name, domain, reason, at: utc(at) };
        let practice = list!(self, (String, i64, i64, i64), PRACTICE, me.clone())?;
        let reviews = list!(self, ReviewRow, REVIEWS, me.clone())?;
        let review = |(reference, recommendation, summary, note, submitted): ReviewRow| Review {
            reference,
            recommendation,
            summary,
            note,
            submitted: submitted.map(utc),
        };
        Ok(AsReviewer {
            profile,
            ties: ties.into_iter().map(tied).collect(),
            practice: practice.into_iter().map(|(of, criterion, level, at)| (of, criterion, level, utc(at))).collect(),
            marks: answers(list!(self, TextRow, MARKS, me)?),
            reviews: reviews.into_iter().map(review).collect(),
        })
    }
}
