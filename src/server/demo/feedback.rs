//! What panels of the demo agree to tell a centre: a text for each criterion, by its level, and a letter.

use crate::domain::{consensus::Wording, decision::letter_to_begin_from, level::Level, outcome::Outcome};
use anyhow::Context;

/// What is said at one criterion.
struct Said {
    /// At a level that answers yes.
    works: &'static str,
    /// What the highest level adds.
    shines: &'static str,
    /// What is there below it.
    begun: &'static str,
    /// What is missing there.
    gap: &'static str,
    /// What would satisfy.
    satisfy: &'static str,
}

/// In the order of the criteria.
const SAID: [Said; 13] = [
    Said {
        works: "The consultation team and the clinic have fixed weekly hours, and the wards know how to reach them.",
        shines: "Both services share one record, one weekly meeting and one yearly report.",
        begun: "A consultation team sees inpatients on fixed days.",
        gap: "Outpatients reach palliative care only by a letter from their oncologist; no clinic has hours of its own.",
        satisfy: "A clinic with weekly hours beside the oncology clinic, and its number of patients over a year.",
    },
    Said {
        works: "The commitment to stay is written down, and every patient leaves treatment with a named contact.",
        shines: "An audit of patients after their last treatment found nearly all of them still in touch with the team.",
        begun: "Nurses keep in touch with many patients after their last treatment.",
        gap: "The commitment is not written down, and contact ends when the nurse who keeps it is away.",
        satisfy: "A signed commitment that names the contact, and an audit of 20 patients three months after treatment.",
    },
    Said {
        works: "Physicians and nurses with a recognised qualification give advice every working day, by protocols in use.",
        shines: "Pain scores before and after advice are counted, and the protocols were revised on what they showed.",
        begun: "Protocols for pain and nausea exist, and trained colleagues give advice.",
        gap: "The protocols are two years past their review, and nothing shows that the wards work by them.",
        satisfy: "Reviewed protocols, and an audit of 20 recent cases that shows them at work.",
    },
    Said {
        works: "Psychology, social work and spiritual care belong to the programme and have fixed hours in it.",
        shines: "The time from referral to a first meeting is counted, and has become shorter each year.",
        begun: "A psychologist sees patients whom the wards refer.",
        gap: "Spiritual care is reached by chance, and social work has no hours for this programme.",
        satisfy: "Weekly hours for each of the three professions, with cover in holidays.",
    },
    Said {
        works: "One tool is used in all oncology clinics, and a high score leads to a response within two working days.",
        shines: "Response times are reported each quarter, and late ones are looked at one by one.",
        begun: "A symptom tool is used in the clinics.",
        gap: "It is not shown what follows a high score: no response is agreed, and none is counted.",
        satisfy: "An agreed response with a time to it, and its share of all high scores over three months.",
    },
    Said {
        works: "Skilled advice can be had by day and by night, with a rota and access to the record.",
        shines: "Each contact at night is reviewed on the next working day, and the review has changed the procedure twice.",
        begun: "Emergency staff reach the team on working days.",
        gap: "Nights and weekends rest on goodwill: there is no rota and no count of contacts.",
        satisfy: "A rota for nights and weekends, and a count of contacts over three months.",
    },
    Said {
        works: "Beds are there when they are needed, with written criteria and a skilled team.",
        shines: "Waiting times and the share of patients who go home are counted and discussed each quarter.",
        begun: "Patients with difficult symptoms are admitted to oncology beds, and the team advises there.",
        gap: "Criteria for admission are not written down, and it is not counted how long patients wait.",
        satisfy: "Written criteria for admission, and waiting times over six months with the number of patients.",
    },
    Said {
        works: "Families are asked early on, and a coordinator looks after the programme until after the death.",
        shines: "Bereaved families are asked a year later, and what they say goes into the yearly plan.",
        begun: "Families are offered a conversation on the palliative care ward.",
        gap: "Families of other wards are met by chance, and nobody answers for the programme.",
        satisfy: "A written offer to families on all wards, and a post that answers for it.",
    },
    Said {
        works: "The agreement with home care is in force, and both teams meet every week.",
        shines: "Unplanned admissions of patients at home are counted with the home team, and have become fewer.",
        begun: "A home care service visits patients in the town.",
        gap: "Patients beyond the town have no home care, and the agreement names no specialist to turn to.",
        satisfy: "An agreement that covers the whole district and names the specialist for each day.",
    },
    Said {
        works: "Respite is offered by written criteria, in the centre's own beds or with its partner.",
        shines: "Requests, offers and refusals are counted, and the partner has added beds because of the figures.",
        begun: "Places were found for some families.",
        gap: "There are no criteria and no agreement: whether a family gets a break depends on whom they know.",
        satisfy: "An agreement with a partner, criteria for the offer, and a count of requests over a year.",
    },
    Said {
        works: "There are single rooms, guidance for the last days, and trained staff on every shift.",
        shines: "Each death is looked back on with the ward, and the guidance was changed on what was learnt.",
        begun: "Guidance for the last days is in use on the palliative care ward.",
        gap: "On other wards the guidance is not known, and a single room is not always found.",
        satisfy: "Guidance in use on all wards where patients die, shown by an audit of 20 deaths.",
    },
    Said {
        works: "The centre takes part in studies with an approved protocol, and has published on them.",
        shines: "It leads a study across several centres, and patients have helped to plan it.",
        begun: "Case reports and a thesis were written in the last three years.",
        gap: "No study with an approved protocol was led or joined.",
        satisfy: "Taking part in one study with an approved protocol, with its number of patients.",
    },
    Said {
        works: "A dated programme brings both fields together, and trainees rotate through both services.",
        shines: "What was learnt is tested before and after, and the programme is open to other hospitals.",
        begun: "Lectures on palliative care are given to oncology staff.",
        gap: "There is no dated programme, and palliative care staff are taught nothing about oncology.",
        satisfy: "A programme with at least four dated sessions a year for each of the two fields.",
    },
];

