//! Whose request a key recognises: those of the portal's forms and those of the API live apart, whatever is in them.

/// What a request is recognised by when it comes again, as the tables keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey(String);

impl RequestKey {
    /// Of a form that Laurel made, whatever came back in it.
    pub fn of_form(sent: &str) -> RequestKey {
        RequestKey(format!("form:{sent}"))
    }

    /// Of an `Idempotency-Key`, which belongs to the source of the API key that it came with.
    pub fn of_api(source: &str, sent: &str) -> RequestKey {
        // source and key are told apart by the first colon
        RequestKey(format!("api:{}:{sent}", source.replace('%', "%25").replace(':', "%3A")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RequestKey {
    fn from(sent: &str) -> RequestKey {
        RequestKey::of_form(sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_and_no_other_source_makes_the_key_of_a_source() {
        let till = RequestKey::of_api("a", "b:c");
        assert_eq!(till.as_str(), "api:a:b:c", "as it has always been kept");
        assert_ne!(RequestKey::of_api("a:b", "c"), till);
        assert_ne!(RequestKey::of_api("a%3Ab", "c"), RequestKey::of_api("a:b", "c"));
        assert_ne!(RequestKey::of_form(till.as_str()), till);
    }
}
