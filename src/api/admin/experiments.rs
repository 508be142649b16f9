//! Experiments: starting one out of the draft, asking for its results, ending it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api_error::ApiError;

/// What is tried on whom and for how long, as it is typed. `at` and `until` are local times of the programme; without `at` it begins
/// at once. Shares are percentages.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trial {
    pub name: String,
    pub hypothesis: String,
    pub variant: String,
    pub control: String,
    pub at: String,
    pub until: String,
}

/// What goes with rules that come into force: the day through which tiers are kept, and what those are told whom they are for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    pub keeps_until: String,
    pub notice_zh: String,
    pub notice_en: String,
}

/// Starts one with the draft that was looked at. The variant group is told what is said. What takes more than one person may decide is
/// proposed to a second one.
#[server(prefix = "/api/admin", endpoint = "experiments/start")]
pub async fn start_experiment(
    #[server(default)] revision: String,
    #[server(flatten)] trial: Trial,
    #[server(flatten)] said: Said,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rules;
    use laurel_engine::usecase::rules::experiments::{self, Typed};
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let typed = Typed {
        name: &trial.name,
        hypothesis: &trial.hypothesis,
        variant: &trial.variant,
        control: &trial.control,
        at: context.local_time(&trial.at),
        until: context.local_time(&trial.until),
        keeps_until: context.end_of_day(&said.keeps_until).await?,
        notice: (&said.notice_zh, &said.notice_en),
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

/// `how`: `stop`, `adopt`, or `withdraw` before it has begun. Members are told what is said where everybody gets the variant's rules,
/// which is proposed to a second person if it takes more than one may decide.
#[server(prefix = "/api/admin", endpoint = "experiments/end")]
pub async fn end_experiment(
    #[server(default)] experiment: String,
    #[server(default)] how: String,
    #[server(flatten)] said: Said,
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
    let keeps_until = context.end_of_day(&said.keeps_until).await?.map_err(|fault| Refusal::field("keeps_until", fault))?;
    let said = Ended { keeps_until, notice: notice_of(&said.notice_zh, &said.notice_en)? };
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
