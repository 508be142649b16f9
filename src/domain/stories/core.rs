//! What a step of posting goes through counts days and moments as whole numbers. Calendars and time zones are asked where things
//! come in, where they are told, and when a programme's table of days and months is made.

/// The files of it.
const CORE: [(&str, &str); 24] = [
    ("ledger/account.rs", include_str!("../ledger/account.rs")),
    ("ledger/closing.rs", include_str!("../ledger/closing.rs")),
    ("ledger/due.rs", include_str!("../ledger/due.rs")),
    ("ledger/earn.rs", include_str!("../ledger/earn.rs")),
    ("ledger/earning.rs", include_str!("../ledger/earning.rs")),
    ("ledger/history.rs", include_str!("../ledger/history.rs")),
    ("ledger/invitation.rs", include_str!("../ledger/invitation.rs")),
    ("ledger/plain.rs", include_str!("../ledger/plain.rs")),
    ("ledger/posting.rs", include_str!("../ledger/posting.rs")),
    ("ledger/refund.rs", include_str!("../ledger/refund.rs")),
    ("ledger/sink.rs", include_str!("../ledger/sink.rs")),
    ("ledger/spend.rs", include_str!("../ledger/spend.rs")),
    ("ledger/state.rs", include_str!("../ledger/state.rs")),
    ("ledger/undo.rs", include_str!("../ledger/undo.rs")),
    ("lab/columns.rs", include_str!("../lab/columns.rs")),
    ("lab/noting.rs", include_str!("../lab/noting.rs")),
    ("lab/replay.rs", include_str!("../lab/replay.rs")),
    ("lab/tallied.rs", include_str!("../lab/tallied.rs")),
    ("rules/fractions.rs", include_str!("../rules/fractions.rs")),
    ("rules/period.rs", include_str!("../rules/period.rs")),
    ("rules/rule_set.rs", include_str!("../rules/rule_set.rs")),
    ("rules/timeline.rs", include_str!("../rules/timeline.rs")),
    ("rules/window.rs", include_str!("../rules/window.rs")),
    ("numbers/sorted.rs", include_str!("../numbers/sorted.rs")),
];

#[test]
fn the_core_names_no_calendar_library() {
    let mut named = Vec::new();
    for (file, text) in CORE {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let tells = |line: &&str| !line.trim_start().starts_with("//") && (line.contains("jiff") || line.contains("Timestamp"));
        named.extend(code.lines().filter(tells).map(|line| format!("{file}: {line}")));
    }
    assert_eq!(named, [""; 0]);
}

/// A time zone is asked in one place: where its table is made.
#[test]
fn a_time_zone_is_asked_when_its_table_is_made() {
    let asked = |text: &str, what: &str| text.split("#[cfg(test)]").next().unwrap().matches(what).count();
    let (calendar, offsets) = (include_str!("../numbers/calendar.rs"), include_str!("../numbers/offsets.rs"));
    for question in [".to_offset(", ".following(", ".preceding(", ".to_datetime(", ".to_zoned(", "Zoned"] {
        assert_eq!(asked(calendar, question), 0, "{question}");
    }
    let made = offsets.split("pub fn of(zone").nth(1).unwrap().split("\n    }\n").next().unwrap();
    for question in [".to_offset(", ".following("] {
        assert_eq!((asked(offsets, question), asked(made, question)), (1, 1), "{question}");
    }
}
