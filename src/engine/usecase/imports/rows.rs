//! Bytes of a CSV file into rows, piece by piece: at no time more than one row is in memory. Each row knows the line that it
//! begins on, and after each it is known where in the file the next one begins.

use csv::ByteRecord;
use csv_core::ReadRecordResult;

use super::lines::Format;

/// A row longer than this is no row of ours, and is not kept in memory whole.
pub(super) const LONGEST_ROW: usize = 64 * 1024;
/// More columns than any file of ours has.
const MOST_CELLS: usize = 256;
/// What files in UTF-8 may begin with.
pub(super) const MARK: &[u8] = "\u{feff}".as_bytes();
/// How much of a row is kept that is too long.
const KEPT_OF_LONG: usize = 200;

/// Where in a file something is: how many bytes and line feeds are before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub bytes: u64,
    pub lines: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Counted from 1.
    pub line: u64,
    pub cells: ByteRecord,
    /// Only its beginning is there.
    pub is_too_long: bool,
    pub format: Format,
}

pub(super) struct Rows {
    core: csv_core::Reader,
    place: Place,
    /// How much of the mark has come, as long as what comes next may still belong to it.
    marked: Option<usize>,
    line: u64,
    is_in_row: bool,
    cells: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ended: usize,
    /// The beginning of a row that turned out to be too long.
    beginning: Option<Vec<u8>>,
}

impl Rows {
    /// Of a file that is read from there on, which is where a row begins.
    pub fn from(place: Place) -> Rows {
        Rows {
            core: csv_core::Reader::new(),
            place,
            marked: (place.bytes == 0).then_some(0),
            line: place.lines + 1,
            is_in_row: false,
            cells: vec![0; LONGEST_ROW],
            filled: 0,
            ends: vec![0; MOST_CELLS],
            ended: 0,
            beginning: None,
        }
    }

    /// Where the next row begins, once a row has been taken.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The next row that ends in `input`, which is moved on; none when more is needed. `is_last`: nothing comes after it.
    pub fn next(&mut self, input: &mut &[u8], is_last: bool) -> Option<Row> {
        self.skip_mark(input, is_last);
        loop {
            if !self.is_in_row {
                self.skip_empty_lines(input);
                self.line = self.place.lines + 1;
            }
            if input.is_empty() && !is_last {
                return None;
            }
            self.is_in_row = true;
            let (result, read, written, ends) =
                self.core.read_record(input, &mut self.cells[self.filled..], &mut self.ends[self.ended..]);
            self.pass(input, read);
            self.filled += written;
            self.ended += ends;
            match result {
                ReadRecordResult::InputEmpty if is_last => {}
                ReadRecordResult::InputEmpty => return None,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => self.throw_away(),
                ReadRecordResult::Record => return Some(self.take()),
                ReadRecordResult::End => {
                    self.is_in_row = false;
                    return None;
                }
            }
        }
    }

    /// The mark may come in pieces. What only began like it belongs to the first row.
    fn skip_mark(&mut self, input: &mut &[u8], is_last: bool) {
        while let Some(seen) = self.marked {
            match input.first() {
                None if !is_last => return,
                Some(byte) if MARK.get(seen) == Some(byte) => {
                    self.pass(input, 1);
                    self.marked = (seen + 1 < MARK.len()).then_some(seen + 1);
                }
                _ => {
                    self.marked = None;
                    if seen > 0 {
                        self.is_in_row = true;
                        let (_, _, written, _) = self.core.read_record(&MARK[..seen], &mut self.cells, &mut self.ends);
                        self.filled += written;
                    }
                }
            }
        }
    }

    fn skip_empty_lines(&mut self, input: &mut &[u8]) {
        let empty = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.pass(input, empty);
    }

    fn pass(&mut self, input: &mut &[u8], count: usize) {
        let (read, rest) = input.split_at(count);
        self.place.bytes += count as u64;
        self.place.lines += read.iter().filter(|byte| **byte == b'\n').count() as u64;
        *input = rest;
    }

