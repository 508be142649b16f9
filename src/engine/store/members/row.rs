//! How a row of members is read: by place, in the order of `columns!`, and with whatever else their account has.

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::Hash;
use laurel_domain::ledger::state::State;
use laurel_domain::ledger::undo::Undo;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::sorted::Sorted;
use laurel_domain::rules::tier::TierRank;
use laurel_domain::rules::window::Months;
use laurel_domain::text::ExternalId;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use crate::store::database::rows::{Columns, Found};
use crate::store::ledger::accounts::{self, AccountRow};
use crate::store::members::member::Member;
use crate::store::members::sums::Indexed;
use crate::store::{StoreError, Tx, moment, timestamp};

pub(in crate::store) struct MemberRow {
    pub(in crate::store) no: i64,
    id: Uuid,
    pub(in crate::store) external_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    registered_at: i64,
    last_sign_in_at: Option<i64>,
    status: i16,
    referral_code: Option<String>,
    pub(in crate::store) invited_by: Option<i64>,
    available: i64,
    pending: i64,
    debt: i64,
    earned: i64,
    spent: i64,
    tier: i16,
    rated_by: i32,
    seq: i64,
    head: Vec<u8>,
    last_instant: Option<i64>,
    books: i16,
    erased_at: Option<i64>,
    due_at: Option<i64>,
}

/// In the order of `columns!`.
macro_rules! read_member {
    ($next:expr, $id:expr) => {
        MemberRow {
            no: $next,
            id: $id,
            external_id: $next,
            name: $next,
            email: $next,
            phone: $next,
            locale: $next,
            registered_at: $next,
            last_sign_in_at: $next,
            status: $next,
            referral_code: $next,
            invited_by: $next,
            available: $next,
            pending: $next,
            debt: $next,
            earned: $next,
            spent: $next,
            tier: $next,
            rated_by: $next,
            seq: $next,
            head: $next,
            last_instant: $next,
            books: $next,
            erased_at: $next,
            due_at: $next,
        }
    };
}

impl Found for MemberRow {
    fn read(columns: &mut Columns<'_>) -> Result<MemberRow, StoreError> {
        Ok(read_member!(columns.next()?, Uuid::from_bytes(columns.next()?)))
    }
}

/// From where `no` stands on: batches read thousands, and looking for each column by its name is no small part of that.
impl<'r, R: Row> FromRow<'r, R> for MemberRow
where
    &'r str: ColumnIndex<R>,
    usize: ColumnIndex<R>,
    i16: Decode<'r, R::Database> + Type<R::Database>,
    i32: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<MemberRow> {
        let mut next = "no".index(row)?;
        let mut place = || {
            next += 1;
            next - 1
        };
        Ok(read_member!(row.try_get(place())?, row.try_get(place())?))
    }
}

/// Members out of rows, their accounts read whole.
pub(in crate::store) async fn complete(db: &mut Tx, rows: Vec<MemberRow>) -> Result<Vec<Member>, StoreError> {
    let numbers: Vec<i16> = rows.iter().map(|row| row.books).collect();
    let mut members = rows.into_iter().map(MemberRow::read).collect::<Result<Vec<Member>, StoreError>>()?;
    let mut accounts: Vec<AccountRow<'_>> = members
        .iter_mut()
        .zip(numbers)
        .filter(|(_, books)| *books != 0)
        .map(|(member, books)| AccountRow { no: member.no, books, account: &mut member.account })
        .collect();
    if !accounts.is_empty() {
        accounts::complete(db, &mut accounts).await?;
    }
    Ok(members)
}

impl MemberRow {
    fn read(self) -> Result<Member, StoreError> {
        let row = self;
        let status = usize::try_from(row.status)
            .ok()
            .and_then(|status| Status::ALL.get(status).copied())
            .ok_or(StoreError::Corrupt("a status"))?;
        let state = State {
            available: Points::from_hundredths(row.available),
            pending: Points::from_hundredths(row.pending),
            debt: Points::from_hundredths(row.debt),
            earned: Points::from_hundredths(row.earned),
            spent: row.spent,
            tier: tier(row.tier)?,
            rated_by: u32::try_from(row.rated_by).map_err(|_| StoreError::Corrupt("a version"))?,
            seq: row.seq,
            last: row.last_instant.map(moment).transpose()?,
            closed: status == Status::Closed,
            lots: Sorted::new(),
            held: Sorted::new(),
            // nobody without entries has gathered anything
            months: (row.seq == 0).then(Months::default),
            period: None,
            floor: None,
            kept: None,
            lapsed: Sorted::new(),
            capped: Sorted::new(),
            uncapped: Sorted::new(),
            early: None,
            undo: Undo::default(),
        };
        let (member, head) = (MemberId::new(row.id), hash(row.head)?);
        let account = Account { member, head, state, history: None, is_chained: true };
        Ok(Member {
            no: row.no,
            external_id: row
                .external_id
                .map(|id| ExternalId::new(&id).map_err(|_| StoreError::Corrupt("an external id")))
                .transpose()?,
            name: row.name,
            email: row.email,
            phone: row.phone,
            locale: row.locale,
            registered_at: timestamp(row.registered_at)?,
            last_sign_in_at: row.last_sign_in_at.map(timestamp).transpose()?,
            status,
            referral_code: row.referral_code,
            invited_by: row.invited_by,
            erased_at: row.erased_at.map(timestamp).transpose()?,
            indexed: Indexed { rated_by: account.rated_by, due_at: row.due_at, tier: account.tier },
            account,
            has_books: row.books != 0,
        })
    }
}

pub(in crate::store) fn tier(rank: i16) -> Result<TierRank, StoreError> {
    u16::try_from(rank).ok().and_then(TierRank::new).ok_or(StoreError::Corrupt("a tier"))
}

pub(in crate::store) fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| StoreError::Corrupt("a hash"))
}

macro_rules! columns {
    () => {
        "m.no, m.id, m.external_id, m.name, m.email, m.phone, m.locale, m.registered_at, m.last_sign_in_at, m.status, \
         m.referral_code, m.invited_by, m.available, m.pending, m.debt, m.earned, m.spent, m.tier, m.rated_by, m.seq, \
         m.head, m.last_instant, m.books, m.erased_at, m.due_at"
    };
}
pub(in crate::store) use columns;
