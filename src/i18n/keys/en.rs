use super::Keys;
use crate::i18n::wording::Noun;

pub fn keys(noun: &'static Noun) -> Keys {
    Keys {
        title: "Keyboard shortcuts",
        anywhere: "On every page",
        go_to: "Go to",
        keys: [
            ("Ctrl K", "Find a page, a member or an action"),
            ("/", "Search this page"),
            ("?", "Show these shortcuts"),
            ("j", "Next row of a list"),
            ("k", "Previous row of a list"),
            ("x", "Select the row"),
            ("Enter", "Open the row"),
            ("[ ]", "Previous or next member of the list"),
            ("Ctrl S", "Save the draft of the rules"),
            ("Ctrl Enter", "Send the form"),
        ],
        letters: "Single-letter shortcuts (on this device)",
        palette_placeholder: "Page, member or action",
        shortcuts: "Shortcuts",
        adjust: Box::new(move |name| format!("Adjust {units} of {name}", units = noun.units)),
        edit: |name| format!("Edit {name}"),
        open_tab: |name, tab| format!("{name}: {tab}"),
        action: "Action",
        page: "Page",
        publish_draft: "Publish the draft of the rules",
        new_reward: "New reward",
    }
}
