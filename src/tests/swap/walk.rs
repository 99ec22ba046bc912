//! Walks through two worlds at the same pace and holds what somebody receives in one against the other.

use super::{
    super::{
        browser::Reply,
        routes::{Door, ROUTES},
    },
    world::World,
};
use axum::http::{StatusCode, header};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    io::{Cursor, Read},
};

/// Forms that would end the walk itself, with the reason.
pub const NOT_SENT: [(&str, &str); 2] =
    [("/sign-out", "ends the session that walks"), ("/account/sessions/end", "ends the sessions that walk")];

/// How many values of one name in braces are tried.
const MOST_VALUES: usize = 3;

/// How many addresses that differ only behind the question mark are asked.
const MOST_QUERIES: usize = 6;

/// What was compared.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// Who received something.
    pub viewers: BTreeSet<&'static str>,
    /// Parts of the story.
    pub chapters: BTreeSet<&'static str>,
    /// Routes that were asked, method and template.
    pub routes: BTreeSet<(&'static str, &'static str)>,
    /// Routes that have answered 200 to somebody, viewers or not.
    pub opened: BTreeSet<&'static str>,
    /// Answers that were compared.
    pub answers: usize,
    /// Those with status 200.
    pub whole: usize,
    /// Those that are files: not pages.
    pub files: usize,
    /// Letters that were compared.
    pub letters: usize,
    /// Bytes.
    pub bytes: usize,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} viewers x {} chapters x {} of {} routes: {} answers ({} with 200, {} files), {} letters, {} bytes",
            self.viewers.len(),
            self.chapters.len(),
            self.routes.len(),
            ROUTES.len(),
            self.answers,
            self.whole,
            self.files,
            self.letters,
            self.bytes,
        )
    }
}

impl Count {
    /// Adds what another walk has compared.
    pub fn add(&mut self, other: Self) {
        self.viewers.extend(other.viewers);
        self.chapters.extend(other.chapters);
        self.routes.extend(other.routes);
        self.opened.extend(other.opened);
        self.answers += other.answers;
        self.whole += other.whole;
        self.files += other.files;
        self.letters += other.letters;
        self.bytes += other.bytes;
    }
}

/// Two worlds, and what differs between them.
#[derive(Debug)]
pub struct Tour<'a> {
    /// What is compared, by whom it is received.
    pub viewers: &'a [&'static str],
    /// Whether nothing comes after this chapter.
    pub ends: bool,
    /// What was compared so far.
    pub count: Count,
    /// Where something differs.
    pub differences: Vec<String>,
}

/// The template of an address; where several fit, the one with the most words of its own.
pub fn template_of(path: &str) -> Option<&'static str> {
    let path: Vec<&str> = path.split(['?', '#']).next().unwrap_or_default().split('/').collect();
    let fitting = ROUTES.iter().filter(|(method, ..)| *method == "GET").map(|(_, template, _)| *template);
    let fitting = fitting.filter(|template| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t.starts_with('{') || t == p)
    });
    fitting.min_by_key(|template| template.matches('{').count())
}

/// Whether an address is worth asking: of the thirteen criteria two are enough, and styles are asked as a route.
fn worth_asking(path: &str) -> bool {
    let mut words = path.split(['/', '?', '#']);
    let criterion = words.by_ref().find(|word| *word == "criteria").and_then(|_| words.next());
    let other = criterion.is_some_and(|n| n.parse::<u8>().is_ok_and(|n| n != 1 && n != 3));
    path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/assets/") && !other
}

/// Where the links of a page lead.
pub fn links(reply: &Reply) -> Vec<String> {
    if !reply.header(header::CONTENT_TYPE).starts_with("text/html") {
        return Vec::new();
    }
    let page = reply.html();
    let forms = page.named("form").filter(|form| form.get("method").is_none_or(|m| m.eq_ignore_ascii_case("get")));
    let forms = forms.filter_map(|form| form.get("action"));
    let places = page.values("href").chain(forms).map(|href| href.split('#').next().unwrap_or_default().to_owned());
    places.filter(|place| worth_asking(place)).collect()
}

