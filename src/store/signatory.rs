//! The three people who confirm an application.

use super::{Error, Result, Stamp, Tx, account::PersonName, ensure_one, event::What};
use crate::domain::{id::ApplicationId, moment::Moment, signatory::Capacity, snapshot::Digest};

statements! {
    /// The signatories of an application.
    OF_APPLICATION = "SELECT capacity, name, email, confirmed_at FROM signatory WHERE application_id = $1";
    /// Names one, or somebody else; an earlier confirmation and an earlier link end.
    NAME = "INSERT INTO signatory (application_id, capacity, name, email, token_hash) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (application_id, capacity) DO UPDATE SET name = excluded.name, email = excluded.email, \
        token_hash = excluded.token_hash, confirmed_at = NULL";
    /// By their link.
    BY_TOKEN = "SELECT s.application_id, s.capacity, s.name, s.email, s.confirmed_at, i.name, c.name, a.stage FROM signatory s \
        JOIN application a ON a.id = s.application_id JOIN centre_identity i ON i.centre_id = a.centre_id JOIN cycle c ON c.id = a.cycle_id \
        WHERE s.token_hash = $1";
    /// Confirms; only a draft can be confirmed.
    CONFIRM = "UPDATE signatory SET confirmed_at = $3 WHERE application_id = $1 AND capacity = $2 \
        AND EXISTS (SELECT 1 FROM application a WHERE a.id = $1 AND a.stage = 'draft')";
}

/// Somebody who stands for an application.
#[derive(Clone, Debug)]
pub struct Signatory {
    /// As what.
    pub capacity: Capacity,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
    /// When they confirmed.
    pub confirmed: Option<Moment>,
}

/// What somebody sees who follows a link to confirm.
#[derive(Clone, Debug)]
pub struct Confirming {
    /// The application.
    pub application: ApplicationId,
    /// Who they are.
    pub signatory: Signatory,
    /// The centre.
    pub centre: String,
    /// The cycle.
    pub cycle: String,
    /// Whether it is still a draft.
    pub open: bool,
}

fn capacity(key: &str) -> Result<Capacity> {
    Capacity::parse(key).ok_or_else(|| Error::Inconsistent("signatory", "capacity", key.to_owned()))
}

impl Tx {
    /// The signatories that are named, in the order of the form.
    pub async fn signatories(&mut self, application: ApplicationId) -> Result<Vec<Signatory>> {
        let rows = list!(self, (String, String, String, Option<i64>), OF_APPLICATION, application.to_string())?;
        let signatory = |(key, name, email, confirmed): (String, String, String, Option<i64>)| {
            Ok(Signatory {
                capacity: capacity(&key)?,
                name: PersonName::new(name),
                email: PersonName::new(email),
                confirmed: confirmed.map(Moment::from_millis),
            })
        };
        let mut list: Vec<Signatory> = rows.into_iter().map(signatory).collect::<Result<_>>()?;
        list.sort_by_key(|s| s.capacity);
        Ok(list)
    }

    /// Names a signatory and answers with the token of the link that confirms.
    pub async fn name_signatory(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        capacity: Capacity,
        name: &str,
        email: &str,
    ) -> Result<String> {
        let token = stamp.chance.token();
        let hash = String::from(Digest::of(token.as_bytes()));
        run!(
            self,
            NAME,
            application.to_string(),
            capacity.key(),
            name.to_owned(),
            super::account::fold_email(email),
            hash
        )?;
        self.record(stamp, What::SignatoryNamed, &application.to_string(), capacity.key()).await?;
        Ok(token)
    }

    /// What a link to confirm leads to.
    pub async fn confirming(&mut self, token: &str) -> Result<Option<Confirming>> {
        type Row = (String, String, String, String, Option<i64>, String, String, String);
        let row = find!(self, Row, BY_TOKEN, String::from(Digest::of(token.as_bytes())))?;
        let Some((application, key, name, email, confirmed, centre, cycle, stage)) = row else { return Ok(None) };
        Ok(Some(Confirming {
            application: ApplicationId::parse(&application).ok_or(Error::Inconsistent(
                "signatory",
                "application_id",
                application,
            ))?,
            signatory: Signatory {
                capacity: capacity(&key)?,
                name: PersonName::new(name),
                email: PersonName::new(email),
                confirmed: confirmed.map(Moment::from_millis),
            },
            centre,
            cycle,
            open: stage == "draft",
        }))
    }

    /// Confirms. [`Error::Stale`] when the application is no draft any more.
    pub async fn confirm(&mut self, stamp: &Stamp, application: ApplicationId, capacity: Capacity) -> Result<()> {
        ensure_one(run!(self, CONFIRM, application.to_string(), capacity.key(), stamp.now.millis())?)?;
        self.record(stamp, What::SignatoryConfirmed, &application.to_string(), capacity.key()).await
    }
}
