//! Who leads a centre whose designation ends soon.

use super::super::{
    Error, Result, Tx,
    account::{PersonName, read_id},
    designation::begun,
};
use crate::domain::{
    id::{AccountId, ApplicationId, DesignationId},
    moment::Moment,
};

statements! {
    /// Leads of centres whose designation ends in a range and who have begun nothing; a letter of this step was not written.
    ENDING = concat!("SELECT l.designation_id, d.application_id, l.valid_until, y.zone, m.account_id, p.name, p.email FROM ledger l \
        JOIN designation d ON d.id = l.designation_id JOIN application a ON a.id = d.application_id JOIN cycle y ON y.id = a.cycle_id \
        JOIN membership m ON m.centre_id = l.centre_id AND m.role = 'lead' JOIN account k ON k.id = m.account_id AND k.disabled_at IS NULL \
        JOIN person p ON p.account_id = m.account_id WHERE $1 < l.valid_until AND l.valid_until <= $2 AND NOT l.withdrawn \
        AND NOT ", begun!("l.designation_id"), " AND NOT EXISTS (SELECT 1 FROM letter t WHERE t.cause = $3 || l.designation_id || ':' || m.account_id) \
        AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.cause = $3 || l.designation_id || ':' || m.account_id) \
        ORDER BY l.designation_id, m.account_id LIMIT 500");
}

/// Somebody who leads a centre whose designation ends.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The designation.
    pub designation: DesignationId,
    /// The application that it follows.
    pub application: ApplicationId,
    /// When it is over.
    pub until: Moment,
    /// The zone of the programme.
    pub zone: String,
    /// Who.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
}

type Row = (String, String, i64, String, String, String, String);

fn ending((id, application, until, zone, account, name, email): Row) -> Result<Ending> {
    let wrong = |column| Error::Inconsistent("designation", column, id.clone());
    Ok(Ending {
        designation: DesignationId::parse(&id).ok_or_else(|| wrong("id"))?,
        application: ApplicationId::parse(&application).ok_or_else(|| wrong("application_id"))?,
        until: Moment::from_millis(until),
        zone,
        account: read_id(&account, "membership")?,
        name: PersonName::new(name),
        email: PersonName::new(email),
    })
}

impl Tx {
    /// Who leads a centre whose designation ends after the first moment and not after the second, has begun no further
    /// application, and did not get the letter whose cause begins like this; up to 500 at once.
    pub async fn endings(&mut self, after: Moment, until: Moment, cause: &str) -> Result<Vec<Ending>> {
        let rows = list!(self, Row, ENDING, after.millis(), until.millis(), cause.to_owned())?;
        rows.into_iter().map(ending).collect()
    }
}
