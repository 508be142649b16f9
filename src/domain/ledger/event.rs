//! Events: what members did, as the payment system tells it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::numbers::money::{Currency, Money};
use crate::refusal::{Fault, FieldFault, Refusal};
use crate::text::{EventId, ExternalId, Source, Subject, checked_identity};

/// How far ahead of the clock an event may have occurred.
pub const MOST_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Where a payment was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    EPayment,
    BankCard,
    Investment,
    Lending,
    #[default]
    Other,
}

impl Scene {
    pub const ALL: [Scene; 5] = [Scene::EPayment, Scene::BankCard, Scene::Investment, Scene::Lending, Scene::Other];

    pub const fn name(self) -> &'static str {
        match self {
            Scene::EPayment => "e_payment",
            Scene::BankCard => "bank_card",
            Scene::Investment => "investment",
            Scene::Lending => "lending",
            Scene::Other => "other",
        }
    }

    pub fn named(name: &str) -> Option<Scene> {
        Scene::ALL.into_iter().find(|scene| scene.name() == name)
    }
}

/// An event's identity: for ever, (source, id).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey {
    pub source: Source,
    pub id: EventId,
}

impl EventKey {
    /// What stands for it where events are looked up: the first 16 bytes of SHA-256 over the source's length in bytes (4 bytes,
    /// little-endian), the source and the id, both in UTF-8.
    pub fn digest(&self) -> [u8; 16] {
        let (source, id) = (self.source.as_str(), self.id.as_str());
        // no text of that length gets in
        let length = u32::try_from(source.len()).unwrap_or(u32::MAX);
        let whole = Sha256::new().chain_update(length.to_le_bytes()).chain_update(source).chain_update(id).finalize();
        let mut first = [0; 16];
        first.copy_from_slice(&whole[..16]);
        first
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    Payment { amount: Money, scene: Scene },
    Refund { payment: EventKey, amount: Money },
    Referral { referee: ExternalId },
    Review { subject: Subject },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub key: EventKey,
    pub member: ExternalId,
    pub occurred_at: Timestamp,
    pub activity: Activity,
}

impl Event {
    /// What is wrong with the texts of an event that is not there yet: each becomes an identity for ever. `enrols` says whether
    /// its member's id does, too.
    ///
    /// Refused: [`Refusal::Invalid`] with each field at fault.
    pub fn check_identities(&self, enrols: bool) -> Result<(), Refusal> {
        let member = enrols.then_some(("member", self.member.as_str()));
        let subject = match &self.activity {
            Activity::Review { subject } => Some(("subject", subject.as_str())),
            _ => None,
        };
        let texts = [("id", self.key.id.as_str())].into_iter().chain(member).chain(subject);
        let fault = |(field, text): (&str, &str)| Some(FieldFault::new(field, checked_identity(text).err()?));
        let faults: Vec<FieldFault> = texts.filter_map(fault).collect();
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid { faults }) }
    }
}

/// An event as it arrives: JSON object or CSV row, every field a text that may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawEvent {
    pub source: Option<String>,
    #[serde(alias = "event_id")]
    pub id: Option<String>,
    pub kind: Option<String>,
    pub member: Option<String>,
    pub amount: Option<String>,
    pub currency: Option<String>,
    pub scene: Option<String>,
    pub occurred_at: Option<String>,
    pub payment: Option<String>,
    pub payment_source: Option<String>,
    pub referee: Option<String>,
    pub subject: Option<String>,
}

impl RawEvent {
    /// The field that the API calls so.
    pub fn field(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "source" => &mut self.source,
            "id" => &mut self.id,
            "kind" => &mut self.kind,
            "member" => &mut self.member,
            "amount" => &mut self.amount,
            "currency" => &mut self.currency,
            "scene" => &mut self.scene,
            "occurred_at" => &mut self.occurred_at,
            "payment" => &mut self.payment,
            "payment_source" => &mut self.payment_source,
            "referee" => &mut self.referee,
            "subject" => &mut self.subject,
            _ => return None,
        })
    }
}

