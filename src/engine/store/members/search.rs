//! The list of members as the console searches it. Newest first, which is by number.

use std::collections::BTreeSet;

use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::rules::tier::TierRank;
use uuid::Uuid;

use crate::store::members::member::{ATTEMPTS, Member, MemberRow, columns, complete, is_steady};
use crate::store::{StoreError, Tx, on};

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

/// One way to look for members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    Everybody,
    /// By the whole phone number, as it is kept.
    Phone(String),
    /// By how their external id begins.
    External(String),
    /// By how their id begins: the first and the last id that do.
    Id(Uuid, Uuid),
    /// Wherever it stands in a name, e-mail address, phone number or external id.
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
    ($from:literal, $($condition:literal)*) => {
        concat!("select ", columns!(), $from, $($condition,)* " order by m.no desc limit $2")
    };
}

/// Without a text.
macro_rules! everybody {
    ($($condition:literal)?) => { list!(" from members m where m.no < $1", $($condition)?) };
}

const EVERYBODY: &str = everybody!();
const OF_TIER: &str = everybody!(" and m.tier = $3");
const OF_STATUS: &str = everybody!(" and m.status = $3");
// most are active; of those who are not there are few
const OF_TIER_ACTIVE: &str = everybody!(" and m.tier = $3 and +m.status = 0");
const OF_TIER_AND_STATUS: &str = everybody!(" and +m.tier = $3 and m.status = $4");

/// With a text; the filters look through what it finds.
macro_rules! found {
    ($from:literal, $condition:literal) => {
        list!($from, "($3 < 0 or m.tier = $3) and ($4 < 0 or m.status = $4) and " $condition)
    };
}

/// What many have is found among the newest already: an index would bring all who have it only to drop nearly all of them.
macro_rules! among_newest {
    ($condition:literal) => {
        found!(" from (select * from members where no < $1 order by no desc limit 4000) m where ", $condition)
    };
}

/// What few have is found by an index. (On SQLite the plus keeps the order from being taken for a better one.)
macro_rules! by_index {
    ($condition:literal) => {
        found!(" from members m where +m.no < $1 and ", $condition)
    };
}

const BY_PHONE: &str = by_index!("m.phone = $5");

const EXTERNAL_NEWEST_SQLITE: &str = among_newest!("m.external_id >= $5 and m.external_id < $6");
const EXTERNAL_NEWEST_POSTGRES: &str = among_newest!("m.external_id ~>=~ $5 and m.external_id ~<~ $6");
const EXTERNAL_SQLITE: &str = by_index!("m.external_id >= $5 and m.external_id < $6");
const EXTERNAL_POSTGRES: &str = by_index!("m.external_id ~>=~ $5 and m.external_id ~<~ $6");

const ID_NEWEST: &str = among_newest!("m.id >= $5 and m.id <= $6");
const ID: &str = by_index!("m.id >= $5 and m.id <= $6");

macro_rules! has_text {
    () => {
        "(lower(m.email) like $5 escape '\\' or lower(m.external_id) like $5 escape '\\'
    or replace(replace(lower(m.name), ' ', ''), '　', '') like $6 escape '\\' or m.phone like $7)"
    };
}

const ANYWHERE_NEWEST: &str = concat!(
    "select ",
    columns!(),
    " from (select * from members where no < $1 order by no desc limit 4000) m
where ($3 < 0 or m.tier = $3) and ($4 < 0 or m.status = $4) and ",
    has_text!(),
    " order by m.no desc limit $2"
);
const ANYWHERE_SQLITE: &str = concat!(
    "select ",
    columns!(),
    " from members m where m.no in (select rowid from member_search where member_search match $8
    union select doc from member_search_groups where term >= $9 and term <= $10)
