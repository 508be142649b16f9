//! A postman who keeps what he is given, or says why he does not take it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::{Letter, Postman, Undelivered};

#[derive(Debug, Default)]
pub(crate) struct Keeper {
    taken: Mutex<Vec<Letter>>,
    /// What he says to the next letters.
    refusals: Mutex<VecDeque<Undelivered>>,
}

impl Keeper {
    /// For this programme from now on.
    pub(crate) fn of(ledger: &Ledger) -> Arc<Keeper> {
        let keeper = Arc::new(Keeper::default());
        ledger.mail_by(keeper.clone());
        keeper
    }

    pub(crate) fn refuses(&self, times: usize, why: &Undelivered) {
        self.refusals.lock().unwrap().extend(std::iter::repeat_n(why.clone(), times));
    }

    /// All letters since the last time.
    pub(crate) fn taken(&self) -> Vec<Letter> {
        std::mem::take(&mut self.taken.lock().unwrap())
    }
}

impl Postman for Keeper {
    fn send<'a>(&'a self, _: &'a Ledger, letter: &'a Letter) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            match self.refusals.lock().unwrap().pop_front() {
                Some(refusal) => Err(refusal),
                None => {
                    self.taken.lock().unwrap().push(letter.clone());
                    Ok(())
                }
            }
        })
    }
}
