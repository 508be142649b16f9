//! Finding members by what is typed: their numbers, newest first. What is shown of them is `roll`'s. On SQLite triggers keep what is
//! looked through; on PostgreSQL whoever writes names does, as what is divided among machines has no triggers.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::store::{Either, StoreError, Tx, on};

/// One way to look for members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// By the whole phone number, as it is kept.
    Phone(String),
    /// By how their external id begins.
    External(String),
    /// By how their id begins: the first and the last id that do.
    Id(Uuid, Uuid),
    /// By the whole e-mail address, which its owner has not confirmed yet.
    Unconfirmed(String),
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

const INDEX: &str = "insert into member_search (no, groups)
select no, member_groups(name, email, phone, external_id) from members where no = any($1) order by no
on conflict (no) do update set groups = excluded.groups";

/// These members are found by what they are called now.
pub(super) async fn index(tx: &mut Tx, numbers: &[i64]) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either()
        && !numbers.is_empty()
    {
        sqlx::query(INDEX).bind(numbers).execute(conn).await?;
    }
    Ok(())
}

macro_rules! numbers {
    ($from:literal, $condition:expr) => {
        concat!("select m.no from ", $from, " where ", $condition, " order by m.no desc limit $1")
    };
}

/// What many have is found among the newest already: an index would bring all who have it only to drop nearly all of them.
macro_rules! among_newest {
    ($condition:expr) => {
        numbers!("(select * from members order by no desc limit 8000) m", $condition)
    };
}

const BY_PHONE: &str = numbers!("members m", "m.phone = $2");
const UNCONFIRMED: &str = "select u.member_no from unconfirmed_emails u where u.email = $2 order by u.member_no desc limit $1";

const EXTERNAL_NEWEST_SQLITE: &str = among_newest!("m.external_id >= $2 and m.external_id < $3");
const EXTERNAL_NEWEST_POSTGRES: &str = among_newest!("m.external_id ~>=~ $2 and m.external_id ~<~ $3");
const EXTERNAL_SQLITE: &str = numbers!("members m", "m.external_id >= $2 and m.external_id < $3");
const EXTERNAL_POSTGRES: &str = numbers!("members m", "m.external_id ~>=~ $2 and m.external_id ~<~ $3");

const ID_NEWEST: &str = among_newest!("m.id >= $2 and m.id <= $3");
const ID: &str = numbers!("members m", "m.id >= $2 and m.id <= $3");

macro_rules! has_text {
    ($name:literal) => {
        concat!(
            "(lower(m.email) like $2 escape '\\' or lower(m.external_id) like $2 escape '\\' or ",
            $name,
            " like $3 escape '\\' or m.phone like $4)"
        )
    };
}

macro_rules! with_text_sqlite {
    ($from:literal, $condition:literal) => {
        concat!(
            "select m.no from ",
            $from,
            " cross join members m on m.no = s.no where ",
            $condition,
            has_text!("replace(replace(lower(m.name), ' ', ''), '　', '')"),
            " order by s.no desc limit $1"
        )
    };
}

/// By its groups: the index itself goes from the newest on, and stops when there are enough.
const GROUPED_SQLITE: &str =
    with_text_sqlite!("(select rowid as no from member_search where member_search match $5 order by rowid desc) s", "");
// the table that keeps the index's texts, of which a row has a fifth of a member's
const NEWEST_SQLITE: &str = with_text_sqlite!(
    "(select id as no, c0 as text from member_search_content order by id desc limit 24000) s",
    "(s.text like $2 escape '\\' or s.text like $3 escape '\\' or s.text like $4) and "
);
const ANYWHERE_SQLITE: &str = concat!(
    "select m.no from members m where m.no in (select rowid from member_search where member_search match $5
    union select doc from member_search_groups where term >= $6 and term <= $7)
and ",
    has_text!("replace(replace(lower(m.name), ' ', ''), '　', '')"),
    " order by m.no desc limit $1"
);