/// Everything somebody can find by following links, in the order in which it is found. `see` is called for each answer.
pub async fn crawl(
    world: &mut World,
    who: &'static str,
    mut see: impl AsyncFnMut(&mut World, &str, &Reply),
) -> BTreeSet<String> {
    let mut waiting: VecDeque<String> = ["/", "/home", "/reviews", "/working-group"].map(str::to_owned).into();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut queries: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        let reply = world.get(who, &path).await;
        see(world, &path, &reply).await;
        // Where a page leads on by itself, its visitor goes too.
        let led = reply.status.is_redirection().then(|| reply.went_to()).filter(|to| to.starts_with('/'));
        for link in links(&reply).into_iter().chain(led) {
            let known = queries.entry(link.split('?').next().unwrap_or_default().to_owned()).or_default();
            if *known < MOST_QUERIES && seen.insert(link.clone()) {
                *known += 1;
                waiting.push_back(link);
            }
        }
    }
    seen
}

/// The addresses of a route: each name in braces stands for some of its values in this world.
pub fn addresses(template: &str, values: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut all = vec![template.to_owned()];
    while let Some((start, end)) = all[0].find('{').and_then(|s| all[0][s..].find('}').map(|e| (s, s + e + 1))) {
        let name = all[0][start..end].to_owned();
        let nothing = vec!["0".repeat(32)];
        let of_name = values.get(&name).filter(|v| !v.is_empty()).unwrap_or(&nothing);
        all = all
            .iter()
            .flat_map(|path| of_name.iter().take(MOST_VALUES).map(|value| path.replacen(&name, value, 1)))
            .collect();
    }
    all.truncate(MOST_VALUES * MOST_VALUES);
    all
}

/// What an answer holds beside its bytes: the entries of an archive or of a spreadsheet, with their names and times.
pub fn unpacked(reply: &Reply) -> String {
    if !reply.body.starts_with(b"PK\x03\x04") {
        return String::new();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&reply.body)).expect("an archive");
    let mut all = String::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        let (name, time) = (entry.name().expect("a name").into_owned(), entry.last_modified());
        all += &format!("{name} {time:?}\n{}\n", String::from_utf8_lossy(&bytes));
    }
    all
}

/// An answer without what is drawn anew for each one, each found by its name: the nonce, the key of a session that begins,
/// the question to a passkey and the handle of a new one, and the reference of a request on the page of a problem.
pub fn received(reply: &Reply) -> String {
    let mut text = reply.bare();
    for (name, ends) in
        [("__Host-session=", ';'), ("and give the reference ", '.'), ("\"challenge\":\"", '"'), ("\"user\":{", '}')]
    {
        if let Some((before, after)) = text.split_once(name) {
            let rest = after.find(ends).map_or("", |end| &after[end..]);
            text = format!("{before}{name}DRAWN{rest}");
        }
    }
    text
}

/// The first lines that differ; that the length does too goes without saying.
fn difference(one: &str, other: &str) -> String {
    let (ones, others) = (one.replace('>', ">\n"), other.replace('>', ">\n"));
    let mut pairs = ones.lines().zip(others.lines());
    let (left, right) =
        pairs.find(|(a, b)| a != b && !a.starts_with("content-length")).unwrap_or(("(one is longer)", ""));
    format!("{left:.300}\n    {right:.300}")
}

