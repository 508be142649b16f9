//! Where points lie, and what an entry does there.

use std::fmt;

use jiff::civil::Date;
use smallvec::SmallVec;

use crate::numbers::points::Points;
use crate::numbers::time::Day;

/// Where a member's points lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Earned by the payment with this sequence number, in its holding period.
    Pending { payment: i64 },
    /// Available through the end of that day; `None` never expires.
    Lot { day: Option<Day> },
    /// Owed: its moves are negative when debt grows, positive when it is repaid.
    Debt,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Pending { payment } => write!(f, "pending:{payment}"),
            Place::Lot { day: None } => f.write_str("lot:never"),
            Place::Lot { day: Some(day) } => write!(f, "lot:{day}"),
            Place::Debt => f.write_str("debt"),
        }
    }
}

/// What an entry does to one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub place: Place,
    pub points: Points,
}

/// An entry's moves; together they are its points. Written `lot:never 13.00,debt 26.12`, nothing when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves(SmallVec<[Move; 4]>);

impl Moves {
    #[inline]
    pub fn none() -> Moves {
        Moves::default()
    }

    /// Adds a move; one of 0 points is none.
    #[inline]
    pub fn with(mut self, place: Place, points: Points) -> Moves {
        self.push(place, points);
        self
    }

    /// Likewise.
    #[inline]
    pub(crate) fn push(&mut self, place: Place, points: Points) {
        if !points.is_zero() {
            self.0.push(Move { place, points });
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Move> {
        self.0.iter()
    }

    /// What the moves add up to; `None` when that does not fit.
    #[inline]
    pub fn total(&self) -> Option<Points> {
        self.0.iter().try_fold(Points::ZERO, |sum, m| sum.checked_add(m.points))
    }

    /// The moves of most entries: all points into or out of the lot that never expires. Tables leave these out.
    pub fn plain(points: Points) -> Moves {
        Moves::none().with(Place::Lot { day: None }, points)
    }

    /// Whether these are the plain moves of so many points.
    pub fn is_plain(&self, points: Points) -> bool {
        match self.0.as_slice() {
            [] => points.is_zero(),
            [one] => one.place == Place::Lot { day: None } && one.points == points && !points.is_zero(),
            _ => false,
        }
    }

    pub fn parse(text: &str) -> Option<Moves> {
        let one = |part: &str| {
            let (place, points) = part.split_once(' ')?;
            let place = match place.split_once(':') {
                None if place == "debt" => Place::Debt,
                Some(("lot", "never")) => Place::Lot { day: None },
                Some(("lot", day)) => Place::Lot { day: Some(Day::from(day.parse::<Date>().ok()?)) },
                Some(("pending", payment)) => Place::Pending { payment: payment.parse().ok()? },
                _ => return None,
            };
            Some(Move { place, points: points.parse().ok()? })
        };
        if text.is_empty() {
            return Some(Moves::none());
        }
        text.split(',').map(one).collect::<Option<SmallVec<[Move; 4]>>>().map(Moves)
    }
}

impl fmt::Display for Moves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, m) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}{} {}", m.place, m.points)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_read_as_they_are_written() {
        let day = Place::Lot { day: Some(Day::from("2027-02-28".parse::<Date>().unwrap())) };
        let points = |text: &str| text.parse::<Points>().unwrap();
        let moves = Moves::none()
            .with(Place::Pending { payment: 7 }, points("-1"))
            .with(day, points("3.50"))
            .with(Place::Debt, points("2"))
            .with(Place::Lot { day: None }, Points::ZERO);
        assert_eq!(moves.to_string(), "pending:7 -1.00,lot:2027-02-28 3.50,debt 2.00");
        assert_eq!(Moves::parse(&moves.to_string()), Some(moves.clone()));
        assert_eq!(moves.total(), Some(points("4.50")));
        assert_eq!(Moves::parse(""), Some(Moves::none()));
        assert_eq!(Moves::parse("lot:tomorrow 1.00"), None);
        for (moves, of, is_plain) in [
            (Moves::plain(points("3")), "3", true),
            (Moves::plain(points("3")), "4", false),
            (Moves::none(), "0", true),
            (Moves::none(), "1", false),
            (Moves::none().with(Place::Debt, points("3")), "3", false),
            (moves, "4.50", false),
        ] {
            assert_eq!((moves.is_plain(points(of)), moves == Moves::plain(points(of))), (is_plain, is_plain), "{moves}");
        }
    }
}
