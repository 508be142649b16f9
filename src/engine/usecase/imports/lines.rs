//! A file whose every line is a JSON object (NDJSON), and telling such a file from CSV by how it begins.

use csv::ByteRecord;

use super::rows::{LONGEST_ROW, MARK, Place, Row, Rows};

/// How a file's rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Lines,
}

/// A file's rows as its bytes come, whichever way they are written.
pub(super) struct FileRows {
    /// What has come before it was known how they are, and has not been taken for rows yet.
    ahead: Vec<u8>,
    written: Written,
}

enum Written {
    /// The first line that is not empty has not come whole.
    Unknown,
    Csv(Box<Rows>),
    Lines(Lines),
}

impl FileRows {
    /// From the file's beginning. `may_be_lines`: whether what it holds can be written so.
    pub fn beginning(may_be_lines: bool) -> FileRows {
        match may_be_lines {
            true => FileRows { ahead: Vec::new(), written: Written::Unknown },
            false => FileRows::of(Format::Csv, Place::default()),
        }
    }

    /// From there on, which is where a row begins.
    pub fn of(format: Format, place: Place) -> FileRows {
        FileRows { ahead: Vec::new(), written: Written::of(format, place) }
    }

    /// Where the next row begins, once a row has been taken.
    pub fn place(&self) -> Place {
        match &self.written {
            Written::Unknown => Place::default(),
            Written::Csv(rows) => rows.place(),
            Written::Lines(lines) => lines.place,
        }
    }

    /// The next row that ends in `input`, which is moved on; none when more is needed. `is_last`: nothing comes after it.
    pub fn next(&mut self, input: &mut &[u8], is_last: bool) -> Option<Row> {
        if let Written::Unknown = self.written {
            let is_json = self.first_line(input, is_last)?;
            self.written = Written::of(if is_json { Format::Lines } else { Format::Csv }, Place::default());
        }
        if !self.ahead.is_empty() {
            let mut ahead = self.ahead.as_slice();
            let row = self.written.next(&mut ahead, is_last && input.is_empty());
            self.ahead = ahead.to_vec();
            if row.is_some() {
                return row;
            }
        }
        self.written.next(input, is_last)
    }

    /// Reads ahead to the end of the first line that is not empty. Whether that is JSON, or was meant to be.
    fn first_line(&mut self, input: &mut &[u8], is_last: bool) -> Option<bool> {
        loop {
            let end = input.iter().position(|byte| *byte == b'\n');
            let (read, rest) = input.split_at(end.map_or(input.len(), |end| end + 1));
            self.ahead.extend_from_slice(read);
            *input = rest;
            let text = self.ahead.strip_prefix(MARK).unwrap_or(&self.ahead).trim_ascii();
            match end {
                Some(_) if text.is_empty() => {}
                Some(_) => return Some(is_json(text)),
                None if is_last || self.ahead.len() >= LONGEST_ROW => return Some(is_json(text)),
                None => return None,
            }
        }
    }
}

impl Written {
    fn of(format: Format, place: Place) -> Written {
        match format {
            Format::Csv => Written::Csv(Box::new(Rows::from(place))),
            Format::Lines => Written::Lines(Lines::from(place)),
        }
    }

    fn next(&mut self, input: &mut &[u8], is_last: bool) -> Option<Row> {
        match self {
            Written::Unknown => None,
            Written::Csv(rows) => rows.next(input, is_last),
            Written::Lines(lines) => lines.next(input, is_last),
        }
    }
}

/// No column of CSV is called anything like it: whoever writes this means JSON, and wants to hear what is wrong with it.
fn is_json(line: &[u8]) -> bool {
    line.starts_with(b"{") || line.starts_with(b"[") || line.ends_with(b"}") || line.windows(2).any(|two| two == b"\":")
}

/// Lines, empty ones left out.
pub(super) struct Lines {
    place: Place,
    line: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    fn from(place: Place) -> Lines {
        Lines { place, line: Vec::new(), is_too_long: false }
    }

