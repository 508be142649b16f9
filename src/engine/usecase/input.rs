//! Parsing what people type into what use cases work with; a fault names its field.

use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::text::checked;

use crate::auth::SignInName;
use crate::store::members::member::Member;
use crate::usecase::AppError;

const LONGEST_NAME: usize = 100;
const LONGEST_DEVICE: usize = 200;
const LOCALES: [&str; 2] = ["zh", "en"];

pub fn name(typed: &str) -> Result<String, AppError> {
    name_or_fault(typed).map_err(|fault| Refusal::field("name", fault).into())
}

pub fn locale(typed: &str) -> Result<String, AppError> {
    locale_or_fault(typed).map_err(|fault| Refusal::field("locale", fault).into())
}

/// What was left empty was not given.
pub fn given(typed: Option<&str>) -> Option<&str> {
    typed.map(str::trim).filter(|text| !text.is_empty())
}

/// A browser's name for itself, cut to what a list of devices needs.
pub fn device(sent: &str) -> String {
    sent.chars().filter(|c| !c.is_control()).take(LONGEST_DEVICE).collect()
}

/// What is known of a member, each as far as it was given. An empty e-mail address or phone number takes the old one away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
}

impl Details {
    pub fn parse(
        name: Option<&str>,
        email: Option<&str>,
        phone: Option<&str>,
        locale: Option<&str>,
        faults: &mut Vec<FieldFault>,
    ) -> Self {
        Self {
            name: field("name", name, name_or_fault, faults),
            email: field("email", email, email_or_fault, faults),
            phone: field("phone", phone, phone_or_fault, faults),
            locale: field("locale", locale, locale_or_fault, faults),
        }
    }

    pub fn apply(&self, member: &mut Member) {
        let text = |given: &Option<String>, kept: &mut Option<String>| {
            if let Some(given) = given {
                *kept = Some(given.clone()).filter(|text| !text.is_empty());
            }
        };
        text(&self.name, &mut member.name);
        text(&self.email, &mut member.email);
        text(&self.phone, &mut member.phone);
        text(&self.locale, &mut member.locale);
    }
}

fn field(
    name: &str,
    typed: Option<&str>,
    parse: fn(&str) -> Result<String, Fault>,
    faults: &mut Vec<FieldFault>,
) -> Option<String> {
    match typed.map(parse)? {
        Ok(text) => Some(text),
        Err(fault) => {
            faults.push(FieldFault::new(name, fault));
            None
        }
    }
}

fn name_or_fault(typed: &str) -> Result<String, Fault> {
    checked(typed.trim(), LONGEST_NAME)
}

fn email_or_fault(typed: &str) -> Result<String, Fault> {
    match (typed.trim().is_empty(), SignInName::parse(typed)) {
        (true, _) => Ok(String::new()),
        (false, Ok(SignInName::Email(email))) => Ok(email),
        _ => Err(Fault::Characters),
    }
}

fn phone_or_fault(typed: &str) -> Result<String, Fault> {
    match (typed.trim().is_empty(), SignInName::parse(typed)) {
        (true, _) => Ok(String::new()),
        (false, Ok(SignInName::Phone(phone))) => Ok(phone),
        _ => Err(Fault::Characters),
    }
}

/// `zh-CN` and `en_GB` are Chinese and English.
fn locale_or_fault(typed: &str) -> Result<String, Fault> {
    let language = typed.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let known = LOCALES.into_iter().find(|locale| *locale == language).map(str::to_owned);
    known.ok_or_else(|| Fault::NotOneOf { choices: LOCALES.join(", ") })
}