and +m.no < $1 and ($3 < 0 or m.tier = $3) and ($4 < 0 or m.status = $4) and ",
    has_text!(),
    " order by m.no desc limit $2"
);
const ANYWHERE_POSTGRES: &str = concat!(
    "select ",
    columns!(),
    " from members m where m.no in (select s.no from member_search s where s.groups @@ cast($8 as text)::tsquery)
and m.no < $1 and ($3 < 0 or m.tier = $3) and ($4 < 0 or m.status = $4) and ",
    has_text!(),
    " order by m.no desc limit $2"
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

const NUMBER: &str = "select no from members where id = $1";

/// The number that a page ended with. Whoever came before has a lower one.
async fn before(db: &mut Tx, filter: &Filter) -> Result<i64, StoreError> {
    let Some(id) = filter.before else { return Ok(i64::MAX) };
    let no: Option<i64> = on!(db, conn => sqlx::query_scalar(NUMBER).bind(id.uuid()).fetch_optional(conn).await?);
    Ok(no.unwrap_or(0))
}

async fn rows(db: &mut Tx, filter: &Filter, find: &Find) -> Result<Vec<MemberRow>, StoreError> {
    let limits = Limits { before: before(db, filter).await?, most: filter.most.clamp(1, 500), filter };
    let is_full = |rows: &Vec<MemberRow>| rows.len() as i64 == limits.most;
    match find {
        Find::Everybody => everybody(db, &limits).await,
        Find::Phone(phone) => limits.rows(db, BY_PHONE, std::slice::from_ref(phone)).await,
        Find::External(prefix) => {
            let bounds = [prefix.clone(), format!("{prefix}{}", char::MAX)];
            let newest = db.pick(EXTERNAL_NEWEST_SQLITE, EXTERNAL_NEWEST_POSTGRES);
            let found = limits.rows(db, newest, &bounds).await?;
            let by_index = db.pick(EXTERNAL_SQLITE, EXTERNAL_POSTGRES);
            if is_full(&found) { Ok(found) } else { limits.rows(db, by_index, &bounds).await }
        }
        Find::Id(first, last) => {
            let found = limits.rows(db, ID_NEWEST, &[*first, *last]).await?;
            if is_full(&found) { Ok(found) } else { limits.rows(db, ID, &[*first, *last]).await }
        }
        Find::Anywhere(text) => {
            let digits = text.digits.as_deref().map(pattern).unwrap_or_default();
            let mut texts = vec![pattern(&text.plain), pattern(&text.name), digits];
            let found = limits.rows(db, ANYWHERE_NEWEST, &texts).await?;
            if is_full(&found) {
                return Ok(found);
            }
            let groups = Groups::of(text);
            match db.is_on_postgres() {
                true => texts.push(groups.for_postgres()),
                false => texts.extend(groups.for_sqlite()),
            }
            limits.rows(db, db.pick(ANYWHERE_SQLITE, ANYWHERE_POSTGRES), &texts).await
        }
    }
}

/// What restricts a list whatever is looked for.
struct Limits<'a> {
    before: i64,
    most: i64,
    filter: &'a Filter,
}

impl Limits<'_> {
    fn tier(&self) -> Option<i32> {
        self.filter.tier.map(|tier| i32::from(tier.get()))
    }

    async fn rows<T>(&self, db: &mut Tx, sql: &'static str, rest: &[T]) -> Result<Vec<MemberRow>, StoreError>
    where
        T: Clone
            + Send
            + Sync
            + for<'q> sqlx::Encode<'q, sqlx::Sqlite>
            + sqlx::Type<sqlx::Sqlite>
            + for<'q> sqlx::Encode<'q, sqlx::Postgres>
            + sqlx::Type<sqlx::Postgres>
            + 'static,
    {
        let (tier, status) = (self.tier().unwrap_or(-1), self.filter.status.map_or(-1, |status| status as i32));
        Ok(on!(db, conn => {
            let query = sqlx::query_as(sql).bind(self.before).bind(self.most).bind(tier).bind(status);
            rest.iter().fold(query, |query, value| query.bind(value.clone())).fetch_all(conn).await?
        }))
    }
}

