//! The proof that somebody may read an application as its centre.

use super::{
    problem::Problem,
    side::{At, Side},
};
use crate::{
    domain::access::{Action, Decision, may},
    store::application::Standing,
};

/// The side of the centre.
#[derive(Debug)]
pub struct Centre;

fn may_now(standing: &Standing, action: Action) -> bool {
    let decision = may(standing.relation, standing.application.stage.name(), action);
    standing.relation.of_centre() && decision == Decision::Allowed
}

impl Side for Centre {
    const BASE: &'static str = "/applications/";

    fn admits(standing: &Standing) -> bool {
        // Only the centre has these pages; screening has its own.
        may_now(standing, Action::Read)
    }
}

/// Somebody of the centre at one of its applications, who may read it.
pub type Applying = At<Centre>;

impl Applying {
    /// Asked again in the middle of something long: whether the session goes on, and they may still do this.
    pub async fn still_may(&self, action: Action) -> bool {
        let asked = async {
            if !self.desk().session_goes_on().await? {
                return Ok(false);
            }
            let mut tx = self.portal().store.read().await?;
            let standing = tx.standing(self.application().id, self.account()).await?;
            Ok::<_, Problem>(standing.is_some_and(|s| may_now(&s, action)))
        };
        asked.await.unwrap_or(false)
    }
}
