//! What runs step by step: samples, match requests, death notices. The model says what each step leads to; where it has to be refused, the
//! reason is told and nothing changes.

use std::sync::Arc;

use donor_registry::app::{AppError, MatchForm, NoticeForm, StepForm};
use donor_registry::domain::death_notice::Caller;
use donor_registry::domain::id::MatterId;
use donor_registry::domain::outside::{NotNow, OutsideState, OutsideSystem};
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::domain::sample;

use super::model::{Case, Kind, is_dead, is_of_age};
use super::world::{World, text};

impl World {
    /// Opens a case of somebody on file, where that is possible now.
    pub async fn open(&mut self, kind: Kind, who: usize, dying: bool) {
        let Some(id) = self.free(who) else { return };
        let once = self.once();
        let (app, staff, now, today) = (Arc::clone(&self.app), self.staff, self.now, self.today());
        let page = self.page(&id).await;
        let status = page.standings.iter().find(|(r, ..)| *r == Registry::StemCell).map(|(_, status, _)| *status);
        let in_pool = status.is_some_and(EnrolmentStatus::in_pool);
        let running = self.cases.iter().any(|case| case.who == who && case.kind == kind && !case.is_over());
        let opened: (MatterId, &'static str) = match kind {
            Kind::Sample => match app.take_sample(staff, &id, (&text(format!("TUBE-{:04}", self.forms)), today), &once, now).await {
                Ok(()) => {
                    assert!(in_pool && !running, "{status:?}: a sample of who is in the pool, and one at a time");
                    let page = app.samples(staff, &id).await.unwrap();
                    (page.samples.iter().find(|s| s.phase == sample::Phase::Taken).unwrap().id, "taken")
                }
                Err(AppError::Missing("registration")) => return assert!(status.is_none(), "{status:?}"),
                Err(AppError::Input { field: "barcode", .. }) => return assert!(!in_pool || running, "{status:?}"),
                Err(other) => panic!("{other}"),
            },
            Kind::Match => {
                let (cmdp, request) = (text(format!("CMDP-{who:04}")), text(format!("REQ-{:04}", self.forms)));
                let form = MatchForm { cmdp, request, received: now, answer_by: None, person: Some(id) };
                let too_old = is_of_age(who, today);
                match app.open_match(staff, &form, &once, now).await {
                    Ok(id) => {
                        assert!(in_pool && !running && !too_old, "{status:?}: no request for who left or is over age, and one at a time");
                        (id, "notified")
                    }
                    Err(AppError::NotNow(NotNow { key: "match-too-old" })) => return assert!(too_old),
                    Err(AppError::NotNow(NotNow { key: "outside-withdraw-first" })) => {
                        let due = |l: &&donor_registry::app::OutsideLine| {
                            l.system == OutsideSystem::Cmdp && l.state == OutsideState::WithdrawalDue
                        };
                        return assert!(page.outside.iter().any(|l| due(&l)), "nothing is due at the CMDP");
                    }
                    Err(AppError::Input { field: "person", .. }) => return assert!(!in_pool || running, "{status:?}"),
                    Err(other) => panic!("{other}"),
                }
            }
            Kind::Notice => {
                let form =
                    NoticeForm { caller: Caller::Family, call_back: None, person: Some(id), place: None, dying, when: now, called: None };
                (app.open_notice(staff, &form, &once, now).await.unwrap(), if dying { "dying" } else { "reported" })
            }
        };
        self.cases.push(Case { id: opened.0, who, kind, phase: opened.1 });
    }

    /// Notes steps of somebody's latest case: so many that lead on, then any.
    pub async fn note(&mut self, kind: Kind, who: usize, onward: usize, any: usize) {
        let latest = self.cases.iter().rposition(|case| case.who == who && case.kind == kind);
        let (Some(at), Some(_)) = (latest, self.free(who)) else { return };
        for _ in 0..onward {
            if !self.cases[at].is_over() {
                self.tell(at, kind.next(self.cases[at].phase)).await;
            }
        }
        self.tell(at, kind.acts()[any % kind.acts().len()]).await;
    }

