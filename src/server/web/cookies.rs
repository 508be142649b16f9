//! Reading and writing cookies. Over https they get the `__Host-` prefix, which ties them to this very host.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::server::Config;

/// A cookie by the name it has in Laurel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    Member,
    Staff,
    Flash,
    /// The browser's secret: what was kept of its forms is shown to no other.
    Browser,
    /// Which member and who of the staff last opened a page: what is typed after their session has ended is kept for them.
    LastMember,
    LastStaff,
    Lang,
    Theme,
    /// How the console's lists are shown.
    Lists,
}

/// How long a choice of language or theme is remembered: the longest that browsers allow.
pub const REMEMBERED_FOR_SECONDS: i64 = 400 * 24 * 3600;

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Cookie::Member => "laurel_member",
            Cookie::Staff => "laurel_staff",
            Cookie::Flash => "laurel_flash",
            Cookie::Browser => "laurel_browser",
            Cookie::LastMember => "laurel_last_member",
            Cookie::LastStaff => "laurel_last_staff",
            Cookie::Lang => "laurel_lang",
            Cookie::Theme => "laurel_theme",
            Cookie::Lists => "laurel_lists",
        }
    }

    fn full_name(self, config: &Config) -> String {
        let prefix = if config.public_url.is_https() { "__Host-" } else { "" };
        format!("{prefix}{}", self.name())
    }

    /// The value that the browser sent.
    pub fn read(self, headers: &HeaderMap, config: &Config) -> Option<String> {
        let name = self.full_name(config);
        let sent = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        sent.flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }

    /// A `Set-Cookie`. `max_age` in seconds; none ends with the browser, 0 removes it. The value has to be plain ASCII.
    pub fn write(self, value: &str, max_age: Option<i64>, config: &Config) -> HeaderValue {
        let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let secure = if config.public_url.is_https() { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.full_name(config));
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    pub fn remove(self, config: &Config) -> HeaderValue {
        self.write("", Some(0), config)
    }
}
