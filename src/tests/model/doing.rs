//! Doing the deeds to a database, by either process, and now and then by the program itself; and what they are answered with.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use laurel_domain::ids::ExperimentId;
use laurel_domain::ledger::event::Event;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::text::Reason;
use laurel_engine::auth::{Actor, Auth, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::store::rewards::redemptions::RedeemedFor;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::ledger::ingest::{self, Answer, Outcome, Terms};
use laurel_engine::usecase::members::enrol::{Enrolment, enrol};
use laurel_engine::usecase::members::register::{Registration, register};
use laurel_engine::usecase::members::suspend::suspend;
use laurel_engine::usecase::members::{close, link, view};
use laurel_engine::usecase::rewards::redeem::{self, Advance, Wish};
use laurel_engine::usecase::rewards::{buy, take_back};
use laurel_engine::usecase::rules::experiments::{self, Ended, Ending};
use laurel_engine::usecase::rules::{self, Publication};

use super::bridge::rule_set;
use super::compare;
use super::deeds::{Deed, Route, Told, Trial};
use super::driven::Driven;
use super::rewards::is_whole;
use super::sheet::Sheet;
use laurel_testing::people::{self, member_session, visitor};
use laurel_testing::programme::{HISTORY, LIVE, event};
use laurel_testing::rewards;

impl Driven {
    /// What the deed is answered with, in the words of the model.
    pub async fn run(&mut self, deed: &Deed, turn: usize) -> Vec<String> {
        let ledger = self.ledgers[turn % 2].clone();
        match deed {
            Deed::Tell { events, route } => self.tell(&ledger, events, *route).await,
            Deed::Settle => due::settle(&ledger).await.map(|_| vec![]).unwrap(),
            Deed::ReRate => due::re_rate(&ledger).await.map(|_| vec![]).unwrap(),
            Deed::Look { member } => {
                let external = format!("m-{member}");
                due::settled(&ledger, By::External(&external)).await.unwrap().unwrap();
                vec![]
            }
            Deed::View { member } => {
                let member = self.member(*member).await;
                vec![compare::view(&view::view(&ledger, &member).await.unwrap())]
            }
            other => vec![self.request(&ledger, other).await.unwrap_or_else(|error| code(&error))],
        }
    }

    async fn request(&mut self, ledger: &Ledger, deed: &Deed) -> Result<String, AppError> {
        match deed {
            Deed::Redeem { member, points, key } => self.redeem(ledger, *member, *points, key).await,
            Deed::Buy { member, reward, quantity, key } => {
                let mut order = rewards::order(ledger, &format!("m-{member}"), self.rewards[*reward], key).await;
                order.quantity = *quantity;
                let made = buy::buy(ledger, order).await?;
                self.redemptions.push(made.redemption.id);
                Ok(format!("{} points, balance {}", made.redemption.points, made.balance_after))
            }
            Deed::Advance { redemption, to: "returned" } => {
                let (id, by) = (self.redemptions[*redemption], Authority::command_line());
                take_back::take_back(ledger, by, id, is_whole(*redemption), "too small").await.map(|()| "ok".into())
            }
            Deed::Advance { redemption, to } => {
                let (id, steps) = (self.redemptions[*redemption], vec![RedemptionState::named(to).unwrap()]);
                let advance = Advance { id, steps, tracking: None, note: None, actor: Actor::CommandLine, of_member: None };
                redeem::advance(ledger, advance).await.map(|_| "ok".into())
            }
            Deed::ExpireVouchers => redeem::expire_vouchers(ledger).await.map(|_| "ok".into()),
            Deed::Adjust { member, points, by, key } => {
                let (member, reason) = (self.member(*member).await.id(), Reason::new("a reason").unwrap());
                let wish = adjustments::Wish {
                    member,
                    points: Points::from_hundredths(*points),
                    reason,
                    key: key.clone(),
                    reverses: None,
                };
                let made = adjustments::adjust(ledger, self.staff[*by], wish).await?;
                self.adjustments.push(made.id);
                Ok(made.approval.state.name().into())
            }
            Deed::Decide { adjustment, approve, by } => {
                let no = || Decision::Reject(Reason::new("no receipt").unwrap());
                let decision = if *approve { Decision::Approve } else { no() };
                adjustments::decide(ledger, self.staff[*by], self.adjustments[*adjustment], decision).await?;
                Ok(if *approve { "approved" } else { "rejected" }.into())
            }
            Deed::Close { member } => {
                let id = self.member(*member).await.id();
                let closed = close::close(ledger, Authority::command_line(), id, None).await?;
                Ok(format!("removes {}", closed.removed))
            }
            Deed::Suspend { member, suspended } => {
                let id = self.member(*member).await.id();
                suspend(&ledger.db, Authority::command_line(), &[id], *suspended, "model", self.now()).await?;
                Ok("ok".into())
            }
            Deed::Join { member, invited_by } => self.join(ledger, *member, *invited_by).await,
            Deed::Publish { sheet, at, demotes, keeps_until } => {
                let how = Publication { at: *at, demotes: *demotes, keeps_until: *keeps_until, ..Publication::default() };
                publish(ledger, sheet, how).await
            }
            Deed::Try(trial) => {
                let (id, answer) = start(ledger, trial).await?;
                self.experiments.push(id);
                Ok(answer)
            }
            Deed::End { adopt, keeps_until } => {
                let how = if *adopt { Ending::Adopt } else { Ending::Stop };
                let (id, said) = (*self.experiments.last().unwrap(), Ended { keeps_until: *keeps_until, notice: None });
                Ok(match experiments::end(ledger, Authority::command_line(), id, how, said).await? {
                    Some(version) => format!("version {version} from {}", ledger.rulebook().await?.latest().from),
                    None => "withdrawn".into(),
                })
            }
            _ => unreachable!("done before"),
        }
    }

    async fn redeem(&mut self, ledger: &Ledger, member: usize, points: i64, key: &str) -> Result<String, AppError> {
        let member = self.member(member).await;
        let (actor, points) = (Actor::Member(member.id().uuid()), Points::from_hundredths(points));
        let made = redeem::redeem(ledger, Wish { member_no: member.no, points, quoted: None, key: key.into(), actor }).await?;
        self.redemptions.push(made.redemption.id);
        let redeem::Redeemed { redemption, balance_after } = made;
        let RedeemedFor::Cash(cash) = redemption.redeemed_for else { panic!("cash") };
        Ok(format!("{} points pay {}, balance {balance_after}", redemption.points, cash.amount()))
    }

    async fn join(&self, ledger: &Ledger, number: usize, invited_by: Option<usize>) -> Result<String, AppError> {
        let referral_code = match invited_by {
            Some(inviter) => self.member(inviter).await.referral_code,
            None => None,
        };
        let wish = Registration { referral_code, ..people::registration(&format!("m-{number}@example.com")) };
        let (db, now) = (&ledger.db, self.now());
        let came = register(db, &Auth::default(), &wish, &visitor(), now).await?;
        let session = member_session(db, came.token.as_str(), now).await.unwrap();
        let (code, _) = link::new_code(db, &session, now).await?;
        let claim = Enrolment { external_id: format!("m-{number}"), link_code: Some(code), ..Default::default() };
        enrol(db, Actor::CommandLine, &claim, now).await?;
        Ok("ok".into())
    }

    async fn tell(&self, ledger: &Ledger, events: &[Told], route: Route) -> Vec<String> {
        match route {
            Route::Live => post(ledger, events, LIVE).await,
            Route::LiveAtOnce => {
                let is_first = |event: &&Told| event.member.is_multiple_of(2);
                let (first, second): (Vec<Told>, Vec<Told>) = events.iter().cloned().partition(|event| is_first(&event));
                let (first, second) =
                    futures::join!(post(&self.ledgers[0], &first, LIVE), post(&self.ledgers[1], &second, LIVE));
                let (mut first, mut second) = (first.into_iter(), second.into_iter());
                events.iter().map(|event| if is_first(&event) { first.next() } else { second.next() }.unwrap()).collect()
            }
            Route::History(cut) => {
                let mut answers = Vec::new();
                for (n, part) in events.chunks(cut).enumerate() {
                    answers.extend(post(&self.ledgers[n % 2], part, HISTORY).await);
                }
                answers
            }
            Route::Program => {
                self.import(events);
                // it says how many rows it refused, not what each was answered: the answers come by asking again
                post(ledger, events, HISTORY).await
            }
        }
    }

    /// Hands the events to the program, in a process of its own.
    fn import(&self, events: &[Told]) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_laurel"))
            .args(["import", "-", "--enrol", "--database-url", &self.throwaway.url()])
            .env_remove("LAUREL_DATABASE_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let rows: Vec<String> = events.iter().map(Told::row).collect();
        let file = format!("{}\n{}\n", Told::HEADER, rows.join("\n"));
        program.stdin.take().unwrap().write_all(file.as_bytes()).unwrap();
        let output = program.wait_with_output().unwrap();
        // 3: some were refused
        assert!([Some(0), Some(3)].contains(&output.status.code()), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

async fn post(ledger: &Ledger, events: &[Told], terms: Terms) -> Vec<String> {
    let events: Vec<Event> = events.iter().map(|told| event(&told.text())).collect();
    let outcomes = ingest::post(ledger, Arc::new(events), terms).await.unwrap();
    let answer = |answer: Answer| format!("{} {} {}", answer.points, answer.balance, answer.tier.get());
    let told = |outcome| match outcome {
        Outcome::Accepted(accepted) => format!("ok {}", answer(accepted)),
        Outcome::Duplicate(earlier) => format!("again {}", answer(earlier)),
        Outcome::Refused(refusal) => refusal.code().to_owned(),
    };
    outcomes.into_iter().map(told).collect()
}

/// Makes a draft of it.
async fn draft(ledger: &Ledger, sheet: &Sheet) -> Result<i64, AppError> {
    let (by, set) = (Authority::command_line(), rule_set(sheet));
    let latest = ledger.rulebook().await?.latest().version;
    let revision = rules::overview(ledger).await?.draft.map_or(0, |draft| draft.revision);
    rules::save_draft(ledger, by, set, latest, revision).await
}

async fn start(ledger: &Ledger, trial: &Trial) -> Result<(ExperimentId, String), AppError> {
    let &Trial { variant, control, at, until, keeps_until, .. } = trial;
    let revision = draft(ledger, &trial.sheet).await?;
    let (name, hypothesis, notice) = ("model".to_owned(), "they differ".to_owned(), None);
    let wish = experiments::Start { revision, name, hypothesis, variant, control, at, until, keeps_until, notice };
    let id = experiments::start(ledger, Authority::command_line(), wish).await?;
    let made = experiments::find(ledger, id).await?.unwrap();
    Ok((id, format!("version {} from {} until {}", made.version, made.starts_at, made.ends_at)))
}

async fn publish(ledger: &Ledger, sheet: &Sheet, how: Publication) -> Result<String, AppError> {
    let (by, saved) = (Authority::command_line(), draft(ledger, sheet).await?);
    let version = rules::publish(ledger, by, saved, how).await?;
    Ok(format!("version {version} from {}", ledger.rulebook().await?.latest().from))
}

fn code(error: &AppError) -> String {
    assert!(!matches!(error, AppError::Internal(_) | AppError::Unavailable { .. }), "{error:?}");
    error.code().to_owned()
}