/// Collects what is wrong with each field rather than stopping at the first.
struct Reader {
    faults: Vec<FieldFault>,
}

impl Reader {
    fn fail<T>(&mut self, field: &str, fault: impl Into<Fault>) -> Option<T> {
        self.faults.push(FieldFault::new(field, fault));
        None
    }

    fn read<T, E: Into<Fault>>(&mut self, field: &str, text: Option<&str>, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        match text.map(parse) {
            None => self.fail(field, Fault::Missing),
            Some(Err(error)) => self.fail(field, error),
            Some(Ok(value)) => Some(value),
        }
    }

    fn unexpected(&mut self, fields: &[(&str, &Option<String>)]) {
        for (field, value) in fields {
            if value.is_some() {
                self.faults.push(FieldFault::new(*field, Fault::NotExpected));
            }
        }
    }
}

impl RawEvent {
    /// Reads the event; `source` is the sender's own, for when none is named.
    ///
    /// The amount is read with the decimals of the currency named; whether that is the programme's is for posting to say.
    /// Times are kept to the microsecond, what is finer is cut.
    pub fn parse(&self, source: &Source) -> Result<Event, Vec<FieldFault>> {
        let mut r = Reader { faults: Vec::new() };
        let own_source = |r: &mut Reader, field, text: &Option<String>| match text {
            None => Some(source.clone()),
            Some(text) => r.read(field, Some(text), Source::new),
        };
        let source = own_source(&mut r, "source", &self.source);
        let id = r.read("id", self.id.as_deref(), EventId::new);
        let member = r.read("member", self.member.as_deref(), ExternalId::new);
        let occurred_at = r.read("occurred_at", self.occurred_at.as_deref(), instant);
        let activity = match self.kind.as_deref() {
            Some("payment") => {
                r.unexpected(&[
                    ("payment", &self.payment),
                    ("payment_source", &self.payment_source),
                    ("referee", &self.referee),
                    ("subject", &self.subject),
                ]);
                let scene = self.scene(&mut r);
                self.amount(&mut r).zip(scene).map(|(amount, scene)| Activity::Payment { amount, scene })
            }
            Some("refund") => {
                r.unexpected(&[("scene", &self.scene), ("referee", &self.referee), ("subject", &self.subject)]);
                let paid_at = match &self.payment_source {
                    None => source.clone(),
                    Some(text) => r.read("payment_source", Some(text), Source::new),
                };
                let payment = r.read("payment", self.payment.as_deref(), EventId::new);
                let payment = paid_at.zip(payment).map(|(source, id)| EventKey { source, id });
                payment.zip(self.amount(&mut r)).map(|(payment, amount)| Activity::Refund { payment, amount })
            }
            Some("referral") => {
                r.unexpected(&[
                    ("payment", &self.payment),
                    ("payment_source", &self.payment_source),
                    ("subject", &self.subject),
                ]);
                r.unexpected(&[("amount", &self.amount), ("currency", &self.currency), ("scene", &self.scene)]);
                r.read("referee", self.referee.as_deref(), ExternalId::new).map(|referee| Activity::Referral { referee })
            }
            Some("review") => {
                r.unexpected(&[
                    ("payment", &self.payment),
                    ("payment_source", &self.payment_source),
                    ("referee", &self.referee),
                ]);
                r.unexpected(&[("amount", &self.amount), ("currency", &self.currency), ("scene", &self.scene)]);
                r.read("subject", self.subject.as_deref(), Subject::new).map(|subject| Activity::Review { subject })
            }
            None => r.fail("kind", Fault::Missing),
            Some(_) => r.fail("kind", Fault::NotOneOf { choices: "payment, refund, referral, review".into() }),
        };
        match (source, id, member, occurred_at, activity) {
            (Some(source), Some(id), Some(member), Some(occurred_at), Some(activity)) if r.faults.is_empty() => {
                Ok(Event { key: EventKey { source, id }, member, occurred_at, activity })
            }
            _ => Err(r.faults),
        }
    }

