//! Entries, and members, as the columns of a Parquet file.

use std::io::Write;
use std::sync::Arc;

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::numbers::money::Currency;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

/// So many rows are written at once, and are in memory until then.
const ROWS: usize = 200_000;

/// A column, of which what is missing has no value.
struct Column<T> {
    values: Vec<T>,
    /// For each row whether it has a value; of a column that always has one, nothing.
    present: Option<Vec<i16>>,
}

impl<T> Column<T> {
    const fn required() -> Column<T> {
        Column { values: Vec::new(), present: None }
    }

    const fn optional() -> Column<T> {
        Column { values: Vec::new(), present: Some(Vec::new()) }
    }

    fn add(&mut self, value: impl Into<Option<T>>) {
        let value = value.into();
        if let Some(present) = &mut self.present {
            present.push(i16::from(value.is_some()));
        }
        self.values.extend(value);
    }

    /// Writes it as the group's next column, and empties it.
    fn write<D: DataType<T = T>, W: Write + Send>(&mut self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        if let Some(mut column) = group.next_column()? {
            column.typed::<D>().write_batch(&self.values, self.present.as_deref(), None)?;
            column.close()?;
        }
        self.values.clear();
        if let Some(present) = &mut self.present {
            present.clear();
        }
        Ok(())
    }
}

fn text(text: &str) -> ByteArray {
    ByteArray::from(text)
}

/// Columns in the order of the file.
fn schema(currency: Currency, names: Names) -> String {
    let external_id = match names {
        Names::Beside => "",
        Names::InRows => "optional binary external_id (STRING);",
    };
    format!(
        "message entry {{
            required binary member (STRING);
            {external_id}
            required int64 seq;
            required binary kind (STRING);
            required binary cause (STRING);
            required int64 points (DECIMAL(18,2));
            required int64 balance (DECIMAL(18,2));
            required int32 tier;
            required int32 rules;
            required int64 occurred_at (TIMESTAMP(MICROS,true));
            required int64 posted_at (TIMESTAMP(MICROS,true));
            optional int64 amount (DECIMAL(18,{}));
            optional binary scene (STRING);
            optional int64 payment;
            optional binary source (STRING);
            optional binary event_id (STRING);
        }}",
        currency.exponent()
    )
}

const MEMBERS: &str = "message member {
    required binary member (STRING);
    optional binary external_id (STRING);
    required int64 entries;
}";

/// Where a member's id in the payment system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// In a column of every row.
    InRows,
    /// In a file of members: an id can come later, and be erased, and rows stay as they are.
    Beside,
}

fn properties() -> Arc<WriterProperties> {
    Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build())
}

/// The rows that are still to be written, and the file.
pub(super) struct Entries<W: Write + Send> {
    file: SerializedFileWriter<W>,
    written: u64,
    member: Column<ByteArray>,
    external_id: Option<Column<ByteArray>>,
    seq: Column<i64>,
    kind: Column<ByteArray>,
    cause: Column<ByteArray>,
    points: Column<i64>,
    balance: Column<i64>,
    tier: Column<i32>,
    rules: Column<i32>,
    occurred_at: Column<i64>,
    posted_at: Column<i64>,
    amount: Column<i64>,
    scene: Column<ByteArray>,
    payment: Column<i64>,
    source: Column<ByteArray>,
    event_id: Column<ByteArray>,
}

impl<W: Write + Send> Entries<W> {
    pub(super) fn new(file: W, currency: Currency, names: Names) -> Result<Entries<W>> {
        let schema = Arc::new(parse_message_type(&schema(currency, names))?);
        Ok(Entries {
            file: SerializedFileWriter::new(file, schema, properties())?,
            written: 0,
            member: Column::required(),
            external_id: (names == Names::InRows).then(Column::optional),
            seq: Column::required(),
            kind: Column::required(),
            cause: Column::required(),
            points: Column::required(),
            balance: Column::required(),
            tier: Column::required(),
            rules: Column::required(),
            occurred_at: Column::required(),
            posted_at: Column::required(),
            amount: Column::optional(),
            scene: Column::optional(),
            payment: Column::optional(),
            source: Column::optional(),
            event_id: Column::optional(),
        })
    }

