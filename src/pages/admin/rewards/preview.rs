//! A reward's card as members see it, in both languages, beside its form. The console's script writes into it while somebody types;
//! without scripts a button draws it anew from what was typed, and nothing is saved.

use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::form::TypedTerms;
use laurel_domain::rewards::reward::{RewardTerms, Supply};
use leptos::prelude::*;

use crate::i18n::{Lang, Language, format};
use crate::pages::components::{ErrorSummary, Form, RewardPicture, Shown};
use crate::server::web::errors;
use crate::server::web::visit::Visit;

/// A field that is in the address where the form is to be shown with what is typed in it.
pub const MARK: &str = "terms[name_zh]";

/// As long as no price is typed.
const NO_PRICE: &str = "–";

/// Shows the page at `path` again with what is typed. With scripts the card follows by itself, and this goes away.
#[component]
pub fn PreviewButton(#[prop(into)] path: String) -> impl IntoView {
    let t = Visit::current().lang.reward_desk();
    // the part of the page that shows it
    let path = format!("{path}#preview");
    view! { <button type="submit" class="button" formmethod="get" formaction=path data-reward-preview-button="">{t.preview_button}</button> }
}

/// What is typed, as saving would get it.
fn typed_terms(form: Form) -> TypedTerms {
    let typed = |field: &str| form.typed(&format!("terms[{field}]")).unwrap_or_default();
    TypedTerms {
        name_zh: typed("name_zh"),
        name_en: typed("name_en"),
        about_zh: typed("about_zh"),
        about_en: typed("about_en"),
        price: typed("price"),
        least_tier: typed("least_tier"),
        limit: typed("limit"),
        period: typed("period"),
        starts: typed("starts"),
        ends: typed("ends"),
        valid_days: typed("valid_days"),
    }
}

/// `form`: the one that is typed into; what saving it would refuse is said above the cards. Stands behind the form, whose labels
/// that goes by.
#[component]
pub fn Preview(form: Form, shown: Shown, terms: Option<RewardTerms>, supply: Supply) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.reward_desk();
    let faults = if form.is_previewed() { typed_terms(form).read().faults(supply) } else { Vec::new() };
    let has_price = faults.iter().all(|fault| fault.field != "price");
    let wrong = (!faults.is_empty()).then(|| {
        let error = errors::of_refusal(lang, &Refusal::Invalid { faults }).within("terms");
        view! { <ErrorSummary error/> }
    });
    // of a new one nothing is saved
    let about = (!shown.id.is_nil()).then(|| view! { <p class="hint">{t.preview_about}</p> });
    let cards = lang.both().map(|lang| view! { <PreviewCard form shown terms=terms.clone() lang has_price/> });
    view! {
        <section id="preview" class="card quiet reward-preview" data-reward-preview="" aria-label=t.preview>
            <h2>{t.preview}</h2>
            {wrong}
            <div class="reward-previews">{cards.collect_view()}</div>
            {about}
        </section>
    }
}

#[component]
fn PreviewCard(form: Form, shown: Shown, terms: Option<RewardTerms>, lang: Lang, has_price: bool) -> impl IntoView {
    let code = lang.code();
    let [name, about, price] = ["name", "about", "price"].map(|part| match part {
        "price" => part.to_owned(),
        part => format!("{part}_{code}"),
    });
    let typed = |field: &str| form.typed(&format!("terms[{field}]"));
    let saved =
        |read: fn(&RewardTerms) -> &laurel_domain::text::Both| terms.as_ref().map(|terms| lang.of(read(terms)).to_owned());
    let t = Visit::current().lang.reward_desk();
    let unnamed = match lang.language() {
        Language::Zh => t.name_zh,
        Language::En => t.name_en,
    };
    let name_text = typed(&name).or_else(|| saved(|terms| &terms.name));
    let name_text = name_text.filter(|text| !text.is_empty()).unwrap_or_else(|| unnamed.to_owned());
    let about_text = typed(&about).or_else(|| saved(|terms| &terms.about)).unwrap_or_default();
    let readable = |text: String| text.parse().map_or(text, format::points);
    let price_text = typed(&price).map(readable).or_else(|| terms.as_ref().map(|terms| format::points(terms.price)));
    let price_text = price_text.filter(|text| has_price && !text.is_empty()).unwrap_or_else(|| NO_PRICE.to_owned());
    let price_words = &lang.rewards().price;
    view! {
        <div class="card reward-card" lang=lang.tag()>
            <RewardPicture of=shown alt=""/>
            <h3 data-of=name data-empty=unnamed>{name_text}</h3>
            <p class="mute small" data-of=about>{about_text}</p>
            <p class="reward-price" data-of=price data-empty=NO_PRICE data-words=price_words("{}")>{price_words(&price_text)}</p>
        </div>
    }
}
