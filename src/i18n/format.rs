//! Numbers, points, money and times as people read them. Amounts that programs read are the domain's `Display`.
//!
//! Times come as civil ones: whoever calls has already gone to the programme's time zone, the only one that counts.

use jiff::civil::{Date, DateTime};
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::reward::{Reward, Supply};

use super::{Lang, Language};

/// The minus sign that is as wide as a plus, so that columns line up.
const MINUS: char = '−';

/// `1,480`: a count of something.
pub fn count(number: i64) -> String {
    let digits = grouped(number.unsigned_abs());
    if number < 0 { format!("{MINUS}{digits}") } else { digits }
}

/// What is counted for a page is counted up to here.
pub const MANY: i64 = 1_000;

/// `1,000+` for more than that, as a count: of what nobody counts to the end.
pub fn many(number: i64) -> String {
    if number > MANY { format!("{}+", count(MANY)) } else { count(number) }
}

/// How much of a reward is left; codes are counted so far only.
pub fn left(reward: &Reward) -> Option<String> {
    reward.left.map(|left| if reward.supply == Supply::Stock { count(left) } else { many(left) })
}

/// `18.6%`: a part of a whole, rounded half up. Never 0% of what is there, never 100% of what is not all.
pub fn share(part: i64, whole: i64) -> String {
    if part <= 0 || whole <= 0 {
        return "0%".to_owned();
    }
    if part >= whole {
        return "100%".to_owned();
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    match (part * 2_000 + whole) / (whole * 2) {
        0 => "<0.1%".to_owned(),
        1_000.. => ">99.9%".to_owned(),
        permille => format!("{}.{}%", permille / 10, permille % 10),
    }
}

/// `+4.2%`, `−12%`: how much more or less than before, rounded half away from zero; `None` where nothing has changed, or nothing
/// was there before.
pub fn change(now: i64, before: i64) -> Option<String> {
    if before <= 0 || now == before {
        return None;
    }
    let difference = i128::from(now) - i128::from(before);
    let before = i128::from(before);
    let sign = if difference < 0 { MINUS } else { '+' };
    let permille = (difference.abs() * 2_000 + before) / (before * 2);
    let whole = grouped(u64::try_from(permille / 10).unwrap_or(u64::MAX));
    Some(match permille % 10 {
        0 if permille == 0 => format!("{sign}<0.1%"),
        0 => format!("{sign}{whole}%"),
        tenth => format!("{sign}{whole}.{tenth}%"),
    })
}

/// `1,371.50`, `10`, `−200`: two decimals or none.
pub fn points(points: Points) -> String {
    let hundredths = points.hundredths();
    let sign = if hundredths < 0 { MINUS.to_string() } else { String::new() };
    let size = hundredths.unsigned_abs();
    match size % 100 {
        0 => format!("{sign}{}", grouped(size / 100)),
        cents => format!("{sign}{}.{cents:02}", grouped(size / 100)),
    }
}

/// `12.5k`, `3.2M`; `1.2万`, `3.4亿`: whole points, short enough for the side of a picture.
pub fn compact(lang: Lang, points: Points) -> String {
    let whole = points.hundredths().unsigned_abs() / 100;
    let units: [(u64, &str); 3] = match lang.language() {
        Language::Zh => [(1_000_000_000_000, "万亿"), (100_000_000, "亿"), (10_000, "万")],
        Language::En => [(1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")],
    };
    let sign = if points.hundredths() < 0 { MINUS.to_string() } else { String::new() };
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| whole >= *unit) else {
        return format!("{sign}{}", grouped(whole));
    };
    let tenths = u128::from(whole) * 10 / u128::from(unit);
    match tenths % 10 {
        0 => format!("{sign}{}{name}", tenths / 10),
        tenth => format!("{sign}{}.{tenth}{name}", tenths / 10),
    }
}

/// `3月`, `Mar`: a month below a picture.
pub fn short_month(lang: Lang, of: Date) -> String {
    match lang.language() {
        Language::Zh => format!("{}月", of.month()),
        Language::En => month_name(of.month()).to_owned(),
    }
}

/// `+139.12`, `−30`, `0`: points as a change.
pub fn points_change(change: Points) -> String {
    if change.is_positive() { format!("+{}", points(change)) } else { points(change) }
}

/// `¥3.71`, `−£1,200.00`: all the decimals that the currency has.
pub fn money(money: Money) -> String {
    let amount = money.amount();
    let (sign, amount) = match amount.strip_prefix('-') {
        Some(rest) => (MINUS.to_string(), rest),
        None => (String::new(), amount.as_str()),
    };
    let (units, decimals) = match amount.split_once('.') {
        Some((units, decimals)) => (units, format!(".{decimals}")),
        None => (amount, String::new()),
    };
    let units = units.parse().map_or_else(|_| units.to_owned(), grouped);
    format!("{sign}{}{units}{decimals}", symbol(money.currency().code()))
}

/// What stands before an amount; currencies that have no sign everyone knows go by their code.
fn symbol(code: &str) -> String {
    match code {
        "CNY" => "¥".to_owned(),
        "GBP" => "£".to_owned(),
        "EUR" => "€".to_owned(),
        "USD" => "$".to_owned(),
        "HKD" => "HK$".to_owned(),
        "JPY" => "JP¥".to_owned(),
        "KRW" => "₩".to_owned(),
        other => format!("{other}\u{a0}"),
    }
}

/// `4月3日`, `3 Apr`: a day that comes every year.
pub fn day_of_any_year(lang: Lang, date: Date) -> String {
    match lang.language() {
        Language::Zh => format!("{}月{}日", date.month(), date.day()),
        Language::En => format!("{} {}", date.day(), month_name(date.month())),
    }
}

/// `2027年3月31日`, `31 Mar 2027`: always with its year.
pub fn date(lang: Lang, date: Date) -> String {
    let day = day_of_any_year(lang, date);
    match lang.language() {
        Language::Zh => format!("{}年{day}", date.year()),
        Language::En => format!("{day} {}", date.year()),
    }
}

/// `4月3日`, `3 Apr`; with its year if that is another than today's.
pub fn day(lang: Lang, date: Date, today: Date) -> String {
    if date.year() == today.year() { day_of_any_year(lang, date) } else { self::date(lang, date) }
}

/// `2027年3月`, `March` by its short name and year: `Mar 2027`.
pub fn month(lang: Lang, of: Date) -> String {
    match lang.language() {
        Language::Zh => format!("{}年{}月", of.year(), of.month()),
        Language::En => format!("{} {}", month_name(of.month()), of.year()),
    }
}

/// `11月21日 18:04`, `21 Nov 18:04`; with its year if that is another than today's.
pub fn moment(lang: Lang, at: DateTime, today: Date) -> String {
    format!("{} {:02}:{:02}", day(lang, at.date(), today), at.hour(), at.minute())
}

/// `2026年11月21日 18:04`, `21 Nov 2026 18:04`: always with its year.
pub fn date_time(lang: Lang, at: DateTime) -> String {
    format!("{} {:02}:{:02}", date(lang, at.date()), at.hour(), at.minute())
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or_default()
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn points_have_two_decimals_or_none_and_a_true_minus() {
        for (hundredths, plain, change) in [
            (13912, "139.12", "+139.12"),
            (1000, "10", "+10"),
            (-20000, "−200", "−200"),
            (123_456_750, "1,234,567.50", "+1,234,567.50"),
            (0, "0", "0"),
            (-5, "−0.05", "−0.05"),
        ] {
            let amount = Points::from_hundredths(hundredths);
            assert_eq!((points(amount).as_str(), points_change(amount).as_str()), (plain, change));
        }
    }

    #[test]
    fn a_change_is_told_in_percent_with_its_sign() {
        for (now, before, text) in [
            (104, 100, Some("+4%")),
            (1_042, 1_000, Some("+4.2%")),
            (88, 100, Some("−12%")),
            (0, 7, Some("−100%")),
            (100_001, 100_000, Some("+<0.1%")),
            (50_000, 1, Some("+4,999,900%")),
            (7, 7, None),
            (7, 0, None),
        ] {
            assert_eq!(change(now, before).as_deref(), text, "{now} after {before}");
        }
        assert!(change(i64::MIN, i64::MAX).is_some());
    }

    #[test]
    fn large_numbers_are_short_beside_a_picture() {
        for (hundredths, zh, en) in [
            (0, "0", "0"),
            (25_000, "250", "250"),
            (-250_000, "−2,500", "−2.5k"),
            (1_250_000, "1.2万", "12.5k"),
            (200_000_000, "200万", "2M"),
            (i64::MAX, "92233.7万亿", "92233720.3B"),
        ] {
            let amount = Points::from_hundredths(hundredths);
            assert_eq!((compact(Lang::ZH, amount).as_str(), compact(Lang::EN, amount).as_str()), (zh, en));
        }
    }

    #[test]
    fn shares_are_rounded_half_up_and_never_claim_nothing_or_all() {
        for (part, whole, text) in [
            (2, 3, "66.7%"),
            (1, 3, "33.3%"),
            (1, 8, "12.5%"),
            (1, 80, "1.3%"),
            (1, 2_000, "0.1%"),
            (1, 2_001, "<0.1%"),
            (1_999, 2_000, ">99.9%"),
            (9_994, 10_000, "99.9%"),
            (0, 120, "0%"),
            (120, 120, "100%"),
            (0, 0, "0%"),
            (i64::MAX - 1, i64::MAX, ">99.9%"),
        ] {
            assert_eq!(share(part, whole), text, "{part} of {whole}");
        }
    }

    #[test]
    fn money_has_the_decimals_of_its_currency() {
        for (minor, currency, text) in [
            (371, "CNY", "¥3.71"),
            (-10_136_600, "GBP", "−£101,366.00"),
            (1500, "JPY", "JP¥1,500"),
            (5, "SEK", "SEK\u{a0}0.05"),
        ] {
            let amount = Money::from_minor(minor, currency.parse().unwrap()).unwrap();
            assert_eq!(money(amount), text);
        }
    }

    #[test]
    fn times_read_in_the_order_of_the_language() {
        let at = civil::datetime(2026, 11, 21, 18, 4, 0, 0);
        assert_eq!(moment(Lang::ZH, at, at.date()), "11月21日 18:04");
        assert_eq!(moment(Lang::EN, at, at.date()), "21 Nov 18:04");
        assert_eq!(date_time(Lang::ZH, at), "2026年11月21日 18:04");
        assert_eq!(date(Lang::EN, at.date()), "21 Nov 2026");
        assert_eq!(month(Lang::EN, at.date()), "Nov 2026");
    }

    #[test]
    fn what_is_not_of_this_year_says_its_year() {
        let (last_night, new_year) = (civil::datetime(2025, 12, 31, 23, 59, 0, 0), civil::date(2026, 1, 1));
        assert_eq!(moment(Lang::ZH, last_night, new_year), "2025年12月31日 23:59");
        assert_eq!(moment(Lang::EN, last_night, new_year), "31 Dec 2025 23:59");
        assert_eq!(day(Lang::EN, civil::date(2027, 1, 1), new_year), "1 Jan 2027");
        assert_eq!(day(Lang::EN, civil::date(2026, 12, 31), new_year), "31 Dec");
    }
}