const ABSENT: &str = "Nothing that patients can rely on today is described at this criterion.";

const AD_HOC: &str = "So far it rests on single people, without a written procedure.";

/// What is agreed on at a criterion, with its level.
pub fn on(criterion: u8, level: Level) -> anyhow::Result<Wording> {
    let said = criterion.checked_sub(1).and_then(|index| SAID.get(usize::from(index))).context("a criterion")?;
    let blank = String::new;
    let (strengths, gap, satisfy) = match level {
        Level::Absent => (blank(), ABSENT.to_owned(), said.satisfy.to_owned()),
        Level::AdHoc => (said.begun.to_owned(), format!("{AD_HOC} {}", said.gap), said.satisfy.to_owned()),
        Level::Partial => (said.begun.to_owned(), said.gap.to_owned(), said.satisfy.to_owned()),
        Level::Established => (said.works.to_owned(), blank(), blank()),
        Level::Exemplary => (format!("{} {}", said.works, said.shines), blank(), blank()),
    };
    Ok(Wording { level: Some(level), strengths, gap, satisfy })
}

/// The letter with an outcome: what the portal suggests, with a paragraph before its last one.
pub fn letter(cycle: &str, outcome: Outcome) -> anyhow::Result<String> {
    let usual = letter_to_begin_from(cycle);
    let (text, end) = usual.rsplit_once("\n\n").context("a letter ends with thanks")?;
    Ok(format!("{text}\n\n{}\n\n{end}", about(outcome)))
}

const fn about(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accredited => {
            "Oncology and palliative care work as one in your centre, and your figures show it. Please keep counting: the \
             renewal will look at the same figures again."
        }
        Outcome::AccreditedWithRecommendations => {
            "Your service is sound and well documented. At the criteria that are not met yet, what would satisfy is our \
             recommendation; please come back to each of them in your renewal."
        }
        Outcome::Deferred => {
            "Much of what you describe is planned well, and some of it works already. What is missing is in most places \
             the proof: figures with their counts, and an audit of recent cases."
        }
        Outcome::NotAccredited => {
            "Your service rests on the work of single people, whom we thank for it. The criteria below say what would have \
             to be in place, so that patients can rely on it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{consensus::open_at, criteria::COUNT, cycle::Rules, decision::letter_to_mend};
    use std::collections::BTreeSet;

    #[test]
    fn every_criterion_has_its_own_text_at_every_level_and_nothing_is_open_there() {
        let mut texts = BTreeSet::new();
        for criterion in 1..=COUNT {
            for level in Level::ALL {
                let wording = on(criterion, level).expect("a text");
                assert_eq!(open_at(&Rules::default(), criterion, &[], &wording), None, "{criterion} {level:?}");
                assert_eq!(wording.gap.is_empty(), level.answers_yes(), "{criterion} {level:?}");
                texts.insert(wording.texts().map(|(_, text)| text.to_owned()));
            }
        }
        assert_eq!(texts.len(), usize::from(COUNT) * Level::ALL.len());
        assert!(on(0, Level::Partial).is_err() && on(COUNT + 1, Level::Partial).is_err());
    }

    #[test]
    fn letters_differ_by_outcome_and_keep_what_the_portal_suggests() {
        let letters: BTreeSet<String> = Outcome::ALL.map(|o| letter("2026", o).expect("a letter")).into();
        assert_eq!(letters.len(), Outcome::ALL.len());
        for letter in letters {
            assert_eq!(letter_to_mend(&letter), None);
            assert!(letter.contains("cycle 2026") && letter.ends_with("Working Group"), "{letter}");
        }
    }
}
