//! A table whose heads lead to other orders, whose rows can be picked, and which is a column of cards on a phone.

use leptos::prelude::*;

use super::with;
use crate::pages::components::Icon;
use crate::server::web::paths::PREFERENCES_LISTS;
use crate::server::web::visit::Visit;

/// A column's name, as `Table` has it, and what the query calls the order by it, if there is one.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    sort: Option<&'static str>,
    /// Whether its order begins with the most, or the newest.
    falls: bool,
    /// What the choice of columns calls it; without a name it is always shown.
    key: Option<&'static str>,
}

impl Column {
    pub const fn plain(name: &'static str) -> Column {
        Column { name, sort: None, falls: false, key: None }
    }

    /// Whose order begins with the least, or the first of the alphabet.
    pub const fn rising(name: &'static str, sort: &'static str) -> Column {
        Column { name, sort: Some(sort), falls: false, key: None }
    }

    /// Whose order begins with the most, or the newest.
    pub const fn falling(name: &'static str, sort: &'static str) -> Column {
        Column { name, sort: Some(sort), falls: true, key: None }
    }

    /// One that can be left out, by this name.
    pub const fn key(self, key: &'static str) -> Column {
        Column { key: Some(key), ..self }
    }

    /// Its name without the marks for where it stands.
    fn label(self) -> &'static str {
        self.name.trim_start_matches(['>', '~'])
    }

    fn head(self, visit: &Visit, sorted: &str) -> AnyView {
        let (name, class) = match (self.name.strip_prefix('>'), self.name.strip_prefix('~')) {
            (Some(name), _) => (name, "num"),
            (_, Some(name)) => return view! { <th scope="col"><span class="unseen">{name}</span></th> }.into_any(),
            _ => (self.name, ""),
        };
        let Some(sort) = self.sort else { return view! { <th scope="col" class=class>{name}</th> }.into_any() };
        let (is_up, is_down) = (sorted == sort, sorted.strip_prefix('-') == Some(sort));
        let goes_down = if is_up || is_down { is_up } else { self.falls };
        let order = if goes_down { format!("-{sort}") } else { sort.to_owned() };
        let words = visit.lang.lists();
        let label = if goes_down { (words.sort_down)(name) } else { (words.sort_up)(name) };
        let is = match (is_up, is_down) {
            (true, _) => Some("ascending"),
            (_, true) => Some("descending"),
            _ => None,
        };
        let href = with(&visit.path, &[("sort", &order)]);
        view! { <th scope="col" class=class aria-sort=is><a class="sort" href=href title=label>{name}</a></th> }.into_any()
    }
}

/// Rows can be picked: by boxes named `ids[]`, in a form around the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Picks {
    #[default]
    None,
    Rows,
}

/// `sorted`: the order that it is in, as the query has it. Rows are the children; the class of a cell says where it stands on a
/// card: `card-name`, `card-sum`, `card-more`, `card-state`, `card-wide`; other cells are left out there.
#[component]
pub fn ListTable(
    #[prop(into)] label: String,
    columns: Vec<Column>,
    #[prop(optional, into)] sorted: String,
    #[prop(optional)] picks: Picks,
    /// Rows that are no more than they show: nothing opens by a click on one.
    #[prop(optional)]
    is_flat: bool,
    /// The list's name among those whose columns can be chosen.
    #[prop(optional, into)]
    list: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let visit = Visit::current();
    let class = class(&visit, list, &columns, picks);
    let pick = (picks == Picks::Rows)
        .then(|| view! { <th scope="col" class="pick"><span class="unseen">{visit.lang.console().pick_column.trim_start_matches('~')}</span></th> });
    let heads = columns.into_iter().map(|column| column.head(&visit, &sorted)).collect_view();
    view! {
        <div class=class role="region" aria-label=label tabindex="0" data-list=(!is_flat).then_some("")>
            <table>
                <thead><tr>{pick}{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// Columns that are left out are so by style alone, counted from the left: on a phone, where rows are cards, nothing is.
fn class(visit: &Visit, list: Option<&'static str>, columns: &[Column], picks: Picks) -> String {
    let before = if picks == Picks::Rows { 2 } else { 1 };
    let mut class = String::from(if visit.lists.is_compact { "table cards compact" } else { "table cards" });
    let hidden = list.map(|list| Hidden::of(visit, list));
    for (at, column) in columns.iter().enumerate() {
        if column.key.zip(hidden.as_ref()).is_some_and(|(key, hidden)| hidden.has(key)) {
            class.push_str(&format!(" hide-{}", at + before));
        }
    }
    class
}

/// What is left out of a list: what the address says (`?hide=contact.since`, as saved views do), else what was chosen before.
pub struct Hidden(Vec<String>);

impl Hidden {
    pub fn of(visit: &Visit, list: &str) -> Hidden {
        let names = visit.query("hide").unwrap_or_else(|| visit.lists.hidden(list));
        Hidden(names.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|name| name == key)
    }

    pub fn written(&self) -> String {
        self.0.join(".")
    }
}

/// Which columns of a list to show and how close its rows stand: a form that comes back to the list.
#[component]
pub fn ChooseColumns(list: &'static str, columns: Vec<Column>) -> impl IntoView {
    let visit = Visit::current();
    let (t, hidden) = (visit.lang.lists(), Hidden::of(&visit, list));
    let keyed: Vec<(&'static str, Column)> = columns.into_iter().filter_map(|column| Some((column.key?, column))).collect();
    let offered = keyed.iter().map(|(key, _)| *key).collect::<Vec<_>>().join(".");
    let boxes = keyed.into_iter().map(|(key, column)| {
        let id = format!("column-{key}");
        view! {
            <div class="check">
                <input type="checkbox" id=id.clone() name="col" value=key checked=!hidden.has(key)/>
                <label for=id>{column.label()}</label>
            </div>
        }
    });
    let density = |value: &'static str, label: &'static str, is_chosen: bool| {
        let id = format!("density-{value}");
        view! {
            <div class="check">
                <input type="radio" id=id.clone() name="density" value=value checked=is_chosen/>
                <label for=id>{label}</label>
            </div>
        }
    };
    view! {
        <details class="ask column-choice">
            <summary class="button small quiet"><Icon name="list"/>{t.columns}</summary>
            <form class="card form" method="post" action=PREFERENCES_LISTS>
                <input type="hidden" name="list" value=list/>
                <input type="hidden" name="offered" value=offered/>
                <fieldset><legend>{t.columns}</legend>{boxes.collect_view()}</fieldset>
                <fieldset>
                    <legend>{t.density}</legend>
                    {density("comfortable", t.comfortable, !visit.lists.is_compact)}
                    {density("compact", t.compact, visit.lists.is_compact)}
                </fieldset>
                <p class="hint">{t.columns_about}</p>
                <button class="button main small">{t.apply_columns}</button>
            </form>
        </details>
    }
}

/// The box that picks a row.
#[component]
pub fn PickCell(id: String, label: String) -> impl IntoView {
    view! { <td class="pick"><input type="checkbox" name="ids[]" value=id aria-label=label/></td> }
}
