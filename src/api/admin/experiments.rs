//! Experiments: starting one out of the draft, asking for its results, ending it.

#![expect(clippy::too_many_arguments, reason = "what is sent is a form, and each of its fields has a name")]

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `at` and `until` are local times of the programme; without `at` it begins at once. Shares are percentages. `keeps_until`: the day
/// through which tiers are kept. `notice_…`: what the variant group is told. What takes more than one person may decide is proposed
/// to a second one.
#[server(prefix = "/api/admin", endpoint = "experiments/start")]
pub async fn start_experiment(
    #[server(default)] revision: String,
    #[server(default)] name: String,
    #[server(default)] hypothesis: String,
    #[server(default)] variant: String,
    #[server(default)] control: String,
    #[server(default)] at: String,
    #[server(default)] until: String,
    #[server(default)] keeps_until: String,
    #[server(default)] notice_zh: String,
    #[server(default)] notice_en: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rules;
    use laurel_engine::usecase::rules::experiments::{self, Typed};
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let (at, until) = (context.local_time(&at), context.local_time(&until));
    let keeps_until = context.end_of_day(&keeps_until).await?;
    let typed = Typed {
        name: &name,
        hypothesis: &hypothesis,
        variant: &variant,
        control: &control,
        at,
        until,
        keeps_until,
        notice: (&notice_zh, &notice_en),
    };
    let start = typed.read(revision.parse().unwrap_or_default())?;
    let (name, by, ledger) = (start.name.clone(), Authority::from(&staff), &context.state.ledger);
    let id = match experiments::start(ledger, by, start.clone()).await {
        Err(AppError::Refused(Refusal::NeedsSecondPerson { .. })) => {
            rules::propose_experiment(ledger, by, start).await?;
            flash_message(context.lang.rules_safety().experiment_proposed);
            redirect_to("/admin/rules");
            return Ok(());
        }
        started => started?,
    };
    context.state.jobs.wake();
    flash_message(&(context.lang.experiments().started)(&name));
    redirect_to(&format!("/admin/experiments/{id}"));
    Ok(())
}

/// Has the results worked out beside the requests.
#[server(prefix = "/api/admin", endpoint = "experiments/results")]
pub async fn ask_results(#[server(default)] experiment: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules::experiments;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let id = experiment.parse().map_err(|_| errors::not_found(context.lang))?;
    experiments::ask(&context.state.ledger, Authority::from(&staff), id).await?;
    context.state.jobs.wake();
    redirect_to(&format!("/admin/experiments/{id}"));
    Ok(())
}

/// `how`: `stop`, `adopt`, or `withdraw` before it has begun. `keeps_until`: the day through which tiers are kept. `notice_…`: what
/// members are told where everybody gets the variant's rules, which is proposed to a second person if it takes more than one may decide.
#[server(prefix = "/api/admin", endpoint = "experiments/end")]
pub async fn end_experiment(
    #[server(default)] experiment: String,
    #[server(default)] how: String,
    #[server(default)] keeps_until: String,
    #[server(default)] notice_zh: String,
    #[server(default)] notice_en: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rules::experiments::{self, Ended, Ending};
    use laurel_engine::usecase::rules::{self, notice_of};
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let t = context.lang.experiments();
    let id = experiment.parse().map_err(|_| errors::not_found(context.lang))?;
    let ending = if how == "adopt" { Ending::Adopt } else { Ending::Stop };
    let keeps_until = context.end_of_day(&keeps_until).await?.map_err(|fault| Refusal::field("keeps_until", fault))?;
    let said = Ended { keeps_until, notice: notice_of(&notice_zh, &notice_en)? };
    let (by, ledger) = (Authority::from(&staff), &context.state.ledger);
    let version = match experiments::end(ledger, by, id, ending, said.clone()).await {
        Err(AppError::Refused(Refusal::NeedsSecondPerson { .. })) => {
            rules::propose_adoption(ledger, by, id, said).await?;
            flash_message(context.lang.rules_safety().adoption_proposed);
            redirect_to("/admin/rules");
            return Ok(());
        }
        ended => ended?,
    };
    context.state.jobs.wake();
    match (version, ending) {
        (None, _) => flash_message(t.withdrawn),
        (Some(version), Ending::Stop) => flash_message(&(t.stopped)(version)),
        (Some(version), Ending::Adopt) => flash_message(&(t.adopted)(version)),
    }
    redirect_to(&format!("/admin/experiments/{id}"));
    Ok(())
}
