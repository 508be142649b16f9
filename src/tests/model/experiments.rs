//! What the model knows of versions: publications, and experiments with their groups.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::deeds::Trial;
use super::sheet::{Book, Version};
use super::world::World;

/// Two rule sets side by side. Its versions stand one after the other: the variant's, and the one that ends it.
pub struct Experiment {
    /// As the database calls it; nobody is in a group before that is known.
    pub id: Option<[u8; 16]>,
    /// Of the variant group, in hundredths of a percent.
    share: u64,
    variant: usize,
    end: usize,
    is_ended: bool,
}

impl World {
    /// What holds for a member.
    pub fn book_of(&self, member: usize) -> Book {
        let variant_of = (0..self.experiments.len()).filter(|one| self.is_variant(*one, member)).collect();
        Book { variant_of, ..self.book.clone() }
    }

    /// By the first eight bytes of SHA-256 of the experiment's id and the member's.
    fn is_variant(&self, experiment: usize, member: usize) -> bool {
        let Experiment { id, share, .. } = &self.experiments[experiment];
        let Some((experiment, member)) = id.zip(self.ids[member]) else { return false };
        let digest = Sha256::digest([experiment, member].concat());
        let number = u64::from_be_bytes(digest[..8].try_into().unwrap());
        number % 10_000 < *share
    }

    /// The experiment that is still to begin or goes on.
    fn on(&self, now: Timestamp) -> Option<&Experiment> {
        self.experiments.last().filter(|last| {
            let is_end_latest = self.book.versions.iter().rposition(|version| !version.withdrawn) == Some(last.end - 1);
            is_end_latest && self.book.versions[last.end - 1].from > now
        })
    }

    /// The latest version that stands.
    fn latest(&self) -> &Version {
        self.book.versions.iter().rfind(|version| !version.withdrawn).unwrap()
    }

    /// The last moment that anything was posted with, or occurred ahead of its posting.
    fn posted(&self) -> Option<Timestamp> {
        let accounts = || self.people.iter().flatten().map(|person| &person.accounts.ledger);
        let ahead = accounts().flat_map(|account| &account.lines).filter(|line| line.occurred_at > line.instant);
        accounts().filter_map(|account| account.last).chain(ahead.map(|line| line.occurred_at)).max()
    }

    /// What keeps a version from being put in force now.
    fn refusal(&self, version: &Version, now: Timestamp) -> Option<&'static str> {
        let latest = self.latest();
        match () {
            () if self.on(now).is_some() => Some("experiment_runs"),
            () if latest.from > now => Some("already_scheduled"),
            () if latest.sheet == version.sheet => Some("nothing_changed"),
            () => None,
        }
    }

    /// After the version before and after all that was posted.
    fn put(&mut self, version: Version) -> Timestamp {
        let (latest, posted) = (self.latest().from, self.posted());
        let before = posted.map_or(latest, |posted| posted.max(latest));
        let from = version.from.max(before + SignedDuration::from_micros(1));
        self.book.versions.push(Version { from, ..version });
        from
    }

    pub(super) fn publish(&mut self, version: Version, now: Timestamp) -> String {
        if let Some(code) = self.refusal(&version, now) {
            return code.into();
        }
        let from = self.put(version);
        format!("version {} from {from}", self.book.versions.len())
    }

    pub(super) fn start(&mut self, trial: &Trial, now: Timestamp) -> String {
        let version = Version::new(trial.at.unwrap_or(now), (*trial.sheet).clone());
        if let Some(code) = self.refusal(&version, now) {
            return code.into();
        }
        let everybodys = self.latest().sheet.clone();
        let (only_for, keeps_until) = (Some(self.experiments.len()), trial.keeps_until);
        let from = self.put(Version { only_for, keeps_until, ..version });
        self.book.versions.push(Version::new(trial.until, everybodys));
        let end = self.book.versions.len();
        self.experiments.push(Experiment { id: None, share: u64::from(trial.variant), variant: end - 1, end, is_ended: false });
        format!("version {} from {from} until {}", end - 1, trial.until)
    }

    /// Ends the experiment that was started last.
    pub(super) fn end(&mut self, adopt: bool, keeps_until: Option<Timestamp>, now: Timestamp) -> String {
        let on = self.on(now).filter(|on| !on.is_ended);
        let Some(&Experiment { variant, end, .. }) = on else { return "experiment_over".into() };
        let posted = self.posted();
        let (begins, ends) = (self.book.versions[variant - 1].from, self.book.versions[end - 1].from);
        let has_posted = |from: Timestamp| posted.is_some_and(|posted| posted >= from);
        if has_posted(ends) {
            return "experiment_over".into();
        }
        if begins > now && !has_posted(begins) {
            if adopt {
                return "experiment_ahead".into();
            }
            [variant, end].into_iter().for_each(|number| self.book.versions[number - 1].withdrawn = true);
            return "withdrawn".into();
        }
        let sheet = self.book.sheet(if adopt { variant } else { end }).clone();
        self.book.versions[end - 1].withdrawn = true;
        let from = self.put(Version { keeps_until, ..Version::new(now, sheet) });
        let last = self.book.versions.len();
        let ended = self.experiments.last_mut().unwrap();
        (ended.end, ended.is_ended) = (last, true);
        format!("version {last} from {from}")
    }

    /// Whether ending the last experiment can take a tier from somebody.
    pub fn ending_rates_otherwise(&self) -> bool {
        self.experiments.last().is_some_and(|Experiment { variant, end, .. }| {
            self.book.sheet(*variant).rates_otherwise_than(self.book.sheet(*end))
        })
    }

    /// Whether a sheet can take a tier from somebody who has that of the version before.
    pub fn rates_otherwise(&self, sheet: &super::sheet::Sheet) -> bool {
        sheet.rates_otherwise_than(&self.latest().sheet)
    }
}
