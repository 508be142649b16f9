//! What stories need: a throw-away database of each kind.

pub mod console;
pub mod database;
pub mod programme;
pub mod site;
pub mod api;
pub mod described;
pub mod people;
pub mod invitations;
pub mod portal;
pub mod tamper;
pub mod rewards;

/// Each `async fn a_sentence(db: Db) { … }` becomes a test in `sqlite` and one in `postgres`, on an empty, migrated database.
macro_rules! stories {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: Db) $story:block)*) => {
        $($(#[$attribute])* async fn $name($db: laurel::server::store::Db) $story)*

        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::support::database::Throwaway::sqlite().await.tell(super::$name).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    $crate::support::database::Throwaway::postgres().await.tell(super::$name).await;
                }
            )*
        }
    };
}
