//! The form: goals, each a sentence with a number, and what may change, each with how far.

use std::sync::Arc;

use laurel_domain::lab::find::asked::{self, YES};
use laurel_domain::lab::find::lever::Lever;
use laurel_domain::rules::form::Fields;
use laurel_domain::rules::rule_set::RuleSet;
use leptos::prelude::*;

use super::{Search, span_name, start_of};
use crate::api_error::{ApiError, FieldError};
use crate::i18n::Lang;
use crate::i18n::lab::find::Find;
use crate::pages::admin::rules::TypedForm;
use crate::pages::components::{Card, Labels, field_id};
use crate::server::web::RequestContext;
use crate::server::web::paths::LAB_FIND;
use laurel_engine::usecase::rules::Overview;

/// What stands in the form.
#[derive(Clone)]
pub struct Asking {
    pub set: RuleSet,
    /// What the form says it starts from.
    pub start: String,
    pub has_draft: bool,
    pub fields: Fields,
    pub span: String,
    pub faults: Vec<FieldError>,
}

impl Asking {
    /// What came back, else what the search asked that is shown, else α and thresholds with usual ranges and no goal yet.
    pub fn of(overview: &Overview, start: Option<&str>, of_search: Option<Search>, typed: Option<TypedForm>) -> Asking {
        let error: Option<ApiError> = typed.as_ref().and_then(|typed| typed.error.clone());
        let typed = typed.filter(|typed| !typed.fields.is_empty());
        let (set, name) = match &of_search {
            Some(search) => (search.start.clone(), format!("search:{}", search.id)),
            None => {
                let (set, name) = start_of(overview, start);
                (set, name.to_owned())
            }
        };
        let mut fields: Fields = asked::usual(&set).into_iter().collect();
        let mut span = of_search.as_ref().map_or("whole", |search| span_name(search.span)).to_owned();
        match (typed, of_search) {
            (Some(typed), _) => {
                span = typed.fields.get("span").cloned().unwrap_or(span);
                fields.extend(typed.fields);
            }
            (None, Some(search)) => fields.extend(search.fields),
            (None, None) => {
                let is_first = |lever: &Lever| matches!(lever, Lever::Alpha | Lever::From(_));
                let first = Lever::all(&set).into_iter().filter(is_first);
                fields.extend(first.map(|lever| (format!("move.{}", lever.name()), YES.to_owned())));
            }
        }
        let faults = error.map(|error| error.fields).unwrap_or_default();
        Asking { set, start: name, has_draft: overview.draft.is_some(), fields, span, faults }
    }
}

#[derive(Clone)]
struct Sheet {
    lang: Lang,
    asking: Arc<Asking>,
    currency: String,
}

/// Levers that stand together: what they are called, and which they are.
type Group = (&'static str, fn(&Lever) -> bool);

#[component]
pub fn AskingForm(context: RequestContext, asking: Asking) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.lab_find());
    let currency = context.programme().currency.to_string();
    let sheet = Sheet { lang, asking: Arc::new(asking), currency };
    let (lab, asking) = (lang.lab(), sheet.asking.clone());
    let option = |value: &'static str, label: &'static str| {
        let is_chosen = asking.span == value;
        view! { <option value=value selected=is_chosen>{label}</option> }
    };
    let goals = view! {
        {sheet.whole("goal", t.goals, "find-goals")}
        {sheet.number("goal.outstanding", t.outstanding.to_owned(), "")}
        {sheet.number("goal.issued", t.issued.to_owned(), "")}
        {sheet.number("goal.cost", (t.cost)(&sheet.currency), t.cost_hint)}
        {sheet.number("goal.lowered", t.lowered.to_owned(), t.lowered_hint)}
        {sheet.shares()}
    };
    let moving = view! { {sheet.whole("move", t.moving, "find-moving")}{sheet.levers()} };
    view! {
        {sheet.starts()}
        <form id="find" class="lab-draft find-form" method="post" action=LAB_FIND novalidate aria-label=t.title>
            <input type="hidden" name="start" value=asking.start.clone()/>
            <Card title=t.goals>
                <div class="stack" id="find-goals">
                    <p class="mute small">{t.goals_about}</p>
                    {goals}
                </div>
            </Card>
            <div class="stack" id="find-moving">
                <h2>{t.moving}</h2>
                <p class="mute small">{t.moving_about}</p>
                {moving}
            </div>
            <div class="field">
                <label for="find-span">{lab.span}</label>
                <select id="find-span" name="span">{option("whole", lab.span_whole)}{option("in_force", lab.span_in_force)}</select>
            </div>
            <div class="lab-bar">
                <button class="button main" name="do" value="find">{t.find}</button>
                <a class="button quiet lab-jump" href="#result">{lab.result}</a>
            </div>
        </form>
    }
}

