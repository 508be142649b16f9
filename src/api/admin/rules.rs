//! What is done to the draft of the rules as a whole. Saving it is `the form of `server::http``: a form of any number of fields.
#![allow(clippy::too_many_arguments, reason = "a form has as many fields as it asks for")]

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `revision`: of the draft that was looked at.
#[server(prefix = "/api/admin", endpoint = "rules/discard")]
pub async fn discard_draft(#[server(default)] revision: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, offer_undo, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    use leptos::server_fn::ServerFn;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    let id = rules::discard_draft(&context.state.ledger, Authority::from(&staff), revision).await?;
    offer_undo(PutBackDraft::PATH, &[("id", &id.to_string())]);
    flash_message(context.lang.console().draft_discarded);
    redirect_to("/admin/rules");
    Ok(())
}

/// Makes a draft of one that was thrown away.
#[server(prefix = "/api/admin", endpoint = "rules/put-back")]
pub async fn put_back_draft(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    rules::put_back(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(context.lang.rules_desk().draft_put_back);
    redirect_to("/admin/rules");
    Ok(())
}

/// Takes back a version that is still to come into force.
#[server(prefix = "/api/admin", endpoint = "rules/withdraw")]
pub async fn withdraw_rules(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    rules::withdraw(&context.state.ledger, Authority::from(&staff), version).await?;
    flash_message(&(context.lang.rules_desk().withdrawn)(version));
    redirect_to("/admin/rules");
    Ok(())
}

/// Reads a time to publish at, and leads to the page that says it in full and asks.
#[server(prefix = "/api/admin", endpoint = "rules/schedule")]
pub async fn schedule_rules(#[server(default)] at: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, redirect_to};
    use laurel_domain::refusal::{Fault, Refusal};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::rules;
    let (context, _staff) = RequestContext::staff(Permission::ManageRules)?;
    let time = context.instant_of("at", &at)?.ok_or_else(|| Refusal::field("at", Fault::Missing))?;
    rules::check_time(&*context.state.ledger.rulebook().await?, time, context.now())?;
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("at", at.trim()).finish();
    redirect_to(&format!("/admin/rules/publish?{query}"));
    Ok(())
}

/// Puts the draft in force: at `at`, a local time of the programme, or at once. `lost`: what becomes of members who fall short of their
/// tier: `even` inside validity periods, `keep` through the day `keeps_until`. `instead_of`: the scheduled version that it takes the
/// place of. What takes more than one person may decide is proposed to a second one.
#[server(prefix = "/api/admin", endpoint = "rules/publish")]
pub async fn publish_rules(
    #[server(default)] revision: String,
    #[server(default)] at: String,
    #[server(default)] lost: String,
    #[server(default)] keeps_until: String,
    #[server(default)] instead_of: String,
    #[server(default)] notice_zh: String,
    #[server(default)] notice_en: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, offer_undo_as, redirect_to};
    use laurel_domain::refusal::{Fault, Refusal};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rules::{self, Publication, notice_of};
    use leptos::server_fn::ServerFn;
    /// What a page makes itself is shorter.
    const LONGEST_KEY: usize = 64;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    let keeps_until = match (lost.as_str(), keeps_until.trim()) {
        ("keep", "") => return Err(Refusal::field("keeps_until", Fault::Missing).into()),
        ("keep", day) => context.end_of_day(day).await?.map_err(|fault| Refusal::field("keeps_until", fault))?,
        _ => None,
    };
    let how = Publication {
        at: context.instant_of("at", &at)?,
        demotes: lost == "even",
        keeps_until,
        instead_of: instead_of.parse().ok(),
        notice: notice_of(&notice_zh, &notice_en)?,
        note: None,
        once: Some(key).filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY),
    };
    let by = Authority::from(&staff);
    match rules::publish(&context.state.ledger, by, revision, how.clone()).await {
        Err(AppError::Refused(Refusal::NeedsSecondPerson { .. })) => {
            rules::propose(&context.state.ledger, by, revision, Publication { once: None, ..how }).await?;
            flash_message(context.lang.rules_safety().proposed);
        }
        published => {
            let version = published?;
            context.state.jobs.wake();
            if how.notice.is_some() {
                let label = context.lang.rules_safety().withdraw_notice;
                offer_undo_as(label, WithdrawNotice::PATH, &[("version", &version.to_string())]);
            }
            flash_message(&match how.at {
                None => (context.lang.console().published)(version),
                Some(at) => (context.lang.console().scheduled)(version, &context.in_full(at)),
            });
        }
    }
    redirect_to("/admin/rules");
    Ok(())
}

/// Tells members no more of a version, which stands.
#[server(prefix = "/api/admin", endpoint = "rules/notice/withdraw")]
pub async fn withdraw_notice(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    let sent = rules::withdraw_notice(&context.state.ledger, Authority::from(&staff), version).await?;
    flash_message(&(context.lang.rules_safety().notice_withdrawn)(sent));
    Ok(())
}

/// Makes a draft that says what an earlier version said, and leads to what differs. `revision`: of the draft that it replaces.
#[server(prefix = "/api/admin", endpoint = "rules/return")]
pub async fn return_to_version(
    #[server(default)] version: String,
    #[server(default)] revision: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    let revision = revision.parse().unwrap_or_default();
    rules::return_to(&context.state.ledger, Authority::from(&staff), version, revision).await?;
    flash_message(&(context.lang.rules_safety().returned)(version));
    redirect_to("/admin/rules/publish");
    Ok(())
}

/// `decision`: `approve`, `reject` (with an `objection`) or `withdraw`.
#[server(prefix = "/api/admin", endpoint = "rules/decide")]
pub async fn decide_rules(
    #[server(default)] proposal: String,
    #[server(default)] decision: String,
    #[server(default)] objection: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_domain::text::Reason;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::approval::Decision;
    use laurel_engine::usecase::rules::{self, Made};
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let t = context.lang.rules_safety();
    let id = proposal.parse().map_err(|_| errors::not_found(context.lang))?;
    let decision = match decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject(Reason::new(objection.trim()).map_err(|fault| Refusal::field("objection", fault))?),
        "withdraw" => Decision::Withdraw,
        _ => return Err(ApiError::field("decision", context.lang.adjust().pick_a_decision)),
    };
    let made = rules::decide(&context.state.ledger, Authority::from(&staff), id, decision.clone()).await?;
    context.state.jobs.wake();
    let mut to = "/admin/rules".to_owned();
    match (decision, made) {
        (_, Some(Made::Version(version))) => flash_message(&(t.approved)(version)),
        (_, Some(Made::Experiment(id))) => {
            flash_message(t.experiment_approved);
            to = format!("/admin/experiments/{id}");
        }
        (Decision::Approve, _) => flash_message(t.limits_approved),
        (Decision::Reject(_), _) => flash_message(t.rejected),
        (Decision::Withdraw, _) => flash_message(t.withdrawn),
    }
    redirect_to(&to);
    Ok(())
}

/// Stricter limits are set, looser ones proposed. An empty field is no limit.
#[server(prefix = "/api/admin", endpoint = "rules/limits")]
pub async fn set_rule_limits(#[server(default)] members: String, #[server(default)] worth: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules::{self, Outcome, limits_of};
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    let t = context.lang.rules_safety();
    let limits = limits_of(&members, &worth, context.programme().currency)?;
    match rules::set_limits(&context.state.ledger, Authority::from(&staff), limits).await? {
        Outcome::Set => flash_message(t.limits_saved),
        Outcome::Proposed => flash_message(t.limits_proposed),
    }
    Ok(())
}
