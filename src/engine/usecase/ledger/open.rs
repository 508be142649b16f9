//! What every use case that posts to the ledger works with: the database, the clock, the programme and its rules.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock, RwLock};

use laurel_domain::look::Look;
use laurel_domain::program::{Basis, Programme};
use laurel_domain::rules::rule_set::Rulebook;

use crate::clock::Clock;
use crate::store::ledger::events;
use crate::store::programme::{self, Progress};
use crate::store::{Db, StoreError, Tx};
use crate::usecase::lab::Memory;
use crate::usecase::lab::live::Live;
use crate::usecase::mail::Postman;
use crate::usecase::programme::totals;

/// A programme that is open for business. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Ledger {
    pub db: Db,
    pub clock: Clock,
    /// What of the programme never changes.
    pub programme: Arc<Basis>,
    /// The programme as it was read last; another server may have changed its settings since.
    settings: Arc<RwLock<Arc<Programme>>>,
    /// How it looks, likewise.
    look: Arc<RwLock<Look>>,
    /// The versions known so far; another server may have published or withdrawn one since, so each transaction asks.
    rulebook: Arc<RwLock<(Progress, Arc<Rulebook>)>>,
    /// The numbers of sources known so far; once given, none changes.
    sources: Arc<RwLock<Arc<HashMap<String, i32>>>>,
    /// The history as the lab keeps it; nothing until it is allowed to take memory.
    pub memory: Arc<Memory>,
    /// The members that estimates go by.
    pub(in crate::usecase) live: Arc<Live>,
    /// Who takes e-mails to people; without anybody none are written.
    postman: Arc<OnceLock<Arc<dyn Postman>>>,
}

impl Ledger {
    /// The same programme by another clock: history that is made up happens when it is said to.
    pub fn at(&self, clock: Clock) -> Ledger {
        Ledger { clock, ..self.clone() }
    }

    /// Opens the programme of a database; `None` if none has been made.
    pub async fn open(db: Db, clock: Clock) -> Result<Option<Ledger>, StoreError> {
        let Some(programme) = programme::find(&mut db.reader().await?).await? else {
            return Ok(None);
        };
        let progress = programme::progress(&mut db.reader().await?).await?;
        let basis = Arc::new(programme.basis());
        let rulebook = programme::rulebook(&mut db.reader().await?, &basis).await?;
        let rulebook = Arc::new(RwLock::new((progress, Arc::new(rulebook))));
        let settings = Arc::new(RwLock::new(Arc::new(programme)));
        let look = Arc::new(RwLock::new(programme::look(&mut db.reader().await?).await?));
        let (sources, memory, live, postman) = Default::default();
        let ledger = Ledger { db, clock, programme: basis, settings, look, rulebook, sources, memory, live, postman };
        totals::ensure(&ledger).await?;
        Ok(Some(ledger))
    }

    /// From now on e-mails are written, and taken to people by this postman. The first one stays.
    pub fn mail_by(&self, postman: Arc<dyn Postman>) {
        let _ = self.postman.set(postman);
    }

    pub(in crate::usecase) fn postman(&self) -> Option<&Arc<dyn Postman>> {
        self.postman.get()
    }

    /// Whether this programme sends e-mails, as far as this process knows.
    pub fn sends_mail(&self) -> bool {
        self.postman.get().is_some()
    }

    /// The same ledger, read by connections for what takes long.
    pub fn for_reports(&self) -> Ledger {
        Ledger { db: self.db.for_reports(), ..self.clone() }
    }

    /// The same ledger, written through a connection of its own.
    pub(super) fn written_apart(&self) -> Ledger {
        Ledger { db: self.db.written_apart(), ..self.clone() }
    }

    /// The programme with its settings. A server reads them every few seconds, so that what was changed elsewhere holds soon.
    pub fn settings(&self) -> Arc<Programme> {
        self.settings.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Notes the programme as it was read anew. Whether this ledger can go on with it: not with another currency or time zone.
    pub fn learn(&self, programme: Programme) -> bool {
        let goes_on = programme.basis() == *self.programme;
        if goes_on && programme != *self.settings() {
            tracing::info!("the programme has other settings");
            *self.settings.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(programme);
        }
        goes_on
    }

    /// How the programme looks, as it was read last.
    pub fn look(&self) -> Look {
        *self.look.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Notes the look as it was read anew.
    pub fn learn_look(&self, look: Look) {
        *self.look.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = look;
    }

    /// The rules as of this moment, for reading.
    pub async fn rulebook(&self) -> Result<Arc<Rulebook>, StoreError> {
        self.renewed(&mut self.db.reader().await?).await
    }

    /// The rules as of this snapshot.
    pub(super) async fn rulebook_of(&self, tx: &mut Tx) -> Result<Arc<Rulebook>, StoreError> {
        self.renewed(tx).await
    }

    /// The rules as of this transaction, which nobody changes until it ends.
    pub async fn rulebook_in(&self, tx: &mut Tx) -> Result<Arc<Rulebook>, StoreError> {
        programme::share_rules(tx).await?;
        self.renewed(tx).await
    }

    /// The numbers of sources, these among them; unknown ones get one. In the order of their names, as everybody makes new ones.
    pub(super) async fn sources(&self, tx: &mut Tx, names: &BTreeSet<&str>) -> Result<Arc<HashMap<String, i32>>, StoreError> {
        let known = self.sources.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        if names.iter().all(|name| known.contains_key(*name)) {
            return Ok(known);
        }
        let known = Arc::new(events::sources(tx).await?);
        let new: Vec<&str> = names.iter().copied().filter(|name| !known.contains_key(*name)).collect();
        if !new.is_empty() {
            events::number_sources(tx, &new).await?;
            // known to this transaction alone until it is committed
            return Ok(Arc::new(events::sources(tx).await?));
        }
        *self.sources.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = known.clone();
        Ok(known)
    }

    async fn renewed(&self, db: &mut Tx) -> Result<Arc<Rulebook>, StoreError> {
        let progress = programme::progress(db).await?;
        self.rulebook_as_of(db, progress).await
    }

    /// The rules as far as they had come. That is asked before the versions are read: what changes in between is noticed the next time.
    pub(super) async fn rulebook_as_of(&self, db: &mut Tx, progress: Progress) -> Result<Arc<Rulebook>, StoreError> {
        let (as_of, known) = self.rulebook.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        if as_of == progress {
            return Ok(known);
        }
        let renewed = Arc::new(programme::rulebook(db, &self.programme).await?);
        *self.rulebook.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = (progress, renewed.clone());
        Ok(renewed)
    }
}
