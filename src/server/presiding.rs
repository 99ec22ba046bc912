//! The proof that somebody of the working group may handle an application.

use super::{
    problem::Problem,
    side::{At, Side},
};
use crate::{
    domain::access::{Action, Decision, Relation, may},
    store::{Tx, application::Standing},
};

/// The side of the working group.
#[derive(Debug)]
pub struct Office;

impl Side for Office {
    const BASE: &'static str = "/working-group/applications/";

    fn admits(standing: &Standing) -> bool {
        let office = standing.relation.relations().any(|r| matches!(r, Relation::Chair | Relation::Coordinator));
        office && may(standing.relation, standing.application.stage.name(), Action::Know) == Decision::Allowed
    }
}

/// A coordinator or chair at one application, who has no conflict there.
pub type Presiding = At<Office>;

impl Presiding {
    /// Whether they lead the working group in its cycle.
    pub fn is_chair(&self) -> bool {
        self.is(Relation::Chair)
    }

    /// Whether they run its cycle.
    pub fn is_coordinator(&self) -> bool {
        self.is(Relation::Coordinator)
    }

    /// Begins to change something; the right is checked once more, against the application as it is now.
    pub async fn write(&self, action: Action) -> Result<Tx, Problem> {
        let mut tx = self.portal().store.write().await?;
        let standing = tx.standing(self.application().id, self.account()).await?;
        let Some(standing) = standing.filter(Office::admits) else { return Err(Problem::NotFound) };
        match may(standing.relation, standing.application.stage.name(), action) {
            Decision::Allowed => Ok(tx),
            Decision::NotFound => Err(Problem::NotFound),
            // It was possible when the page was opened: somebody was quicker.
            Decision::Refused => Err(if self.may(action) { Problem::Stale } else { Problem::NotAllowed }),
        }
    }
}
