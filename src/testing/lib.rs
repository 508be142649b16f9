//! What the stories of all crates need: a throw-away database of each kind, a programme on it, people and payment systems.
//! Tests alone use it, so it panics where something is not as a test has it.

pub mod database;
pub mod invitations;
pub mod people;
pub mod programme;
pub mod rewards;
pub mod tamper;

/// Each `async fn a_sentence(db: Db) { … }` becomes a test in `sqlite` and one in `postgres`, on an empty, migrated database.
#[macro_export]
macro_rules! stories {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: Db) $story:block)*) => {
        $($(#[$attribute])* async fn $name($db: laurel_engine::store::Db) $story)*

        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::database::Throwaway::sqlite().await.tell(super::$name).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::database::Throwaway::postgres().await.tell(super::$name).await;
                }
            )*
        }
    };
}