impl Sheet {
    fn words(&self) -> &'static Find {
        self.lang.lab_find()
    }

    fn value(&self, name: &str) -> String {
        self.asking.fields.get(name).cloned().unwrap_or_default()
    }

    /// What is wrong with a field, which is then known by its label.
    fn fault(&self, name: &str, label: &str, id: &str) -> Option<String> {
        let fault = self.asking.faults.iter().find(|fault| fault.field == name)?;
        Labels::enter(name, label, id);
        Some(fault.message.clone())
    }

    /// What is wrong with several fields together.
    fn whole(&self, name: &str, label: &str, id: &str) -> Option<impl IntoView + use<>> {
        self.fault(name, label, id).map(|fault| view! { <p class="error">{fault}</p> })
    }

    /// From which rules on.
    fn starts(&self) -> impl IntoView + use<> {
        let t = self.words();
        let start = self.asking.start.clone();
        let link = |href: String, label: &'static str, is_here: bool| {
            view! { <a href=href aria-current=is_here.then_some("true")>{label}</a> }
        };
        let draft = self.asking.has_draft.then(|| link(format!("{LAB_FIND}?start=draft"), t.start_draft, start == "draft"));
        let of_search = start.strip_prefix("search:").map(|id| link(format!("{LAB_FIND}?search={id}"), t.start_search, true));
        view! {
            <div class="find-start">
                <span class="mute small" id="find-start">{t.start}</span>
                <nav class="segments" aria-labelledby="find-start">
                    {link(format!("{LAB_FIND}?start=in_force"), t.start_in_force, start == "in_force")}{draft}{of_search}
                </nav>
            </div>
        }
    }

    fn input(&self, name: &str, id: &str, fault: Option<&String>, hint: bool) -> AnyView {
        let described = format!("{id}-error{}", if hint { format!(" {id}-hint") } else { String::new() });
        view! {
            <input
                type="text"
                class="num"
                inputmode="decimal"
                autocomplete="off"
                id=id.to_owned()
                name=name.to_owned()
                value=self.value(name)
                aria-describedby=described
                aria-invalid=fault.map(|_| "true")
            />
        }
        .into_any()
    }

    fn number(&self, name: &str, label: String, hint: &'static str) -> AnyView {
        let id = field_id(name);
        let fault = self.fault(name, &label, &id);
        let input = self.input(name, &id, fault.as_ref(), !hint.is_empty());
        let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> });
        view! { <div class="field"><label for=id.clone()>{label}</label>{input}<p class="error" id=format!("{id}-error")>{fault}</p>{hint}</div> }
            .into_any()
    }

    /// A number below a heading, whose own name is only heard.
    fn small_number(&self, name: &str, label: String, head: &'static str) -> AnyView {
        let id = field_id(name);
        let fault = self.fault(name, &label, &id);
        let input = self.input(name, &id, fault.as_ref(), false);
        view! {
            <div class="field">
                <label for=id.clone()><span aria-hidden="true">{head}</span><span class="unseen">{label}</span></label>
                {input}
                <p class="error" id=format!("{id}-error")>{fault}</p>
            </div>
        }
        .into_any()
    }

    fn shares(&self) -> impl IntoView + use<> {
        let t = self.words();
        let row = |tier: &laurel_domain::rules::tier::Tier| {
            let name = self.lang.of(&tier.name).to_owned();
            let least = self.small_number(&format!("goal.least.{}", tier.key), (t.tier_at_least)(&name), t.at_least);
            let most = self.small_number(&format!("goal.most.{}", tier.key), (t.tier_at_most)(&name), t.at_most);
            view! { <div class="find-share"><b>{(t.tier_or_above)(&name)}</b>{least}{most}</div> }
        };
        let rows = self.asking.set.ladder.tiers.iter().skip(1).map(row).collect_view();
        view! { <fieldset class="find-shares"><legend>{t.shares}</legend>{rows}</fieldset> }
    }

    fn levers(&self) -> impl IntoView + use<> {
        let t = self.words();
        let groups: [Group; 4] = [
            (t.weights, |lever| matches!(lever, Lever::Alpha | Lever::Beta | Lever::Gamma | Lever::Rate)),
            (t.tiers, |lever| matches!(lever, Lever::From(_) | Lever::Multiplier(_))),
            (t.scenes, |lever| matches!(lever, Lever::Scene(_))),
            (t.caps, |lever| matches!(lever, Lever::CapDay(_) | Lever::CapMonth(_))),
        ];
        let group = |(at, (title, belongs)): (usize, Group)| {
            let levers: Vec<Lever> = Lever::all(&self.asking.set).into_iter().filter(belongs).collect();
            let chosen = levers.iter().filter(|lever| !self.value(&format!("move.{}", lever.name())).is_empty()).count();
            let prefixes: Vec<String> = levers.iter().map(|lever| format!("move.{}.", lever.name())).collect();
            let is_at_fault =
                self.asking.faults.iter().any(|fault| prefixes.iter().any(|prefix| fault.field.starts_with(prefix)));
            let mark = (chosen > 0).then(|| view! { <span class="chip warn">{(t.chosen)(chosen)}</span> });
            let rows = levers.iter().map(|lever| self.lever(lever)).collect_view();
            let is_open = at == 0 || chosen > 0 || is_at_fault;
            view! {
                <details class="lab-sheet" open=is_open>
                    <summary><h3>{title}</h3>{mark}</summary>
                    <div class="find-levers">{rows}</div>
                </details>
            }
        };
        groups.into_iter().enumerate().map(group).collect_view()
    }

    fn lever(&self, lever: &Lever) -> impl IntoView + use<> {
        let (t, name) = (self.words(), format!("move.{}", lever.name()));
        let label = lever_label(self.lang, &self.asking.set, lever);
        let now = lever.value(&self.asking.set).map_or_else(|| t.no_cap.to_owned(), |value| value.to_string());
        let id = field_id(&name);
        let fault = self.fault(&name, &label, &id).map(|fault| view! { <p class="error">{fault}</p> });
        let is_chosen = !self.value(&name).is_empty();
        let part =
            |part: &str, head: &'static str| self.small_number(&format!("{name}.{part}"), format!("{label}: {head}"), head);
        view! {
            <div class="find-lever">
                <div class="check">
                    <input type="checkbox" id=id.clone() name=name.clone() value=YES checked=is_chosen/>
                    <label for=id>{label.clone()}" "<span class="mute small">{(t.now)(&now)}</span></label>
                </div>
                {fault}
                <div class="find-range">{part("least", t.least)}{part("most", t.most)}{part("step", t.step)}</div>
            </div>
        }
    }
}

/// What a lever is called, by the names of tiers.
pub fn lever_label(lang: Lang, set: &RuleSet, lever: &Lever) -> String {
    let words = lang.rules();
    let tier = |key: &laurel_domain::text::Key, part: &str| {
        let tier = set.ladder.tiers.iter().find(|tier| tier.key == *key);
        format!("{} · {part}", tier.map_or_else(|| key.to_string(), |tier| lang.of(&tier.name).to_owned()))
    };
    match lever {
        Lever::From(key) => tier(key, words.from),
        Lever::Multiplier(key) => tier(key, words.multiplier),
        lever => words.label(&lever.name()),
    }
}
