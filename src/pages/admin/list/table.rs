//! A table whose heads lead to other orders, whose rows can be picked, and which is a column of cards on a phone.

use leptos::prelude::*;

use super::with;
use crate::server::web::visit::Visit;

/// A column's name, as `Table` has it, and what the query calls the order by it, if there is one.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    sort: Option<&'static str>,
    /// Whether its order begins with the most, or the newest.
    falls: bool,
}

impl Column {
    pub const fn plain(name: &'static str) -> Column {
        Column { name, sort: None, falls: false }
    }

    /// Whose order begins with the least, or the first of the alphabet.
    pub const fn rising(name: &'static str, sort: &'static str) -> Column {
        Column { name, sort: Some(sort), falls: false }
    }

    /// Whose order begins with the most, or the newest.
    pub const fn falling(name: &'static str, sort: &'static str) -> Column {
        Column { name, sort: Some(sort), falls: true }
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
    children: Children,
) -> impl IntoView {
    let visit = Visit::current();
    let pick = (picks == Picks::Rows)
        .then(|| view! { <th scope="col" class="pick"><span class="unseen">{visit.lang.console().pick_column.trim_start_matches('~')}</span></th> });
    let heads = columns.into_iter().map(|column| column.head(&visit, &sorted)).collect_view();
    view! {
        <div class="table cards" role="region" aria-label=label tabindex="0" data-list=(!is_flat).then_some("")>
            <table>
                <thead><tr>{pick}{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// The box that picks a row.
#[component]
pub fn PickCell(id: String, label: String) -> impl IntoView {
    view! { <td class="pick"><input type="checkbox" name="ids[]" value=id aria-label=label/></td> }
}