/// Lateral and `offset 0` have the texts compared of those alone who have the groups: telling that is far cheaper.
macro_rules! with_groups {
    ($among:literal) => {
        concat!(
            "select s.no from (",
            $among,
            ") s cross join lateral (select own.* from members own where own.no = s.no offset 0) m
where s.groups @@ cast($5 as text)::tsquery and ",
            has_text!("translate(lower(m.name), ' 　', '')"),
            " order by s.no desc limit $1"
        )
    };
}

// how many have a beginning is guessed badly, so what one in twenty has is looked for without the index first
const ANYWHERE_NEWEST_POSTGRES: &str = with_groups!("select * from member_search order by no desc limit 24000");
const ANYWHERE_POSTGRES: &str = with_groups!("select * from member_search");

/// The numbers of at most so many members that are found in this way, the newest first.
pub async fn numbers(db: &mut Tx, find: &Find, most: i64) -> Result<Vec<i64>, StoreError> {
    let is_full = |found: &Vec<i64>| found.len() as i64 >= most;
    match find {
        Find::Phone(phone) => found(db, BY_PHONE, most, std::slice::from_ref(phone)).await,
        Find::Unconfirmed(email) => found(db, UNCONFIRMED, most, std::slice::from_ref(email)).await,
        Find::External(prefix) => {
            let bounds = [prefix.clone(), format!("{prefix}{}", char::MAX)];
            let newest = db.pick(EXTERNAL_NEWEST_SQLITE, EXTERNAL_NEWEST_POSTGRES);
            let some = found(db, newest, most, &bounds).await?;
            let by_index = db.pick(EXTERNAL_SQLITE, EXTERNAL_POSTGRES);
            if is_full(&some) { Ok(some) } else { found(db, by_index, most, &bounds).await }
        }
        Find::Id(first, last) => {
            let some = found(db, ID_NEWEST, most, &[*first, *last]).await?;
            if is_full(&some) { Ok(some) } else { found(db, ID, most, &[*first, *last]).await }
        }
        Find::Anywhere(text) => anywhere(db, text, most).await,
    }
}

async fn anywhere(db: &mut Tx, text: &Text, most: i64) -> Result<Vec<i64>, StoreError> {
    let digits = text.digits.as_deref().map(pattern).unwrap_or_default();
    let mut texts = vec![pattern(&text.plain), pattern(&text.name), digits];
    let groups = Groups::of(text);
    if db.is_on_postgres() {
        texts.push(groups.for_postgres());
        let newest = found(db, ANYWHERE_NEWEST_POSTGRES, most, &texts).await?;
        return if newest.len() as i64 >= most { Ok(newest) } else { found(db, ANYWHERE_POSTGRES, most, &texts).await };
    }
    let all = groups.for_sqlite();
    if groups.beginning.is_none() {
        texts.extend(all.into_iter().take(1));
        return found(db, GROUPED_SQLITE, most, &texts).await;
    }
    // what begins so is no order that the index could go by
    let newest = found(db, NEWEST_SQLITE, most, &texts).await?;
    if newest.len() as i64 >= most {
        return Ok(newest);
    }
    texts.extend(all);
    found(db, ANYWHERE_SQLITE, most, &texts).await
}

async fn found<T>(db: &mut Tx, sql: &'static str, most: i64, values: &[T]) -> Result<Vec<i64>, StoreError>
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
    let sql = if db.is_on_postgres() { db.text(sql) } else { sql };
    Ok(on!(db, conn => {
        let query = sqlx::query_scalar(sql).bind(most);
        values.iter().fold(query, |query, value| query.bind(value.clone())).fetch_all(conn).await?
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
    async fn members_are_found_without_looking_at_everybody() {
        for sql in [BY_PHONE, EXTERNAL_SQLITE, ID] {
            check_scans_nothing(sql, &[SORTS]).await;
        }
        // from the newest on, without sorting
        check_scans_nothing(GROUPED_SQLITE, &["member_search VIRTUAL TABLE INDEX 192:M"]).await;
        // tables of the search go by what is looked for, as their numbers say: M matches, 1539 has bounds, 0 would have none
        check_scans_nothing(
            ANYWHERE_SQLITE,
            &["member_search VIRTUAL TABLE INDEX 0:M", "member_search_groups VIRTUAL TABLE INDEX 1539"],
        )
        .await;
    }
}
