//! Parsing what people type into what use cases work with; a fault names its field.

use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::text::checked;

use super::AppError;

const LONGEST_NAME: usize = 100;
const LONGEST_DEVICE: usize = 200;
const LOCALES: [&str; 2] = ["zh", "en"];

pub fn name(typed: &str) -> Result<String, AppError> {
    checked(typed.trim(), LONGEST_NAME).map_err(|fault| Refusal::field("name", fault).into())
}

pub fn locale(typed: &str) -> Result<String, AppError> {
    match LOCALES.into_iter().find(|locale| *locale == typed) {
        Some(locale) => Ok(locale.to_owned()),
        None => Err(Refusal::field("locale", Fault::NotOneOf { choices: LOCALES.join(", ") }).into()),
    }
}

/// What was left empty was not given.
pub fn given(typed: Option<&str>) -> Option<&str> {
    typed.map(str::trim).filter(|text| !text.is_empty())
}

/// A browser's name for itself, cut to what a list of devices needs.
pub fn device(sent: &str) -> String {
    sent.chars().filter(|c| !c.is_control()).take(LONGEST_DEVICE).collect()
}
