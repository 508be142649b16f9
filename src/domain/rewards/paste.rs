//! Lines that somebody pastes, each about one redemption: its number, whole or its end, and a text.

use std::collections::HashMap;

use crate::ids::RedemptionId;

/// The shortest end of a number that says which one is meant.
const SHORTEST_END: usize = 6;

/// A line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1, empty ones too, as an editor counts them.
    pub at: usize,
    pub number: String,
    pub text: String,
}

/// What a line's number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    One(RedemptionId),
    None,
    /// Several end so.
    Several,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    pub line: usize,
    pub fault: LineFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFaultKind {
    /// Nothing that is meant has this number.
    Unknown,
    /// Several end so.
    Several,
    /// Without a reason.
    NoReason,
    TooLong,
    Twice,
}

/// `number, text`, parted by the first comma, semicolon or tab; without one the whole line is a number. Spreadsheets' quotation
/// marks around either are taken off.
pub fn lines(pasted: &str) -> Vec<Line> {
    let bare = |text: &str| text.trim().trim_matches('"').trim().to_owned();
    let read = |(at, line): (usize, &str)| {
        let (number, text) = line.split_once([',', ';', '\t', '，', '；']).unwrap_or((line, ""));
        let line = Line { at: at + 1, number: bare(number), text: bare(text) };
        (!line.number.is_empty() || !line.text.is_empty()).then_some(line)
    };
    pasted.lines().enumerate().filter_map(read).collect()
}

/// Numbers by how they are typed: whole, or by their end as lists show it.
#[derive(Debug, Default)]
pub struct Numbers {
    ids: HashMap<String, RedemptionId>,
}

impl Numbers {
    pub fn of(ids: impl IntoIterator<Item = RedemptionId>) -> Numbers {
        Numbers { ids: ids.into_iter().map(|id| (id.uuid().simple().to_string(), id)).collect() }
    }

    pub fn meant(&self, typed: &str) -> Meant {
        let digits: String = typed.trim_start_matches('…').chars().filter(|c| *c != '-' && *c != ' ').collect();
        let digits = digits.to_ascii_lowercase();
        if let Some(id) = self.ids.get(&digits) {
            return Meant::One(*id);
        }
        if digits.len() < SHORTEST_END {
            return Meant::None;
        }
        let mut ends = self.ids.iter().filter(|(number, _)| number.ends_with(&digits));
        match (ends.next(), ends.next()) {
            (Some((_, id)), None) => Meant::One(*id),
            (Some(_), Some(_)) => Meant::Several,
            (None, _) => Meant::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> RedemptionId {
        text.parse().unwrap()
    }

    #[test]
    fn lines_are_read_as_spreadsheets_and_people_write_them() {
        let read = lines("…5f3a91bc, SF 123\n\n\"0192\";\"a, b\"\n x\ty \n12345678\n,no number");
        let told: Vec<(usize, &str, &str)> = read.iter().map(|line| (line.at, &*line.number, &*line.text)).collect();
        assert_eq!(
            told,
            [(1, "…5f3a91bc", "SF 123"), (3, "0192", "a, b"), (4, "x", "y"), (5, "12345678", ""), (6, "", "no number")]
        );
    }

    #[test]
    fn a_number_is_known_whole_and_by_its_end_unless_two_end_so() {
        let [a, b] = ["0192f0c1-2345-7000-8000-00005f3a91bc", "0192f0c1-2345-7000-8000-0000aaaa91bc"].map(id);
        let numbers = Numbers::of([a, b]);
        assert_eq!(numbers.meant(&a.to_string()), Meant::One(a));
        assert_eq!(numbers.meant("…5F3A91BC"), Meant::One(a));
        assert_eq!(numbers.meant("aaaa91bc"), Meant::One(b));
        assert_eq!(numbers.meant("91bc"), Meant::None, "too short to be meant");
        assert_eq!(numbers.meant("0000000000000"), Meant::None);
        assert_eq!(Numbers::of([a, id("0192f0c1-2345-7000-8000-10005f3a91bc")]).meant("5f3a91bc"), Meant::Several);
        assert_eq!(numbers.meant(""), Meant::None);
    }
}