async fn everybody(db: &mut Tx, limits: &Limits<'_>) -> Result<Vec<MemberRow>, StoreError> {
    let status = limits.filter.status;
    Ok(on!(db, conn => {
        let of = |sql: &'static str| sqlx::query_as(sql).bind(limits.before).bind(limits.most);
        match (limits.tier(), status) {
            (None, None) => of(EVERYBODY).fetch_all(conn).await?,
            (None, Some(status)) => of(OF_STATUS).bind(status as i32).fetch_all(conn).await?,
            (Some(tier), None) => of(OF_TIER).bind(tier).fetch_all(conn).await?,
            (Some(tier), Some(Status::Active)) => of(OF_TIER_ACTIVE).bind(tier).fetch_all(conn).await?,
            (Some(tier), Some(status)) => of(OF_TIER_AND_STATUS).bind(tier).bind(status as i32).fetch_all(conn).await?,
        }
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

/// A group that nobody has.
const NOTHING: &str = "\u{1f}\u{1f}\u{1e}";

/// The groups of three characters that somebody's names have who is looked for: all of one of `whole`, or one that begins with
/// `beginning`, which is shorter.
#[derive(Debug, PartialEq, Eq)]
struct Groups {
    whole: BTreeSet<BTreeSet<String>>,
    beginning: Option<String>,
}

impl Groups {
    fn of(text: &Text) -> Groups {
        let (mut whole, mut beginning) = (BTreeSet::new(), None);
        for part in [Some(&text.plain), Some(&text.name), text.digits.as_ref()].into_iter().flatten() {
            let characters: Vec<char> = part.chars().collect();
            match characters.len() {
                0 => (),
                1 | 2 => beginning = Some(part.clone()),
                _ => drop(whole.insert(characters.windows(3).map(|group| group.iter().collect()).collect())),
            }
        }
        Groups { whole, beginning }
    }

    fn joined(&self, quoted: impl Fn(&str) -> String, and: &str, or: &str) -> Vec<String> {
        let all = |groups: &BTreeSet<String>| groups.iter().map(|group| quoted(group)).collect::<Vec<_>>().join(and);
        let ways: Vec<String> = self.whole.iter().map(|groups| format!("({})", all(groups))).collect();
        if ways.is_empty() { Vec::new() } else { vec![ways.join(or)] }
    }

    /// A text to match, and the first and the last group that begin so; what nobody has, where there is none.
    fn for_sqlite(&self) -> [String; 3] {
        let quoted = |group: &str| format!("\"{}\"", group.replace('"', "\"\""));
        let matched = self.joined(quoted, " AND ", " OR ").pop().unwrap_or_else(|| quoted(NOTHING));
        let first = self.beginning.clone().unwrap_or_else(|| NOTHING.to_owned());
        let last = format!("{first}{}", char::MAX);
        [matched, first, last]
    }

    /// A `tsquery`.
    fn for_postgres(&self) -> String {
        let quoted = |group: &str| format!("'{}'", group.replace('\\', "\\\\").replace('\'', "''"));
        let mut ways = self.joined(quoted, " & ", " | ");
        ways.extend(self.beginning.as_ref().map(|beginning| format!("{}:*", quoted(beginning))));
        ways.join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{SORTS, check_scans_nothing};

    #[test]
    fn wildcards_are_meant_as_they_stand() {
        assert_eq!(pattern("50%_a\\"), "%50\\%\\_a\\\\%");
    }

    #[test]
    fn what_is_looked_for_is_taken_apart_into_groups_of_three() {
        let groups = |plain: &str, name: &str| Groups::of(&Text { plain: plain.into(), name: name.into(), digits: None });
        assert_eq!(groups("hu w", "huw").for_postgres(), "('hu ' & 'u w') | ('huw')");
        assert_eq!(groups("o'ne", "o'ne").for_postgres(), "('''ne' & 'o''n')");
        assert_eq!(groups("胡伟", "胡伟").for_postgres(), "'胡伟':*");
        assert_eq!(groups("a b", "ab").for_postgres(), "('a b') | 'ab':*");
        let [matched, first, last] = groups("a\"bc", "a\"bc").for_sqlite();
        assert_eq!((matched.as_str(), first.as_str()), (r#"("""bc" AND "a""b")"#, NOTHING));
        assert!(last > first);
        let [matched, first, last] = groups("胡", "胡").for_sqlite();
        assert_eq!((matched, first.as_str()), (format!("\"{NOTHING}\""), "胡"));
        assert!(last.as_str() > "胡伟\u{1f}" && last.as_str() < "胢");
    }

    #[tokio::test]
    async fn members_are_listed_and_found_without_looking_at_everybody() {
        for sql in [OF_TIER, OF_TIER_ACTIVE, OF_STATUS, OF_TIER_AND_STATUS, NUMBER] {
            check_scans_nothing(sql, &[]).await;
        }
        for sql in [BY_PHONE, EXTERNAL_SQLITE, ID] {
            check_scans_nothing(sql, &[SORTS]).await;
        }
        // tables of the search go by what is looked for, as their numbers say: M matches, 1539 has bounds, 0 would have none
        check_scans_nothing(
            ANYWHERE_SQLITE,
            &["member_search VIRTUAL TABLE INDEX 0:M", "member_search_groups VIRTUAL TABLE INDEX 1539"],
        )
        .await;
    }
}
