//! Argon2id, away from the threads that answer requests, and only so many at once: each takes 19 MiB and tens of milliseconds.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use tokio::sync::Semaphore;

use super::Password;
use crate::random;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const PATIENCE: Duration = Duration::from_secs(5);

/// Compared with when there is no such account, so that its absence takes as long as its presence.
static DECOY: LazyLock<String> = LazyLock::new(|| hash_now(&random::bytes::<32>()).unwrap_or_default());

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HashingError {
    #[error("too many passwords are waiting to be looked at")]
    Busy,
    #[error("a password could not be hashed")]
    Failed,
}

/// Hashes and compares passwords on a bounded pool.
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    /// As many at once as there are processors.
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Passwords {
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)) }
    }

    /// What to store of a new password.
    ///
    /// # Errors
    /// `Busy` when too many are waiting.
    pub async fn hash(&self, password: Password) -> Result<String, HashingError> {
        self.run(move || hash_now(password.as_bytes())).await?.map_err(|_| HashingError::Failed)
    }

    /// Whether this is the password that was stored. Takes as long when nothing is stored or nothing that fits was typed.
    ///
    /// # Errors
    /// `Busy` when too many are waiting.
    pub async fn verify(&self, password: Option<Password>, stored: Option<String>) -> Result<bool, HashingError> {
        self.run(move || {
            let comparable = password.is_some() && stored.is_some();
            let stored = stored.unwrap_or_else(|| DECOY.clone());
            let typed = password.as_ref().map_or(&b"decoy"[..], |password| password.as_bytes());
            let matches = PasswordHash::new(&stored).is_ok_and(|stored| argon2().verify_password(typed, &stored).is_ok());
            comparable && matches
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashingError> {
        let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| HashingError::Busy)?.map_err(|_| HashingError::Failed)?;
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        work.await.map_err(|_| HashingError::Failed)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(&random::bytes::<16>())?;
    Ok(argon2().hash_password(password, &salt)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_its_hash() {
        let passwords = Passwords::default();
        let right = Password::presented("correct horse").unwrap();
        let stored = passwords.hash(right.clone()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify(Some(right.clone()), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify(Password::presented("wrong horse"), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify(None, Some(stored)).await.unwrap());
        assert!(!passwords.verify(Some(right), None).await.unwrap());
    }
}
