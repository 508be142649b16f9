//! The console's keys: all of them in a page and in a dialog, and the palette. `public/console.js` does what they say.

use leptos::prelude::*;

use super::{AdminPage, Here};
use crate::i18n::Lang;
use crate::pages::components::{Card, Icon};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Permission, Role};

/// Where `g` and a letter lead.
const PLACES: [(&str, Here); 9] = [
    ("d", Here::Dashboard),
    ("m", Here::Members),
    ("r", Here::Redemptions),
    ("w", Here::Rewards),
    ("b", Here::Benefits),
    ("u", Here::Rules),
    ("l", Here::Lab),
    ("a", Here::Adjustments),
    ("o", Here::Audit),
];

/// All keys as a page of its own.
#[component]
pub fn ShortcutsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.keys();
        Ok(view! {
            <AdminPage title=t.title here=None>
                <div class="stack narrow"><Card><Keys lang=context.lang role=staff.role/></Card></div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Keys(lang: Lang, role: Role) -> impl IntoView {
    let t = lang.keys();
    let key = |key: &'static str| view! { <kbd>{key}</kbd> };
    let row = |(keys, does): (&'static str, &'static str)| {
        let keys = keys.split(' ').map(key).collect_view();
        view! { <tr><td>{keys}</td><td>{does}</td></tr> }
    };
    let place = |(letter, place): &(&'static str, Here)| {
        view! { <tr><td><kbd>"g"</kbd><kbd>{*letter}</kbd></td><td><a href=place.path()>{place.label(lang.admin())}</a></td></tr> }
    };
    let places = PLACES.iter().filter(|(_, place)| role.may(place.permission())).map(place).collect_view();
    let rows = t.keys.map(row).collect_view();
    view! {
        <div class="keys-help">
            <table class="plain"><caption>{t.anywhere}</caption><tbody>{rows}</tbody></table>
            <table class="plain"><caption>{t.go_to}</caption><tbody>{places}</tbody></table>
        </div>
    }
}

/// What the script opens, closed until then; and where letters lead.
#[component]
pub fn Dialogs() -> impl IntoView {
    let visit = Visit::current();
    let Some(role) = visit.staff.as_ref().map(|staff| staff.role) else { return ().into_any() };
    let (t, words) = (visit.lang.keys(), visit.lang.admin());
    let ways = PLACES.iter().filter(|(_, place)| role.may(place.permission()));
    let ways =
        ways.map(|(letter, place)| view! { <a href=place.path() data-go=*letter>{place.label(words)}</a> }).collect_view();
    view! {
        <div hidden="">{ways}</div>
        <dialog id="palette" class="palette" aria-label=words.find data-nothing=words.found_nothing data-page=words.find>
            <div class="palette-field">
                <Icon name="search"/>
                <input type="text" role="combobox" aria-expanded="true" aria-controls="hits" aria-autocomplete="list"
                    aria-label=words.find_label placeholder=t.palette_placeholder maxlength="100" autocomplete="off" spellcheck="false"/>
            </div>
            <div role="listbox" id="hits" aria-label=words.find></div>
            <p role="status" class="mute"></p>
        </dialog>
        <dialog id="keys" class="keys-dialog" aria-label=t.title>
            <div class="spread">
                <h2>{t.title}</h2>
                <form method="dialog"><button class="button small icon-only" aria-label=visit.lang.common().close><Icon name="close"/></button></form>
            </div>
            <Keys lang=visit.lang role/>
            <div class="check"><input type="checkbox" id="letters" data-letters=""/><label for="letters">{t.letters}</label></div>
        </dialog>
    }
    .into_any()
}
