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
    /// In a name, e-mail address, phone number or external id, wherever it stands and however it is written.
    pub text: Option<String>,
    pub tier: Option<TierRank>,
    pub status: Option<Status>,
    /// Only members who came before this one: the last of the page before.
    pub before: Option<MemberId>,
    pub most: i64,
}

// whoever has one of these in their text is found by id order, newest first; a substring needs no index that could serve it
const LIST: &str = concat!(
    "select ",
    columns!(),
    " from members m
where ($1 = '' or lower(m.name) like $1 escape '\\' or lower(m.email) like $1 escape '\\' or m.phone like $1 escape '\\'
    or lower(m.external_id) like $1 escape '\\')
and ($2 < 0 or m.tier = $2) and ($3 < 0 or m.status = $3) and m.id < $4
order by m.id desc limit $5"
);

/// The newest first.
pub async fn list(db: &mut Tx, filter: &Filter) -> Result<Vec<Member>, StoreError> {
    let before = filter.before.map_or(Uuid::max(), MemberId::uuid);
    let mut attempt = 1;
    loop {
        let rows: Vec<MemberRow> = on!(db, conn => sqlx::query_as(LIST)
            .bind(filter.text.as_deref().map(pattern).unwrap_or_default())
            .bind(filter.tier.map_or(-1, |tier| i32::from(tier.get())))
            .bind(filter.status.map_or(-1, |status| status as i32))
            .bind(before).bind(filter.most.clamp(1, 500))
            .fetch_all(conn).await?);
        let found = complete(db, rows).await?;
        if is_steady(db, &found).await? || attempt == ATTEMPTS {
            return Ok(found);
        }
        attempt += 1;
    }
}

/// Anywhere in the text; what `like` takes for wildcards is meant as it stands.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.trim().chars().flat_map(char::to_lowercase) {
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
        assert_eq!(pattern(" 50%_A\\ "), "%50\\%\\_a\\\\%");
    }
}