    async fn tell(&mut self, at: usize, (act, code): (&'static str, Option<&'static str>)) {
        let once = self.once();
        let (app, staff, now, today) = (Arc::clone(&self.app), self.staff, self.now, self.today());
        let case = self.cases[at].clone();
        let before = self.seen(&case).await;
        assert_eq!(before.0, case.phase, "{case:?}");
        let (which, form) =
            ((case.id, before.1), StepForm { act: act.into(), code: code.map(str::to_owned), day: today, when: None, note: None });
        let result = match case.kind {
            Kind::Sample => {
                let act = sample::Act::from_word(act).unwrap();
                app.note_sample(staff, which, (act, today), &once, now).await.map(drop)
            }
            Kind::Match => app.note_match(staff, which, &form, &once, now).await,
            Kind::Notice => app.note_notice(staff, which, &form, &once, now).await,
        };
        match (case.after(act), result) {
            (Some(phase), Ok(())) => {
                self.cases[at].phase = phase;
                self.follow(&case, phase).await;
            }
            (None, Err(AppError::NotNow(_))) => assert_eq!(self.seen(&case).await, before, "what is refused changes nothing"),
            (expected, result) => panic!("{case:?}, {act}: expected {expected:?}, got {result:?}"),
        }
    }

    /// What a step changes beside its case.
    async fn follow(&mut self, before: &Case, phase: &'static str) {
        let who = before.who;
        let id = self.lives[who].id.clone().unwrap();
        match (before.kind, phase) {
            (Kind::Sample, "accepted") => {
                assert_eq!(self.status(&id, Registry::StemCell).await, Some(EnrolmentStatus::Enrolled), "入库");
                self.lives[who].accepted = true;
            }
            (Kind::Match, "donated") => {
                let donated = EnrolmentStatus::Exited(ExitReason::Donated);
                assert_eq!(self.status(&id, Registry::StemCell).await, Some(donated));
                self.drop_samples(who);
            }
            (Kind::Notice, "realised" | "not-realised") if is_dead(before.phase) => {
                self.lives[who].dead = true;
                self.end(who, "unavailable");
                let page = self.page(&id).await;
                assert!(page.standings.iter().all(|(_, status, _)| matches!(status, EnrolmentStatus::Exited(_))));
            }
            _ => {}
        }
    }

    /// What ends with the registration on the stem-cell file: match requests by an act, and samples.
    pub fn end(&mut self, who: usize, act: &str) {
        for case in self.cases.iter_mut().filter(|case| case.who == who && case.kind == Kind::Match && !case.is_over()) {
            case.phase = case.after(act).unwrap();
        }
        self.drop_samples(who);
    }

    pub fn drop_samples(&mut self, who: usize) {
        for case in self.cases.iter_mut().filter(|case| case.who == who && case.kind == Kind::Sample && !case.is_over()) {
            case.phase = case.after("dropped").unwrap();
        }
    }

    /// Where a case stands by its page, its version, and how many steps it has.
    pub async fn seen(&self, case: &Case) -> (&'static str, i64, usize) {
        match case.kind {
            Kind::Sample => {
                let page = self.app.samples(self.staff, self.lives[case.who].id.as_ref().unwrap()).await.unwrap();
                let sample = page.samples.iter().find(|s| s.id == case.id).unwrap();
                (sample.phase.word(), sample.version, sample.steps.len())
            }
            Kind::Match => {
                let case = self.app.match_case(self.staff, case.id, self.now).await.unwrap();
                (case.phase.word(), case.version, case.steps.len())
            }
            Kind::Notice => {
                let case = self.app.notice_case(self.staff, case.id, self.now).await.unwrap();
                (case.phase.word(), case.version, case.steps.len())
            }
        }
    }
}
