//! What a plain form left for the page that comes after it: a note, or an error with what was typed. It lives in a cookie,
//! is read once, and expires by itself.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::cookies::Cookie;
use crate::api_error::ApiError;
use crate::server::Config;

/// Cookies of more than 4 kB are thrown away by browsers; session and preferences need some room, too.
const MOST_BYTES: usize = 3_000;

/// Long enough to be redirected over a bad line.
const SECONDS: i64 = 60;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path of the function that the form called.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A secret that the note is about, to be copied from the page: it is not shown again.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// How what was just done can be undone.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<(String, String)>,
}

/// A form that undoes what was just done: the function that it calls, and its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    #[serde(rename = "p")]
    pub path: String,
    #[serde(rename = "f")]
    pub fields: Vec<(String, String)>,
    /// What its button says, where it undoes a part only.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Flash {
    pub fn note(text: impl Into<String>) -> Flash {
        Flash { note: Some(text.into()), ..Flash::default() }
    }

    pub fn read(headers: &HeaderMap, config: &Config) -> Option<Flash> {
        let text = Cookie::Flash.read(headers, config)?;
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// The cookie. Longest values are left out first when there is too much: the error matters more than what was typed.
    pub fn write(mut self, config: &Config) -> HeaderValue {
        while self.encoded().len() > MOST_BYTES {
            let longest = self.typed.iter().enumerate().max_by_key(|(_, (_, value))| value.len()).map(|(index, _)| index);
            match longest {
                Some(index) => drop(self.typed.swap_remove(index)),
                None if self.undo.take().is_some() => {}
                None => {
                    self = self.shortened();
                    break;
                }
            }
        }
        Cookie::Flash.write(&self.encoded(), Some(SECONDS), config)
    }

    /// Whether a cookie holds all of it.
    pub fn fits(&self) -> bool {
        self.typed.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() < MOST_BYTES
            && self.encoded().len() <= MOST_BYTES
    }

    fn encoded(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    fn shortened(self) -> Flash {
        let short = |text: String| text.chars().take(300).collect::<String>();
        let error = self.error.map(|error| ApiError { message: short(error.message), fields: Vec::new(), ..error });
        Flash { error, note: self.note.map(short), ..self }
    }
}

/// Fields that never travel back in a cookie, whatever happens.
pub fn is_secret(field: &str) -> bool {
    ["password", "secret", "token", "code"].iter().any(|word| field == *word || field.ends_with(&format!("_{word}")))
        || field.starts_with("password")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::local(([127, 0, 0, 1], 3000).into())
    }

    fn sent_back(flash: Flash) -> Option<Flash> {
        let cookie = flash.write(&config());
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        assert!(pair.len() < 3_100, "{} bytes", pair.len());
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::try_from(pair).unwrap());
        Flash::read(&headers, &config())
    }

    #[test]
    fn what_was_typed_comes_back() {
        let flash = Flash {
            path: "/api/x".to_owned(),
            error: Some(ApiError::field("name", "不能为空")),
            typed: vec![("email".to_owned(), "a@例子.cn".to_owned())],
            ..Flash::default()
        };
        assert_eq!(sent_back(flash.clone()), Some(flash));
    }

    #[test]
    fn what_does_not_fit_is_left_out_longest_first_and_the_error_stays() {
        let typed = vec![("a".to_owned(), "x".repeat(5_000)), ("b".to_owned(), "short".to_owned())];
        let flash = Flash { error: Some(ApiError::new(422, "c", "m")), typed, ..Flash::default() };
        let back = sent_back(flash).unwrap();
        assert_eq!(back.typed, [("b".to_owned(), "short".to_owned())]);
        assert!(back.error.is_some());
        let monster = Flash { error: Some(ApiError::new(422, "c", "长".repeat(9_000))), ..Flash::default() };
        assert!(sent_back(monster).unwrap().error.is_some());
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for field in ["password", "new_password", "password_again", "link_code", "code", "token", "secret"] {
            assert!(is_secret(field), "{field}");
        }
        for field in ["email", "codes_note", "postcode", "name"] {
            assert!(!is_secret(field), "{field}");
        }
    }
}