    pub(super) fn add(&mut self, member: MemberId, external_id: Option<&str>, entries: &[Entry]) -> Result<()> {
        let (id, external_id) = (text(&member.to_string()), external_id.map(text));
        for entry in entries {
            self.member.add(id.clone());
            if let Some(column) = &mut self.external_id {
                column.add(external_id.clone());
            }
            self.add_entry(entry);
            if self.seq.values.len() >= ROWS {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn add_entry(&mut self, entry: &Entry) {
        let (amount, scene, payment) = match &entry.cause {
            Cause::Payment { amount, scene, .. } => (Some(amount.minor()), Some(scene.name()), None),
            Cause::Refund { amount, payment, .. } => (Some(amount.minor()), None, Some(*payment)),
            Cause::Activation { payment } | Cause::RefundOfLapsed { payment } => (None, None, Some(*payment)),
            _ => (None, None, None),
        };
        let event = entry.cause.event();
        self.seq.add(entry.seq);
        self.kind.add(text(entry.kind.name()));
        self.cause.add(text(entry.cause.name()));
        self.points.add(entry.points.hundredths());
        self.balance.add(entry.balance.hundredths());
        self.tier.add(i32::from(entry.tier.get()));
        self.rules.add(entry.rules.cast_signed());
        self.occurred_at.add(entry.occurred_at.as_microsecond());
        self.posted_at.add(entry.instant.as_microsecond());
        self.amount.add(amount);
        self.scene.add(scene.map(text));
        self.payment.add(payment);
        self.source.add(event.map(|event| text(event.source.as_str())));
        self.event_id.add(event.map(|event| text(event.id.as_str())));
    }

    /// Writes the rows there are as a group.
    fn flush(&mut self) -> Result<()> {
        self.written += self.seq.values.len() as u64;
        let mut group = self.file.next_row_group()?;
        self.member.write::<ByteArrayType, W>(&mut group)?;
        if let Some(column) = &mut self.external_id {
            column.write::<ByteArrayType, W>(&mut group)?;
        }
        self.seq.write::<Int64Type, W>(&mut group)?;
        self.kind.write::<ByteArrayType, W>(&mut group)?;
        self.cause.write::<ByteArrayType, W>(&mut group)?;
        self.points.write::<Int64Type, W>(&mut group)?;
        self.balance.write::<Int64Type, W>(&mut group)?;
        self.tier.write::<Int32Type, W>(&mut group)?;
        self.rules.write::<Int32Type, W>(&mut group)?;
        self.occurred_at.write::<Int64Type, W>(&mut group)?;
        self.posted_at.write::<Int64Type, W>(&mut group)?;
        self.amount.write::<Int64Type, W>(&mut group)?;
        self.scene.write::<ByteArrayType, W>(&mut group)?;
        self.payment.write::<Int64Type, W>(&mut group)?;
        self.source.write::<ByteArrayType, W>(&mut group)?;
        self.event_id.write::<ByteArrayType, W>(&mut group)?;
        group.close().map(drop)
    }

    /// How many rows there are so far.
    pub(super) fn rows(&self) -> u64 {
        self.written + self.seq.values.len() as u64
    }

    /// Writes what is left and the file's end.
    pub(super) fn close(mut self) -> Result<W> {
        if !self.seq.values.is_empty() {
            self.flush()?;
        }
        self.file.into_inner()
    }
}

/// Members, likewise.
pub(super) struct Members<W: Write + Send> {
    file: SerializedFileWriter<W>,
    member: Column<ByteArray>,
    external_id: Column<ByteArray>,
    entries: Column<i64>,
}

impl<W: Write + Send> Members<W> {
    pub(super) fn new(file: W) -> Result<Members<W>> {
        let file = SerializedFileWriter::new(file, Arc::new(parse_message_type(MEMBERS)?), properties())?;
        Ok(Members { file, member: Column::required(), external_id: Column::optional(), entries: Column::required() })
    }

    pub(super) fn add(&mut self, member: MemberId, external_id: Option<&str>, entries: i64) -> Result<()> {
        self.member.add(text(&member.to_string()));
        self.external_id.add(external_id.map(text));
        self.entries.add(entries);
        if self.entries.values.len() >= ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        self.member.write::<ByteArrayType, W>(&mut group)?;
        self.external_id.write::<ByteArrayType, W>(&mut group)?;
        self.entries.write::<Int64Type, W>(&mut group)?;
        group.close().map(drop)
    }

    /// Writes what is left and the file's end.
    pub(super) fn close(mut self) -> Result<W> {
        if !self.entries.values.is_empty() {
            self.flush()?;
        }
        self.file.into_inner()
    }
}
