//! The files behind the evidence of the demo: small, real, and without anybody's name.

use super::{dice::Dice, pdf};
use crate::domain::{
    date,
    evidence::{FileType, Kind},
};
use jiff::{ToSpan, civil::Date};
use std::fmt::Write as _;

/// Where a piece of evidence can be read.
#[derive(Clone, Debug)]
pub enum Paper {
    /// In a file.
    File {
        /// As it is called at the centre.
        name: String,
        /// What it is.
        file_type: FileType,
        /// What is in it.
        bytes: Vec<u8>,
    },
    /// On a page.
    Link(String),
}

/// What a paper is about.
#[derive(Clone, Copy, Debug)]
pub struct Topic<'a> {
    /// What the centre calls it.
    pub title: &'a str,
    /// What it shows.
    pub kind: Kind,
    /// The title of the criterion it was written for.
    pub criterion: &'a str,
    /// From when it holds, or until when it counts.
    pub day: Date,
}

impl Paper {
    /// A file that fits: figures as a table, notes as text, everything else as a document.
    pub fn about(dice: &Dice, topic: Topic<'_>) -> anyhow::Result<Self> {
        let (file_type, bytes) = match topic.kind {
            Kind::Data => (FileType::Csv, table(dice, topic)?),
            Kind::Other => (FileType::Txt, note(topic)),
            Kind::Policy | Kind::ProofOfUse | Kind::Agreement => (FileType::Pdf, document(dice, topic)),
        };
        Ok(Self::File { name: format!("{}.{}", plain(topic.title), file_type.extension()), file_type, bytes })
    }

    /// A page under a reserved address.
    pub fn link(title: &str) -> Self {
        Self::Link(format!("https://documents.example/{}", plain(title).to_lowercase().replace(' ', "-")))
    }

    /// The pages that matter: the one there is, where there are pages.
    pub const fn pages(&self) -> &'static str {
        match self {
            Self::File { file_type: FileType::Pdf, .. } => "1",
            Self::File { .. } | Self::Link(_) => "",
        }
    }
}

/// A title as people would write it in a file name.
fn plain(title: &str) -> String {
    let words: String = title.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Twelve months of counts, the last one that of the topic.
fn table(dice: &Dice, topic: Topic<'_>) -> anyhow::Result<Vec<u8>> {
    let mut text = String::from("month,cases,criterion met\n");
    for back in (0..12).rev() {
        let month = topic.day.first_of_month().checked_sub(back.months())?;
        let cases = dice.between(14, 46);
        let _ = writeln!(text, "{},{cases},{}", month.strftime("%Y-%m"), cases - dice.below(cases / 3));
    }
    Ok(text.into_bytes())
}

fn note(topic: Topic<'_>) -> Vec<u8> {
    format!("{}\n\nOn: {}\nDate: {}\n\n{INVENTED}\n", topic.title, topic.criterion, date::long(topic.day)).into_bytes()
}

const INVENTED: &str = "Invented for the demo of this portal. No hospital, patient or member of staff is described.";

fn document(dice: &Dice, topic: Topic<'_>) -> Vec<u8> {
    let day = date::long(topic.day);
    let mut lines = vec![format!("On: {}", topic.criterion), String::new()];
    lines.extend(match topic.kind {
        Kind::ProofOfUse => vec![
            format!("Shown until {day}. {} records were drawn at random and read by two people.", dice.between(20, 60)),
            format!("{} of them show each step with date and profession.", dice.between(12, 20)),
            "Names and numbers of patients and staff are masked.".to_owned(),
        ],
        Kind::Agreement => vec![
            format!("In force from {day}."),
            format!("The partner answers within {} hours and takes part in the yearly review.", dice.between(2, 24)),
            "The names of those who signed are masked.".to_owned(),
        ],
        Kind::Policy | Kind::Data | Kind::Other => vec![
            format!("In force from {day}. Version {}.", dice.between(2, 6)),
            "For whom: every patient with advanced cancer, on the wards and in the clinics.".to_owned(),
            format!("Reviewed every {} months by both departments.", dice.between(2, 4) * 6),
        ],
    });
    lines.extend([String::new(), INVENTED.to_owned()]);
    pdf::page(topic.title, &lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::sniff, store::Chance};
    use jiff::civil::date;

    #[test]
    fn every_file_is_what_its_name_says() {
        let dice = Dice::new(Chance::seeded(1));
        for kind in Kind::ALL {
            let topic =
                Topic { title: "Audit (2026): one service?", kind, criterion: "One service", day: date(2027, 1, 31) };
            let Ok(Paper::File { name, file_type, bytes }) = Paper::about(&dice, topic) else { panic!("a file") };
            assert_eq!(name, format!("Audit 2026 one service.{}", file_type.extension()));
            assert_eq!(sniff::check(&name, &bytes), Ok(file_type));
        }
    }

    #[test]
    fn a_table_tells_twelve_months() {
        let topic = Topic { title: "Figures", kind: Kind::Data, criterion: "One service", day: date(2027, 1, 31) };
        let table = String::from_utf8(table(&Dice::new(Chance::seeded(1)), topic).expect("a table")).expect("text");
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines.len() == 13 && lines[1].starts_with("2026-02,") && lines[12].starts_with("2027-01,"), "{table}");
    }
}
