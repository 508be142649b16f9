//! Why a row of a file was refused, as it is kept until somebody reads it in their own language.

use serde::{Deserialize, Serialize};

use crate::numbers::money::{Currency, Money};
use crate::refusal::{FieldFault, Refusal};

macro_rules! row_refusal {
    ($($plain:ident),* $(,)?) => {
        /// The refusals that rows of files come by.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "code", rename_all = "snake_case")]
        pub enum RowRefusal {
            Invalid { faults: Vec<FieldFault> },
            WrongCurrency { expected: Currency, got: Currency },
            RefundBeyondPayment { left: Money },
            $($plain,)*
            /// Any other, by its code.
            Other { of: String },
        }

        impl From<&Refusal> for RowRefusal {
            fn from(refusal: &Refusal) -> RowRefusal {
                match refusal {
                    Refusal::Invalid { faults } => RowRefusal::Invalid { faults: faults.clone() },
                    Refusal::WrongCurrency { expected, got } => RowRefusal::WrongCurrency { expected: *expected, got: *got },
                    Refusal::RefundBeyondPayment { left } => RowRefusal::RefundBeyondPayment { left: *left },
                    $(Refusal::$plain => RowRefusal::$plain,)*
                    other => RowRefusal::Other { of: other.code().to_owned() },
                }
            }
        }

        impl RowRefusal {
            /// The refusal that it was; the code alone of one that is none of these.
            pub fn refusal(&self) -> Result<Refusal, &str> {
                Ok(match self {
                    RowRefusal::Invalid { faults } => Refusal::Invalid { faults: faults.clone() },
                    RowRefusal::WrongCurrency { expected, got } => Refusal::WrongCurrency { expected: *expected, got: *got },
                    RowRefusal::RefundBeyondPayment { left } => Refusal::RefundBeyondPayment { left: *left },
                    $(RowRefusal::$plain => Refusal::$plain,)*
                    RowRefusal::Other { of } => return Err(of),
                })
            }
        }
    };
}

row_refusal! {
    InFuture, EventConflict, UnknownMember, MemberClosed, MemberSuspended, UnknownPayment, SelfReferral, UnknownReferee,
    RefereeCameFirst, MutualReferral, AlreadyReferred, AlreadyReviewed, PointsOutOfRange, AccountDamaged,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Fault;

    #[test]
    fn a_refusal_that_was_kept_is_the_same_when_it_is_read() {
        let yuan: Currency = "CNY".parse().unwrap();
        let faults = vec![FieldFault::new("amount", Fault::NotPositive), FieldFault::new("row", Fault::TooLong { most: 9 })];
        let all = [
            Refusal::Invalid { faults },
            Refusal::WrongCurrency { expected: yuan, got: "USD".parse().unwrap() },
            Refusal::RefundBeyondPayment { left: Money::from_minor(150, yuan).unwrap() },
            Refusal::UnknownPayment,
            Refusal::AccountDamaged,
        ];
        for refusal in all {
            let kept = serde_json::to_string(&RowRefusal::from(&refusal)).unwrap();
            let read: RowRefusal = serde_json::from_str(&kept).unwrap();
            assert_eq!(read.refusal(), Ok(refusal), "{kept}");
        }
        let other = RowRefusal::from(&Refusal::NothingToPay);
        assert_eq!(other.refusal(), Err("nothing_to_pay"));
    }
}
