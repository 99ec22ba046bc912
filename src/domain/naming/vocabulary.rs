//! Words that name nobody.

use std::{collections::HashSet, sync::LazyLock};

/// A set of words, made when it is first asked for.
type Words = LazyLock<HashSet<&'static str>>;

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

/// Whether a word is so common that it names somebody only in the full form of a name.
pub fn common(word: &str) -> bool {
    generic(word) || TITLES.contains(word) || PLAIN.contains(word)
}

/// Whether a word says what kind of institution something is, or is a small word inside of names.
pub fn generic(word: &str) -> bool {
    SMALL.contains(word) || kind(word)
}

/// Whether a word says what kind of institution something is, not which one.
pub fn kind(word: &str) -> bool {
    KINDS.contains(word)
}

/// Small words inside of names.
pub static SMALL: Words = LazyLock::new(|| {
    set(
        "of the and for in at de del della der des di do da du den det la le les los und et y e i og och van von ten st",
    )
});

/// What stands before a name.
pub static TITLES: Words = LazyLock::new(|| set("dr prof professor mr mrs ms miss doctor mx"));

/// Mail providers that everybody uses: their domain tells nothing.
pub static PROVIDERS: Words = LazyLock::new(|| {
    set("gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com gmx.net gmx.de web.de \
    proton.me protonmail.com mail.com aol.com t-online.de")
});

/// Abbreviations of the field, which are no institution's initials.
pub static ABBREVIATIONS: Words = LazyLock::new(|| {
    set("ESMO EAPC WHO ASCO MDT MDM PCOI PCU ICU QOL EHR EMR GP PRO PROM ESAS ECOG ICD NCI PCT SPC CNS CCC DNR")
});

/// Kinds of institutions and what stands beside them.
static KINDS: Words = LazyLock::new(|| {
    set("hospital hospitals centre center centres centers clinic clinics clinical institute institution university \
    universities college school faculty department division unit ward service services trust foundation society \
    association network group board ministry health healthcare medical medicine cancer oncology oncological \
    haematology hematology radiotherapy surgery surgical palliative supportive care hospice home house research \
    education teaching training integrated comprehensive national international regional general central community \
    public private district county city municipal state royal memorial saint sacred holy north south east west \
    northern southern eastern western upper lower new old great first second third designated hopital clinique \
    centro ospedale klinik klinikum krankenhaus universitat universitatsklinikum universite universita universidad \
    universitets sygehus sjukhus sykehus ziekenhuis spital szpital istituto instituto institut")
});

/// Common words that are names of people or towns too.
static PLAIN: Words = LazyLock::new(|| {
    set("about above absent adams after alba amber angel annual annually april archer armour army art assessment \
    assessments august autumn available baker ball bank banks barber baron bath beach bean bear beck before bell \
    below bereavement best between bill bird bishop black blood bloom blue bolt bond bone book booth bowl bowman \
    brand bridge bridges bright brook brooks brown buck burns bush butcher butler cain camp card carer carers \
    carpenter carter case chamber chambers chance change chaplain chapman charity chase child church clay clean \
    close coach cole cook cooper cork corner could counter course criteria criterion cross crow cure current \
    currently daily dale danish dawn dean dear death december derby doctors document documents door drew duke \
    during dutch early eden edge english essen established europe european even ever evidence exemplary fair faith \
    fall families family farmer february field fields fine finnish fire fish fisher flint flood flower flowers \
    foot ford forest foster fountain fox france frank free freed french friday friend frost further gale gap \
    garden gardner gene german gift glass gold golden good goodman grace grant gray greek green grey grove guide \
    guy hall hand hands harm hart head heart hill holder holland hood hope horn hunt hunter ideal inpatient \
    inpatients integration iris italian ivy jack january jordan joy judge july june just kind king knight lake \
    lamb lance lane large law lead leader leaders lens level levels light lily little long love major mann march \
    mark marked marker marks marsh mason mass masters max may mead meeting meetings member members mercy mill \
    miller mills mini minutes monday monthly moon moore moss nice noble norwegian novel november number numbers \
    nurse nurses october oncologist other others outpatient outpatients page pain paine palm panel park parked \
    parks partial patience patient patients peace pearl penny people person physician physicians pike pink piper \
    place please pole policies policy polish pope porter portuguese potter pound power price pride prince process \
    processes program programme protocol protocols proud quality quick ray reading recommendation recommendations \
    reed referral referrals regular regularly review reviewer reviewers reviews rice rich ring rivers roman rose \
    rush sage sand saturday screening section sections september sharp short should silver since singer skinner \
    small smart smith snow social sommer song spanish sparks speaker spear spring staff standard standards star \
    steel stone storm strange street strength strengths strong summer sunday support supports swan swedish sweet \
    symptom symptoms talked taylor team teams temple their there these those thursday tours town tuesday turkish \
    turned turner under vale violet vision volunteer volunteers walked walker wall waters weakness weaknesses \
    weaver webb wednesday weekly weeks well wells wheeler where which while white wilde will winter wise within \
    without wolf wood woods worker workers working would wright written yearly young")
});
