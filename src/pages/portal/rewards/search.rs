//! Finding a reward: by its name, or only what the member can have now. `?q=`, `?for=me`.

use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::components::Icon;
use crate::server::web::RequestContext;
use laurel_engine::usecase::rewards::catalogue::Offered;

#[derive(Clone, Debug, Default)]
pub struct Wanted {
    text: String,
    only_mine: bool,
}

impl Wanted {
    pub fn asked(context: &RequestContext) -> Wanted {
        let value = |name| context.visit.query(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        Wanted { text: value("q"), only_mine: value("for") == "me" }
    }

    /// The text may stand in name or description, in either language.
    pub fn fits(&self, offered: &Offered) -> bool {
        let terms = &offered.reward.terms;
        let text = self.text.to_lowercase();
        let texts = [&terms.name.zh, &terms.name.en, &terms.about.zh, &terms.about.en];
        let has_text = text.is_empty() || texts.iter().any(|one| one.to_lowercase().contains(&text));
        has_text && !(self.only_mine && offered.obstacle.is_some())
    }
}

#[component]
pub fn Search(lang: Lang, wanted: Wanted) -> impl IntoView {
    let (t, common) = (lang.rewards(), lang.common());
    view! {
        <form class="filters reward-search" method="get" action="/rewards" role="search">
            <div class="field grow">
                <label for="reward-q">{t.search}</label>
                <input type="search" id="reward-q" name="q" value=wanted.text maxlength="60"/>
            </div>
            <div class="check">
                <input type="checkbox" id="reward-for" name="for" value="me" checked=wanted.only_mine/>
                <label for="reward-for">{t.only_mine}</label>
            </div>
            <button class="button"><Icon name="search"/>{common.search}</button>
        </form>
    }
}