    fn amount(&self, r: &mut Reader) -> Option<Money> {
        let currency = r.read("currency", self.currency.as_deref(), str::parse::<Currency>)?;
        let amount = r.read("amount", self.amount.as_deref(), |text| Money::parse(text, currency))?;
        if amount.minor() <= 0 {
            return r.fail("amount", Fault::NotPositive);
        }
        Some(amount)
    }

    fn scene(&self, r: &mut Reader) -> Option<Scene> {
        match self.scene.as_deref() {
            None => Some(Scene::Other),
            Some(name) => Scene::named(name).or_else(|| {
                let choices = Scene::ALL.map(Scene::name).join(", ");
                r.fail("scene", Fault::NotOneOf { choices })
            }),
        }
    }
}

/// Reads an RFC 3339 time, to the microsecond.
pub fn instant(text: &str) -> Result<Timestamp, Fault> {
    if text.len() > 40 {
        return Err(Fault::NotATime);
    }
    let at: Timestamp = text.parse().map_err(|_| Fault::NotATime)?;
    Timestamp::from_microsecond(at.as_nanosecond().div_euclid(1000) as i64).map_err(|_| Fault::NotATime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::NumberError;

    fn payment() -> RawEvent {
        let text = |t: &str| Some(t.to_owned());
        RawEvent {
            id: text("e1"),
            kind: text("payment"),
            member: text("m-1"),
            amount: text("38.50"),
            currency: text("CNY"),
            occurred_at: text("2026-11-22T10:00:00Z"),
            ..RawEvent::default()
        }
    }

    fn check(change: impl Fn(&mut RawEvent), field: &str, fault: impl Into<Fault>) {
        let mut raw = payment();
        change(&mut raw);
        assert_eq!(raw.parse(&Source::new("pos").unwrap()), Err(vec![FieldFault::new(field, fault)]));
    }

    #[test]
    fn the_same_event_may_be_written_in_several_ways() {
        let source = Source::new("pos").unwrap();
        let plain = payment().parse(&source).unwrap();
        let mut other = payment();
        other.amount = Some("38.5".into());
        other.occurred_at = Some("2026-11-22T18:00:00+08:00".into());
        other.scene = Some("other".into());
        other.source = Some("pos".into());
        assert_eq!(other.parse(&source).unwrap(), plain);
    }

    #[test]
    fn each_bad_field_is_named_with_its_fault() {
        check(|e| e.amount = Some("0".into()), "amount", Fault::NotPositive);
        check(|e| e.amount = Some("-1".into()), "amount", Fault::NotPositive);
        check(|e| e.amount = Some("1.234".into()), "amount", NumberError::TooManyDecimals { most: 2 });
        check(|e| e.amount = Some("9".repeat(1_000_000)), "amount", NumberError::TooLong);
        check(|e| e.currency = Some("ABC".into()), "currency", Fault::UnknownCurrency);
        check(|e| e.occurred_at = Some("yesterday".into()), "occurred_at", Fault::NotATime);
        check(|e| e.id = None, "id", Fault::Missing);
        check(|e| e.subject = Some("x".into()), "subject", Fault::NotExpected);
        check(|e| e.member = Some("x".repeat(200)), "member", Fault::TooLong { most: 128 });
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = RawEvent::default().parse(&Source::new("pos").unwrap()).unwrap_err();
        assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["id", "member", "occurred_at", "kind"]);
    }

    #[test]
    fn a_refund_may_name_the_source_of_its_payment() {
        let mut raw = payment();
        raw.kind = Some("refund".into());
        raw.payment = Some("p1".into());
        let source = Source::new("pos").unwrap();
        let Activity::Refund { payment, .. } = raw.parse(&source).unwrap().activity else { panic!("a refund") };
        assert_eq!(payment.source.as_str(), "pos");
        raw.payment_source = Some("web".into());
        let Activity::Refund { payment, .. } = raw.parse(&source).unwrap().activity else { panic!("a refund") };
        assert_eq!(payment.source.as_str(), "web");
    }
}
