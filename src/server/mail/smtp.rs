//! Letters through a mail server, encrypted or not at all.

use super::{
    compose::compose,
    settings::{MailSettings, SmtpSettings, Tls},
};
use crate::{domain::mail::Trouble, store::mail::Claimed};
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    extension::ClientId,
};
use secrecy::ExposeSecret;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::timeout;

/// A mail server, and connections to it that are open between two letters.
pub struct Smtp {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
    hello: ClientId,
    open: Mutex<Vec<AsyncSmtpConnection>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({:?})", self.settings)
    }
}

impl Smtp {
    /// Fails when the additional authority is no certificate.
    pub fn new(settings: &SmtpSettings, domain: &str) -> anyhow::Result<Self> {
        let tls = if settings.tls == Tls::NoneOnLoopback {
            None
        } else {
            let mut parameters = TlsParameters::builder(settings.host.clone());
            if let Some(pem) = &settings.authority {
                parameters = parameters.add_root_certificate(Certificate::from_pem(pem)?);
            }
            Some(parameters.build()?)
        };
        let hello = ClientId::Domain(domain.to_owned());
        Ok(Self { settings: settings.clone(), tls, hello, open: Mutex::default() })
    }

    /// Hands a letter over. When this takes longer than `patience`, the server counts as silent.
    pub async fn send(&self, letter: &Claimed, settings: &MailSettings, patience: Duration) -> Result<(), Trouble> {
        let message = compose(letter, settings)?;
        let kept = self.open.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => match timeout(patience, self.connect(patience)).await {
                Ok(connected) => connected?,
                Err(_) => return Err(Trouble::Unreachable),
            },
        };
        match timeout(patience, connection.send(message.envelope(), &message.formatted())).await {
            Ok(Ok(_)) => {
                self.open.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                Ok(())
            }
            Ok(Err(error)) => Err(of_letter(&error)),
            Err(_) => Err(Trouble::Silent),
        }
    }

    /// Says goodbye on the connections that are open.
    pub async fn rest(&self, patience: Duration) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        for mut connection in open {
            // Whether the server hears it changes nothing.
            let _ = timeout(patience, connection.quit()).await;
        }
    }

    /// A connection that letters can be entrusted to: encrypted and signed in, or an error.
    async fn connect(&self, patience: Duration) -> Result<AsyncSmtpConnection, Trouble> {
        let server = (self.settings.host.as_str(), self.settings.port);
        let wrapper = if self.settings.tls == Tls::Tls { self.tls.clone() } else { None };
        let connected = AsyncSmtpConnection::connect_tokio1(server, Some(patience), &self.hello, wrapper, None).await;
        let mut connection = connected.map_err(|error| of_server(&error))?;
        if let (Tls::Starttls, Some(tls)) = (self.settings.tls, &self.tls) {
            if !connection.can_starttls() {
                return Err(Trouble::Untrusted);
            }
            connection.starttls(tls.clone(), &self.hello).await.map_err(|error| of_server(&error))?;
        }
        if self.settings.tls != Tls::NoneOnLoopback && !connection.is_encrypted() {
            return Err(Trouble::Untrusted);
        }
        if let Some((user, password)) = &self.settings.login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            answer.map_err(|error| if error.is_transient() { of_server(&error) } else { Trouble::NotAdmitted })?;
        }
        Ok(connection)
    }
}

/// What went wrong before there was a letter.
fn of_server(error: &Error) -> Trouble {
    if error.is_tls() || is_certificate(error) { Trouble::Untrusted } else { Trouble::Unreachable }
}

/// A refused certificate comes as an error of the connection, with the reason behind it.
fn is_certificate(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let io = cause.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// What went wrong with a letter.
fn of_letter(error: &Error) -> Trouble {
    let code = error.status().and_then(|code| code.to_string().parse::<u16>().ok());
    match code {
        // It closes; another letter would fare the same.
        Some(421) => Trouble::Unreachable,
        Some(530 | 534 | 535 | 538) => Trouble::NotAdmitted,
        Some(code) if error.is_permanent() => Trouble::Refused(code),
        Some(code) => Trouble::Deferred(code),
        // The address cannot be written in what the server understands.
        None if error.is_client() => Trouble::Address,
        None if error.is_timeout() => Trouble::Silent,
        None => Trouble::Unreachable,
    }
}
