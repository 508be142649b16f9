//! The list of members as the console searches it.

use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::rules::tier::TierRank;
use uuid::Uuid;

use crate::server::store::members::member::{ATTEMPTS, Member, MemberRow, columns, complete, is_steady};
use crate::server::store::{StoreError, Tx, on};

/// Which members to list; what is none restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A name, e-mail address, phone number, external id or member id, or a part of one, however it is written.
    pub text: Option<String>,
    pub tier: Option<TierRank>,
    pub status: Option<Status>,
    /// Only members who came before this one: the last of the page before.
    pub before: Option<MemberId>,
    pub most: i64,
}

/// One way to look for members. All but the last go by an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    Everybody,
    /// By the whole phone number, as it is kept.
    Phone(String),
    /// By how their external id begins.
    External(String),
    /// By how their id begins: the first and the last id that do.
    Id(Uuid, Uuid),
    /// Wherever it stands in a name, e-mail address, phone number or external id. Looks at everybody.
    Anywhere(Text),
}

/// What is looked for anywhere, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// In lower case, for e-mail addresses and external ids.
    pub plain: String,
    /// Without white space, too, for names.
    pub name: String,
    /// Its digits, if it can be a part of a phone number.
    pub digits: Option<String>,
}

macro_rules! list {
    ($($condition:literal)*) => {
        concat!(
            "select ",
            columns!(),
            " from members m where ($1 < 0 or m.tier = $1) and ($2 < 0 or m.status = $2) ",
            $($condition,)*
            " order by m.id desc limit $4"
        )
    };
}

const EVERYBODY: &str = list!("and m.id < $3");
// on SQLite the plus keeps the order by id from being taken for the better index
const BY_PHONE_SQLITE: &str = list!("and +m.id < $3 and m.phone = $5");
const BY_PHONE_POSTGRES: &str = list!("and m.id < $3 and m.phone = $5");
const BY_EXTERNAL_SQLITE: &str = list!("and +m.id < $3 and m.external_id >= $5 and m.external_id < $6");
const BY_EXTERNAL_POSTGRES: &str = list!("and m.id < $3 and m.external_id ~>=~ $5 and m.external_id ~<~ $6");
const BY_ID: &str = list!("and m.id < $3 and m.id >= $5 and m.id <= $6");
const ANYWHERE: &str = list!(
    "and m.id < $3 and (lower(m.email) like $5 escape '\\' or lower(m.external_id) like $5 escape '\\'
    or replace(replace(lower(m.name), ' ', ''), '　', '') like $6 escape '\\' or m.phone like $7)"
);

/// The newest first.
pub async fn list(db: &mut Tx, filter: &Filter, find: &Find) -> Result<Vec<Member>, StoreError> {
    let mut attempt = 1;
    loop {
        let rows = rows(db, filter, find).await?;
        let found = complete(db, rows).await?;
        if is_steady(db, &found).await? || attempt == ATTEMPTS {
            return Ok(found);
        }
        attempt += 1;
    }
}

async fn rows(db: &mut Tx, filter: &Filter, find: &Find) -> Result<Vec<MemberRow>, StoreError> {
    let sql = match find {
        Find::Everybody => EVERYBODY,
        Find::Phone(_) => db.pick(BY_PHONE_SQLITE, BY_PHONE_POSTGRES),
        Find::External(_) => db.pick(BY_EXTERNAL_SQLITE, BY_EXTERNAL_POSTGRES),
        Find::Id(..) => BY_ID,
        Find::Anywhere(_) => ANYWHERE,
    };
    let before = filter.before.map_or(Uuid::max(), MemberId::uuid);
    Ok(on!(db, conn => {
        let query = sqlx::query_as(sql)
            .bind(filter.tier.map_or(-1, |tier| i32::from(tier.get())))
            .bind(filter.status.map_or(-1, |status| status as i32))
            .bind(before)
            .bind(filter.most.clamp(1, 500));
        let query = match find {
            Find::Everybody => query,
            Find::Phone(phone) => query.bind(phone),
            Find::External(prefix) => query.bind(prefix).bind(format!("{prefix}{}", char::MAX)),
            Find::Id(first, last) => query.bind(first).bind(last),
            Find::Anywhere(text) => {
                let digits = text.digits.as_deref().map(pattern).unwrap_or_default();
                query.bind(pattern(&text.plain)).bind(pattern(&text.name)).bind(digits)
            }
        };
        query.fetch_all(conn).await?
    }))
}

/// Anywhere in the text; what `like` takes for wildcards is meant as it stands.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_meant_as_they_stand() {
        assert_eq!(pattern("50%_a\\"), "%50\\%\\_a\\\\%");
    }
}
