//! Files that are imported: by the command line, and by the console.

mod command_line;
mod files;
mod members_and_codes;
mod tidying;

use laurel_domain::ids::ImportId;
use laurel_domain::text::Source;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::usecase::imports::{self, Import, Target, Upload, UploadError};
use laurel_engine::usecase::ledger::Ledger;

use laurel_testing::people::employed;

fn events() -> Target {
    Target::Events { source: Source::new("shop").unwrap(), enrol: true }
}

/// Somebody of the staff with this role.
async fn staff(ledger: &Ledger, role: Role) -> Authority {
    employed(&ledger.db, &Auth::default(), &format!("{}@example.com", role.as_str()), role).await
}

/// Uploads a file, in pieces as a browser sends them.
async fn upload(ledger: &Ledger, by: Authority, target: Target, file: &str) -> Result<ImportId, UploadError> {
    let mut upload = Upload::begin(ledger, by, "C:\\files\\file.csv", target).await?;
    for piece in file.as_bytes().chunks(700_001) {
        if let Err(error) = upload.add(piece).await {
            upload.abandon().await.unwrap();
            return Err(error);
        }
    }
    match upload.finish().await {
        Ok(id) => Ok(id),
        Err(error) => {
            upload.abandon().await.unwrap();
            Err(error)
        }
    }
}

async fn found(ledger: &Ledger, id: ImportId) -> Import {
    imports::find(ledger, Authority::command_line(), id).await.unwrap().0
}

async fn has_file(ledger: &Ledger, id: ImportId) -> bool {
    imports::find(ledger, Authority::command_line(), id).await.unwrap().1
}

/// Uploads, starts and runs it.
async fn import(ledger: &Ledger, target: Target, file: &str) -> Import {
    let by = Authority::command_line();
    let id = upload(ledger, by, target, file).await.unwrap();
    imports::start(ledger, by, id).await.unwrap();
    assert_eq!(imports::work(ledger).await.unwrap(), 1);
    found(ledger, id).await
}