impl<'a> Tour<'a> {
    /// Compares what these receive.
    pub fn of(viewers: &'a [&'static str]) -> Self {
        Self { viewers, ends: false, count: Count::default(), differences: Vec::new() }
    }

    fn compare(&mut self, who: &'static str, method: &'static str, path: &str, one: &Reply, other: &Reply) {
        assert!(!one.status.is_server_error(), "{method} {path} as {who}: {}", one.headline());
        let template = if method == "GET" { template_of(path) } else { None };
        if let Some(template) = template.filter(|_| one.status == StatusCode::OK) {
            self.count.opened.insert(template);
        }
        if !self.viewers.contains(&who) {
            return;
        }
        self.count.viewers.insert(who);
        self.count.routes.extend(template.map(|template| (method, template)));
        self.count.answers += 1;
        self.count.whole += usize::from(one.status == StatusCode::OK);
        let page = one.header(header::CONTENT_TYPE).starts_with("text/html");
        self.count.files += usize::from(one.status == StatusCode::OK && !page);
        self.count.bytes += one.body.len();
        let (one, other) = (received(one) + &unpacked(one), received(other) + &unpacked(other));
        if one != other {
            self.differences.push(format!("{who}: {method} {path}\n    {}\n", difference(&one, &other)));
        }
    }

    /// One part of the story: everything that can be found, by links or by knowing addresses, and every letter.
    pub async fn chapter(&mut self, name: &'static str, one: &mut World, other: &mut World) {
        self.count.chapters.insert(name);
        let before = self.differences.len();
        let values = one.values().await;
        assert_eq!(values, other.values().await, "{name}: the two worlds have other references");
        let mut all: BTreeSet<String> = BTreeSet::new();
        for (_, template, _) in ROUTES.iter().filter(|(method, _, door)| *method == "GET" && *door != Door::Demo) {
            all.extend(addresses(template, &values));
        }
        let mut seen: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for who in World::EVERYBODY {
            let mut replies = Vec::new();
            let found = crawl(one, who, async |_, path, reply| replies.push((path.to_owned(), reply.clone()))).await;
            for (path, reply) in replies {
                let twin = other.get(who, &path).await;
                self.compare(who, "GET", &path, &reply, &twin);
            }
            all.extend(found.iter().cloned());
            seen.insert(who, found);
        }
        for who in self.viewers.iter().copied() {
            for path in all.difference(&seen[who]) {
                let (reply, twin) = (one.get(who, path).await, other.get(who, path).await);
                self.compare(who, "GET", path, &reply, &twin);
            }
            self.forms(who, one, other, &values).await;
        }
        self.letters(one, other).await;
        for difference in &mut self.differences[before..] {
            *difference = format!("{name}, {difference}");
        }
    }

    /// Every form, sent empty to what does not exist and to what is somebody else's: refused alike, in both worlds.
    async fn forms(
        &mut self,
        who: &'static str,
        one: &mut World,
        other: &mut World,
        values: &BTreeMap<String, Vec<String>>,
    ) {
        let foreign = one.foreign(who, values);
        let nothing = BTreeMap::from([("{criterion}".to_owned(), vec!["3".to_owned()])]);
        for (method, template, _) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
            // What stands at no reference is the viewer's own: until the story ends, their settings stay as they are.
            if NOT_SENT.iter().any(|(path, _)| path == template) || !(self.ends || template.contains('{')) {
                continue;
            }
            self.count.routes.insert((method, template));
            let nowhere = addresses(template, &nothing).remove(0);
            let (unknown, twin) = (one.post(who, &nowhere).await, other.post(who, &nowhere).await);
            self.compare(who, "POST", &nowhere, &unknown, &twin);
            let Some(name) = ["{application}", "{review}"].into_iter().find(|name| template.contains(name)) else {
                continue;
            };
            for value in &foreign[name] {
                let path = template.replace(name, value);
                let path = addresses(&path, values).remove(0);
                let (reply, twin) = (one.post(who, &path).await, other.post(who, &path).await);
                self.compare(who, "POST", &path, &reply, &twin);
                if received(&reply) != received(&unknown) {
                    self.differences.push(format!("{who}: POST {path} is not answered like POST {nowhere}\n"));
                }
            }
        }
    }

    /// Every letter that these have received so far, with its headers.
    async fn letters(&mut self, one: &mut World, other: &mut World) {
        let (ones, others) = (one.letters().await, other.letters().await);
        for who in self.viewers {
            let (received, twins) = (ones.get(who), others.get(who));
            self.count.letters += received.map_or(0, Vec::len);
            if received != twins {
                let all = |letters: Option<&Vec<String>>| letters.map_or_else(String::new, |l| l.concat());
                let told = difference(&all(received), &all(twins));
                self.differences.push(format!("{who}: letters\n    {told}\n"));
            }
        }
    }
}
