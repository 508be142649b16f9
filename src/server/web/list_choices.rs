//! How somebody wants to see the console's lists: how close rows stand, and which columns of which list are left out. It lives in a
//! cookie, for it is theirs: a link that they pass on shows the same rows to everybody, each the way they like them.

use std::collections::BTreeMap;

/// Whatever is longer than this is not ours.
const LONGEST: usize = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListChoices {
    pub is_compact: bool,
    /// By list.
    hidden: BTreeMap<String, Vec<String>>,
}

impl ListChoices {
    /// `compact~members.contact.since~audit.at`; what it does not understand it leaves out.
    pub fn parse(text: &str) -> ListChoices {
        let mut choices = ListChoices::default();
        for part in text.split('~').filter(|_| text.len() <= LONGEST) {
            let mut names = part.split('.').filter(|name| is_name(name)).map(str::to_owned);
            match (part, names.next()) {
                ("compact", _) => choices.is_compact = true,
                (_, Some(list)) => choices.hide(&list, names.collect()),
                (_, None) => {}
            }
        }
        choices
    }

    pub fn write(&self) -> String {
        let compact = self.is_compact.then(|| "compact".to_owned());
        let lists = self.hidden.iter().map(|(list, columns)| format!("{list}.{}", columns.join(".")));
        compact.into_iter().chain(lists).collect::<Vec<_>>().join("~")
    }

    /// In place of what was left out of the list before.
    pub fn hide(&mut self, list: &str, columns: Vec<String>) {
        let columns: Vec<String> = columns.into_iter().filter(|name| is_name(name)).collect();
        match columns.is_empty() || !is_name(list) {
            true => drop(self.hidden.remove(list)),
            false => drop(self.hidden.insert(list.to_owned(), columns)),
        }
    }

    pub fn hides(&self, list: &str, column: &str) -> bool {
        self.hidden.get(list).is_some_and(|columns| columns.iter().any(|name| name == column))
    }

    /// What is left out of a list, as an address says it.
    pub fn hidden(&self, list: &str) -> String {
        self.hidden.get(list).map(|columns| columns.join(".")).unwrap_or_default()
    }
}

fn is_name(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_comes_back_from_the_cookie() {
        let mut choices = ListChoices { is_compact: true, ..ListChoices::default() };
        choices.hide("members", vec!["contact".into(), "since".into()]);
        choices.hide("audit", vec!["at".into()]);
        assert_eq!(choices.write(), "compact~audit.at~members.contact.since");
        assert_eq!(ListChoices::parse(&choices.write()), choices);
        choices.hide("audit", Vec::new());
        assert_eq!(choices.write(), "compact~members.contact.since");
        assert!(choices.hides("members", "since") && !choices.hides("members", "name") && !choices.hides("audit", "at"));
    }

    #[test]
    fn a_cookie_that_is_not_ours_hides_nothing() {
        for text in ["", "~~", ".", "members", "Members.x", "members.<b>", &"members.a".repeat(200)] {
            assert!(!ListChoices::parse(text).hides("members", "a"), "{text}");
        }
    }
}