    fn throw_away(&mut self) {
        if self.beginning.is_none() {
            let end = self.ends.first().copied().filter(|_| self.ended > 0).unwrap_or(self.filled);
            self.beginning = Some(self.cells[..end.min(KEPT_OF_LONG)].to_vec());
        }
        (self.filled, self.ended) = (0, 0);
    }

    fn take(&mut self) -> Row {
        self.is_in_row = false;
        let mut cells = ByteRecord::with_capacity(self.filled, self.ended);
        let is_too_long = match self.beginning.take() {
            Some(beginning) => {
                cells.push_field(&beginning);
                true
            }
            None => {
                let mut from = 0;
                for end in &self.ends[..self.ended] {
                    cells.push_field(&self.cells[from..*end]);
                    from = *end;
                }
                false
            }
        };
        (self.filled, self.ended) = (0, 0);
        Row { line: self.line, cells, is_too_long, format: Format::Csv }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and cells of each row, of a file that comes in pieces of this size.
    fn rows(file: &[u8], piece: usize) -> Vec<(u64, String, Place)> {
        let (mut rows, mut found) = (Rows::from(Place::default()), Vec::new());
        let mut pieces: Vec<&[u8]> = file.chunks(piece).collect();
        pieces.push(&[]);
        let last = pieces.len() - 1;
        for (n, mut piece) in pieces.into_iter().enumerate() {
            while let Some(row) = rows.next(&mut piece, n == last) {
                let cells: Vec<_> = row.cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                found.push((row.line, cells.join("|"), rows.place()));
            }
        }
        found
    }

    #[test]
    fn rows_are_the_same_however_the_file_is_cut() {
        let file = "\u{feff}a,b\r\n1,\"two\nlines\"\r\n\r\n3,\"say \"\"so\"\"\"\n,\n5,last".as_bytes();
        let whole = rows(file, file.len());
        let told: Vec<_> = whole.iter().map(|(line, cells, _)| (*line, cells.as_str())).collect();
        assert_eq!(told, [(1, "a|b"), (2, "1|two\nlines"), (5, "3|say \"so\""), (6, "|"), (7, "5|last")]);
        for piece in 1..file.len() {
            assert_eq!(rows(file, piece), whole, "in pieces of {piece}");
        }
        for piece in 1..5 {
            let found = rows(b"\xef\xbbx,b\n1,2", piece);
            assert_eq!((found.len(), found[0].1.as_str()), (2, "\u{fffd}x|b"), "no mark, in pieces of {piece}");
            assert_eq!(rows("\u{feff}".as_bytes(), piece), [], "nothing but a mark");
        }
        assert_eq!(rows(b"", 1), []);
        assert_eq!(rows(b"\n\n", 1), []);
    }

    #[test]
    fn a_file_is_read_on_from_where_a_row_ended() {
        let file = b"a,b\r\n1,2\r\n\r\n3,\"x\ny\"\n5,6\n";
        let whole = rows(file, 4);
        for (n, (_, _, place)) in whole.iter().enumerate() {
            let (mut rest, mut input) = (Rows::from(*place), &file[place.bytes as usize..]);
            let mut lines = Vec::new();
            while let Some(row) = rest.next(&mut input, true) {
                lines.push(row.line);
            }
            let expected: Vec<u64> = whole[n + 1..].iter().map(|(line, ..)| *line).collect();
            assert_eq!(lines, expected, "after row {n}");
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_told_and_the_next_one_is_read() {
        let mut file = b"a,b\nkey,\"".to_vec();
        file.extend(std::iter::repeat_n(b'x', 3 * LONGEST_ROW));
        file.extend(b"\"\n1,2\n");
        file.extend(std::iter::repeat_n(b',', 2 * MOST_CELLS));
        file.extend(b"\n3,4\n");
        for piece in [1_000, file.len()] {
            let found = rows(&file, piece);
            let told: Vec<_> = found.iter().map(|(line, cells, _)| (*line, cells.as_str())).collect();
            assert_eq!(told, [(1, "a|b"), (2, "key"), (3, "1|2"), (4, ""), (5, "3|4")]);
        }
    }
}
