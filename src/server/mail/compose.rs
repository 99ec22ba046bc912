//! A letter as bytes: one recipient, an institutional sender, and headers that tell nothing.
//!
//! `Date` is the full hour in which the letter was written, `Message-ID` is random and stays the same when it is sent
//! again, `To` is the address alone. There is no `Cc`, `Bcc`, `Reply-To` or `User-Agent`.

use super::settings::MailSettings;
use crate::{
    domain::{
        mail::{Trouble, full_hour},
        text::one_line,
    },
    store::mail::Claimed,
};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use std::time::{Duration, UNIX_EPOCH};

/// Says to other machines that nobody has written this by hand, so that no absence notice comes back.
const AUTOMATIC: (HeaderName, &str) = (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated");

/// The message, with its envelope.
pub fn compose(letter: &Claimed, settings: &MailSettings) -> Result<Message, Trouble> {
    let text = letter.email.shown();
    // An address with a line end or in two parts would be two recipients.
    let address: Address = text.parse().map_err(|_| Trouble::Address)?;
    if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err(Trouble::Address);
    }
    let written = Duration::from_millis(full_hour(letter.written).millis().max(0).unsigned_abs());
    let part = |kind, body: &str| {
        SinglePart::builder()
            .header(kind)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(body.replace('\r', "").replace('\n', "\r\n"))
    };
    let body = MultiPart::alternative()
        .boundary(format!("part-{}", letter.message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    Message::builder()
        .from(settings.from.clone())
        .to(Mailbox::new(None, address))
        .subject(one_line(&letter.subject))
        .date(UNIX_EPOCH + written)
        .message_id(Some(format!("<{}@{}>", letter.message_id, settings.domain())))
        .raw_header(HeaderValue::new(AUTOMATIC.0, AUTOMATIC.1.to_owned()))
        .multipart(body)
        .map_err(|_| Trouble::Address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{id::LetterId, moment::Moment},
        store::account::PersonName,
    };

    fn letter(email: &str, subject: &str, text: &str) -> Claimed {
        Claimed {
            id: LetterId::new(7),
            message_id: "0".repeat(32),
            claim: 1,
            refusals: 0,
            written: Moment::parse("2027-03-05T13:32:00Z").expect("a time"),
            email: PersonName::new(email.into()),
            subject: subject.into(),
            text: text.into(),
            html: format!("<p>{}</p>", crate::components::field::escape(text)),
        }
    }

    fn settings() -> MailSettings {
        MailSettings::in_folder("unused".into())
    }

    /// The names of all headers before the body.
    fn headers(message: &Message) -> Vec<String> {
        let bytes = String::from_utf8(message.formatted()).expect("ASCII");
        let (head, _) = bytes.split_once("\r\n\r\n").expect("a body");
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
    }

    const EXPECTED: [&str; 8] =
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];

    #[test]
    fn a_letter_has_these_headers_and_no_others() {
        let message = compose(&letter("ada@north.example", "Grüße", "Täglich"), &settings()).expect("a message");
        insta::assert_snapshot!(String::from_utf8(message.formatted()).expect("ASCII"));
        let mut found = headers(&message);
        found.sort_unstable();
        let mut expected = EXPECTED.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn no_field_can_begin_a_new_line() {
        for bad in ["\r\n", "\n", "\r", "\r\nBcc: thief@evil.example\r\n", "\n\nbody", "\u{85}", "\u{2028}Bcc: x", "\0"]
        {
            let subject = format!("A subject{bad}Bcc: thief@evil.example");
            let message = compose(&letter("ada@north.example", &subject, "text"), &settings()).expect("a message");
            assert_eq!(headers(&message).len(), EXPECTED.len(), "{bad:?}");
            assert_eq!(message.envelope().to().len(), 1, "{bad:?}");
            for email in [
                format!("ada@north.example{bad}"),
                format!("{bad}ada@north.example"),
                format!("ada{bad}@north.example"),
                format!("ada@north{bad}.example"),
                format!("ada@north.example>{bad}RCPT TO:<thief@evil.example"),
            ] {
                assert_eq!(compose(&letter(&email, "s", "t"), &settings()).err(), Some(Trouble::Address), "{email:?}");
            }
        }
        for email in ["", "ada", "a@b.example, c@d.example", "<a@b.example>", "a b@c.example", "Ada <a@b.example>"] {
            assert_eq!(compose(&letter(email, "s", "t"), &settings()).err(), Some(Trouble::Address), "{email:?}");
        }
        // A body can hold whatever it likes: it is encoded, and a dot alone does not end it.
        let message = compose(&letter("ada@north.example", "s", "a\r\n.\r\nMAIL FROM:<x@y.example>\r\n"), &settings());
        assert_eq!(headers(&message.expect("a message")).len(), EXPECTED.len());
    }
}
