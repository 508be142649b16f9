//! What was measured: one value a round, told as median and range.

use serde_json::{Value, json};

use crate::database::Kind;

/// One thing that was measured, on one database or apart from any.
struct Row {
    scenario: &'static str,
    what: String,
    unit: String,
    kind: Option<Kind>,
    rounds: Vec<f64>,
}

pub struct Figures {
    machine: String,
    setting: String,
    rows: Vec<Row>,
}

impl Figures {
    pub fn new(machine: String, setting: String) -> Figures {
        Figures { machine, setting, rows: Vec::new() }
    }

    /// Notes the value of one more round.
    pub fn add(&mut self, scenario: &'static str, kind: Kind, what: impl Into<String>, unit: &str, value: f64) {
        self.add_row(scenario, Some(kind), what.into(), unit, value);
    }

    /// The same of what needs no database.
    pub fn add_apart(&mut self, scenario: &'static str, what: impl Into<String>, unit: &str, value: f64) {
        self.add_row(scenario, None, what.into(), unit, value);
    }

    fn add_row(&mut self, scenario: &'static str, kind: Option<Kind>, what: String, unit: &str, value: f64) {
        match self.rows.iter_mut().find(|row| row.scenario == scenario && row.kind == kind && row.what == what) {
            Some(row) => row.rounds.push(value),
            None => {
                eprintln!("  {what}: {} {unit}", plain(value));
                self.rows.push(Row { scenario, what, unit: unit.to_owned(), kind, rounds: vec![value] });
            }
        }
    }

    /// Notes how one thing stood to another, round by round.
    pub fn compare(&mut self, scenario: &'static str, kind: Kind, one: &str, other: &str) {
        self.compare_rows(scenario, Some(kind), one, other);
    }

    pub fn compare_apart(&mut self, scenario: &'static str, one: &str, other: &str) {
        self.compare_rows(scenario, None, one, other);
    }

    fn compare_rows(&mut self, scenario: &'static str, kind: Option<Kind>, one: &str, other: &str) {
        let rounds = |what: &str| {
            let row = self.rows.iter().find(|row| row.scenario == scenario && row.kind == kind && row.what == what);
            row.map(|row| row.rounds.clone()).unwrap_or_default()
        };
        for (one_value, other_value) in rounds(one).into_iter().zip(rounds(other)) {
            self.add_row(scenario, kind, format!("{one} : {other}"), "×", one_value / other_value);
        }
    }

    /// The median of what was noted.
    pub fn median(&self, scenario: &str, kind: Kind, what: &str) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.scenario == scenario && row.kind == Some(kind) && row.what == what)?;
        Some(median(&row.rounds))
    }

    /// In Markdown: a line for each thing, a column for each database.
    pub fn table(&self) -> String {
        let mut text = format!("{}\n{}\n", self.machine, self.setting);
        let mut scenario = "";
        for (at, row) in self.rows.iter().enumerate() {
            let same = |other: &&Row| other.scenario == row.scenario && other.what == row.what;
            if self.rows[..at].iter().any(|earlier| same(&earlier)) {
                continue;
            }
            if row.scenario != scenario {
                scenario = row.scenario;
                text += &match row.kind {
                    Some(_) => format!("\n| {scenario} | | SQLite | PostgreSQL |\n|---|---|---|---|\n"),
                    None => format!("\n| {scenario} | | |\n|---|---|---|\n"),
                };
            }
            if row.kind.is_none() {
                text += &format!("| {} | {} | {} |\n", row.what, row.unit, told(&row.rounds));
                continue;
            }
            let cell = |kind| {
                self.rows.iter().filter(same).find(|row| row.kind == Some(kind)).map_or("–".into(), |row| told(&row.rounds))
            };
            text += &format!("| {} | {} | {} | {} |\n", row.what, row.unit, cell(Kind::Sqlite), cell(Kind::Postgres));
        }
        text
    }

    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let (median, least, most) = (median(&row.rounds), least(&row.rounds), most(&row.rounds));
                json!({"scenario": row.scenario, "what": row.what, "unit": row.unit, "database": row.kind.map(|kind| kind.name()),
                       "median": median, "least": least, "most": most, "rounds": row.rounds})
            })
            .collect();
        json!({"machine": self.machine, "setting": self.setting, "figures": rows})
    }
}

fn told(rounds: &[f64]) -> String {
    if rounds.len() == 1 {
        return plain(rounds[0]);
    }
    format!("{} ({}–{})", plain(median(rounds)), plain(least(rounds)), plain(most(rounds)))
}

fn median(rounds: &[f64]) -> f64 {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

fn least(rounds: &[f64]) -> f64 {
    rounds.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(rounds: &[f64]) -> f64 {
    rounds.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Three figures that matter, thousands set apart.
fn plain(value: f64) -> String {
    let decimals = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.decimals$}");
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && digit.is_ascii_digit() && (whole.len() - at) % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_short() {
        assert_eq!(plain(12_345.6), "12,346");
        assert_eq!(plain(1_234_567.0), "1,234,567");
        assert_eq!((plain(45.67), plain(0.123), plain(999.4)), ("45.7".into(), "0.12".into(), "999".into()));
    }

    #[test]
    fn a_ratio_is_taken_within_each_round() {
        let mut figures = Figures::new("a machine".into(), "a setting".into());
        for (one, other) in [(10.0, 10.0), (30.0, 10.0), (20.0, 10.0)] {
            figures.add("s", Kind::Sqlite, "one", "events/s", one);
            figures.add("s", Kind::Sqlite, "other", "events/s", other);
        }
        figures.compare("s", Kind::Sqlite, "one", "other");
        assert_eq!(figures.median("s", Kind::Sqlite, "one : other"), Some(2.0));
        assert!(figures.table().contains("| one : other | × | 2.00 (1.00–3.00) | – |"), "{}", figures.table());
        assert_eq!(figures.json()["figures"][2]["rounds"], json!([1.0, 3.0, 2.0]));
    }

    #[test]
    fn what_needs_no_database_has_a_table_of_its_own() {
        let mut figures = Figures::new("a machine".into(), "a setting".into());
        for (one, other) in [(10.0, 100.0), (30.0, 100.0)] {
            figures.add_apart("s", "one", "events/s", one);
            figures.add_apart("s", "other", "events/s", other);
        }
        figures.compare_apart("s", "one", "other");
        assert!(figures.table().contains("| one : other | × | 0.20 (0.10–0.30) |"), "{}", figures.table());
        assert_eq!(figures.json()["figures"][0]["database"], Value::Null);
    }

    #[test]
    fn of_an_even_number_the_median_lies_between_the_middle_two() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
    }
}