    fn next(&mut self, input: &mut &[u8], is_last: bool) -> Option<Row> {
        loop {
            let end = input.iter().position(|byte| *byte == b'\n');
            let (read, rest) = input.split_at(end.map_or(input.len(), |end| end + 1));
            *input = rest;
            self.place.bytes += read.len() as u64;
            let text = read.strip_suffix(b"\n").unwrap_or(read);
            let room = LONGEST_ROW.saturating_sub(self.line.len());
            self.is_too_long |= text.len() > room;
            self.line.extend_from_slice(&text[..text.len().min(room)]);
            let line = self.place.lines + 1;
            match end {
                Some(_) => self.place.lines += 1,
                None if is_last => {}
                None => return None,
            }
            let (whole, is_too_long) = (std::mem::take(&mut self.line), std::mem::take(&mut self.is_too_long));
            let text = whole.strip_prefix(MARK).unwrap_or(&whole).trim_ascii();
            if !text.is_empty() {
                return Some(Row { line, cells: ByteRecord::from(vec![text]), is_too_long, format: Format::Lines });
            }
            end?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and text of each row, of a file that comes in pieces of this size; where each ended.
    fn rows(file: &str, piece: usize) -> Vec<(u64, String, bool, Place)> {
        let (mut rows, mut found) = (FileRows::beginning(true), Vec::new());
        let mut pieces: Vec<&[u8]> = file.as_bytes().chunks(piece).collect();
        pieces.push(&[]);
        let last = pieces.len() - 1;
        for (n, mut piece) in pieces.into_iter().enumerate() {
            while let Some(row) = rows.next(&mut piece, n == last) {
                let text = row.cells.iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join("|");
                found.push((row.line, text, row.format == Format::Lines, rows.place()));
            }
        }
        found
    }

    #[test]
    fn lines_are_the_same_however_the_file_is_cut_and_csv_stays_csv() {
        let file = "\u{feff}\r\n{\"a\": 1}\r\n\n  {\"b\"\n{}";
        let whole = rows(file, file.len());
        let told: Vec<_> = whole.iter().map(|(line, text, is_line, _)| (*line, text.as_str(), *is_line)).collect();
        assert_eq!(told, [(2, "{\"a\": 1}", true), (4, "{\"b\"", true), (5, "{}", true)]);
        let csv = "\u{feff}a,b\n1,{2}\n";
        let columns = rows(csv, csv.len());
        assert_eq!(
            columns.iter().map(|row| (row.0, row.1.as_str(), row.2)).collect::<Vec<_>>(),
            [(1, "a|b", false), (2, "1|{2}", false)]
        );
        for piece in 1..file.len() {
            assert_eq!(rows(file, piece), whole, "in pieces of {piece}");
            assert_eq!(rows(csv, piece), columns, "in pieces of {piece}");
        }
    }

    #[test]
    fn a_broken_first_line_of_json_is_a_line_and_no_header() {
        for broken in ["\"id\": \"p1\"}", "id\": \"p1\", \"kind\": \"payment\"", "[{\"id\": \"p1\"},", "  {\"id\""] {
            let file = format!("{broken}\n{{\"id\": \"p2\"}}\n");
            for piece in 1..file.len() {
                let told: Vec<_> =
                    rows(&file, piece).into_iter().map(|(line, text, is_line, _)| (line, text, is_line)).collect();
                assert_eq!(told, [(1, broken.trim().to_owned(), true), (2, "{\"id\": \"p2\"}".to_owned(), true)], "{broken}");
            }
        }
        for csv in ["\"event_id\",\"kind\"\r\n{1},payment\r\n", "event_id,kind\n{1},payment"] {
            for piece in 1..csv.len() {
                let told: Vec<_> = rows(csv, piece).into_iter().map(|(line, text, is_line, _)| (line, text, is_line)).collect();
                assert_eq!(told, [(1, "event_id|kind".to_owned(), false), (2, "{1}|payment".to_owned(), false)], "{csv}");
            }
        }
    }

    #[test]
    fn whoever_goes_on_where_a_line_ended_reads_the_rest_of_the_file() {
        let file = "{\"a\": 1}\n{\"b\": 2}\n{\"c\": 3}";
        let whole = rows(file, 5);
        let (_, _, _, place) = whole[0];
        let mut rest = FileRows::of(Format::Lines, place);
        let mut input = &file.as_bytes()[place.bytes as usize..];
        let mut lines = Vec::new();
        while let Some(row) = rest.next(&mut input, true) {
            lines.push((row.line, rest.place()));
        }
        assert_eq!(lines, whole[1..].iter().map(|row| (row.0, row.3)).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_line_that_is_too_long_its_beginning_is_kept() {
        let file = format!("{{\"a\": \"{}\"}}\n{{}}\n", "x".repeat(2 * LONGEST_ROW));
        let (mut rows, mut input) = (FileRows::beginning(true), file.as_bytes());
        let row = rows.next(&mut input, false).unwrap();
        assert!(row.is_too_long && row.cells.as_slice().len() == LONGEST_ROW);
        let next = rows.next(&mut input, false).unwrap();
        assert!(!next.is_too_long && next.line == 2);
    }
}
