//! What may happen, and what the model makes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Days;
use donor_registry::app::form::CorrectForm;
use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, AppError, Opening, Verdict};
use donor_registry::domain::Guarded;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::eligibility::{Deferral, Donation, DonationKind, HealthFact, SourceOf};
use donor_registry::domain::hold::AgainWhy;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::outside::NotNow;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};

use super::model::{Kind, Life, OLD, TWIN, document, is_of_age, name, registry_of, row_day};
use super::world::{World, text};

#[derive(Debug, Clone)]
pub enum Step {
    /// A sheet of one person: which registry, and how many days old the row says it is; none: it says no day.
    Sheet(usize, Registry, Option<u64>),
    Withdraw(usize, Registry),
    Die(usize),
    Erase(usize, bool),
    Donate(usize, u64),
    Defer(usize, Option<u64>),
    Undo(usize),
    /// The latest exit, death or enrolment was entered in error.
    InError(usize),
    Object(usize),
    /// Contact is allowed again.
    Allow(usize),
    /// The address is put right at the office.
    Correct(usize),
    /// A sample, a match request or a death notice; of a notice: whether they are dying.
    Open(Kind, usize, bool),
    /// So many steps of it that lead on, then any.
    Note(Kind, usize, usize, usize),
    /// A registrar takes the first person and the twin for one; and takes it back.
    Join,
    Part,
    Release,
    Plan,
    Queue,
    AgeOut,
    Wait(u64),
}

impl World {
    pub async fn take(&mut self, step: &Step) {
        self.now = self.now.plus_seconds(3_600);
        let (app, staff, now, today) = (Arc::clone(&self.app), self.staff, self.now, self.today());
        match *step {
            Step::Sheet(who, registry, age) => self.sheet(who, registry_of(who, registry), age).await,
            Step::Withdraw(who, registry) => self.withdraw(who, registry_of(who, registry)).await,
            Step::Die(who) => {
                let Some(id) = self.free(who) else { return };
                // Told some days after it happened, more often than not.
                let day = today - Days::new(self.forms % 9);
                app.died(staff, &id, Death { day, told_by: DeathSource::Family }, now).await.unwrap();
                self.lives[who].dead = true;
                self.end(who, "unavailable");
            }
            Step::Erase(who, bar) => self.erase(who, bar && who != TWIN).await,
            Step::Donate(who, back) => {
                let fact = HealthFact::Donation(Donation {
                    kind: DonationKind::WholeBlood,
                    day: today - Days::new(back),
                    millilitres: Some(400),
                    units: None,
                    place: None,
                    source: SourceOf::Station,
                });
                self.record(who, fact).await;
            }
            Step::Defer(who, ahead) => {
                let until = ahead.map(|n| today + Days::new(n));
                self.record(who, HealthFact::Deferral(Deferral { until, source: SourceOf::Station, ended: None })).await;
            }
            Step::Undo(who) => {
                let Some(id) = self.free(who) else { return };
                let page = app.disclose(staff, &id, Opening::Correct, now).await.unwrap();
                let Some(fact) = page.donor.unwrap().facts.into_iter().find(|f| !f.undone) else { return };
                let sent = self.sent();
                app.undo_health(staff, &id, fact.id, sent, now).await.unwrap();
            }
            Step::InError(who) => self.in_error(who).await,
            Step::Object(who) => {
                // Where no number is on file there is nothing that calls could be refused for.
                let Some(id) = self.free(who).filter(|_| who != TWIN) else { return };
                app.object(staff, &id, now).await.unwrap();
                self.lives[who].objected = true;
            }
            Step::Allow(who) => {
                let Some(id) = self.free(who) else { return };
                let once = self.once();
                match app.allow_contact(staff, &id, AgainWhy::InPerson, &once, now).await {
                    Ok(()) => assert!(self.lives[who].objected, "there was nothing to take back"),
                    Err(AppError::NotNow(NotNow { key: "again-nothing" })) => assert!(!self.lives[who].objected),
                    Err(other) => panic!("{other}"),
                }
                self.lives[who].objected = false;
            }
            Step::Correct(who) => self.correct(who).await,
            Step::Open(kind, who, dying) => self.open(kind, who, dying).await,
            Step::Note(kind, who, onward, any) => self.note(kind, who, onward, any).await,
            Step::Join => self.join().await,
            Step::Part => self.part().await,
            Step::Release => {
                let count = app.first_contact_preview(staff, None, now).await.unwrap().people;
                Self::done(app.first_contact(staff, None, count, now).await.map(drop));
            }
            Step::Plan => {
                app.plan(staff, today, 12, false, now).await.unwrap();
            }
            Step::Queue => match app.send(staff, today, false, now, &mut |_, _| {}).await {
                // The mails wait: nobody takes them here.
                Ok(_) | Err(AppError::Followup(_)) => {}
                Err(other) => panic!("{other}"),
            },
            Step::AgeOut => self.age_out().await,
            Step::Wait(days) => self.now = now.plus_seconds(i64::try_from(days).unwrap() * 86_400),
        }
    }

    async fn sheet(&mut self, who: usize, registry: Registry, age: Option<u64>) {
        // The twin's rows tell little: a second one might be anybody's.
        if self.is_held(who) || (who == TWIN && self.lives[who].id.is_some()) {
            return;
        }
        self.forms += 1;
        let (app, staff, now) = (Arc::clone(&self.app), self.staff, self.now);
        let day = row_day(who, registry, age, self.today());
        let date = day.map(|d| d.to_string()).unwrap_or_default();
        let told_on = match registry {
            Registry::StemCell => "采样日期",
            Registry::Volunteer => "加入日期",
            Registry::Blood | Registry::OrganBody => "登记日期",
        };
        let (phone, mail, address) = match who {
            TWIN => (String::new(), String::new(), "石岭镇双河村9组"),
            _ => (format!("1640000002{who}"), format!("p{who}@far.example"), ""),
        };
        let sheet = format!(
            "姓名,联系电话,电子邮箱,家庭住址,身份证号,{told_on},备注\n{},{phone},{mail},{address},{},{date},第{}张\n",
            name(who),
            document(who),
            self.forms
        );
        let options = ImportOptions { registry: Some(registry), ..ImportOptions::default() };
        let staged = app.stage(staff, Guarded::new(sheet.into_bytes()), "sheet.csv", &options, now, &mut |_, _| {}).await.unwrap();
        let Staged::Draft(import) = staged else { panic!("every sheet has its own bytes") };
        let before = self.people().await;
        let totals = app.admit(staff, import, now).await.unwrap();
        let after = self.people().await;
        let life = &mut self.lives[who];
        let too_old = who == OLD && registry == Registry::StemCell && day.is_none();
        if life.barred || too_old {
            assert_eq!((totals.refused, totals.accepted + totals.review), (1, 0), "who asked not to return, or is too old, is refused");
            assert_eq!(before, after);
            return;
        }
        assert_eq!(totals.refused, 0);
        match &life.id {
            Some(_) => assert_eq!(before, after, "a known person is joined"),
            None => life.id = after.into_iter().find(|id| !before.contains(id)),
        }
        if let (Some(day), Some(left)) = (day, life.left.get(&registry))
            && day > *left
        {
            life.left.remove(&registry);
        }
    }

    async fn withdraw(&mut self, who: usize, registry: Registry) {
        let Some(id) = self.free(who) else { return };
        let here = self.status(&id, registry).await.is_some_and(|status| !matches!(status, EnrolmentStatus::Exited(_)));
        let done = Self::done(self.app.leave(self.staff, &id, registry, ExitReason::Withdrew, self.now).await);
        assert_eq!(done, here, "whoever is there may leave, and nobody leaves twice");
        if done {
            let today = self.today();
            self.lives[who].left.insert(registry, today);
            if registry == Registry::StemCell {
                self.end(who, "refused");
            }
        }
    }

    async fn in_error(&mut self, who: usize) {
        let Some(id) = self.free(who) else { return };
        let (first, second) = (self.once(), self.once());
        let (app, staff, now) = (Arc::clone(&self.app), self.staff, self.now);
        let before = self.page(&id).await.standings;
        let Some(line) = app.in_error_page(staff, &id, now).await.unwrap().lines.into_iter().next() else { return };
        let what = (line.act, InErrorWhy::WrongPerson);
        let tried = app.take_back_standing(staff, &id, what, &first, now).await;
        let after = self.page(&id).await;
        if let Some(key) = line.refused {
            assert!(matches!(tried, Err(AppError::NotNow(not)) if not.key == key), "the page says why: {tried:?}");
            return assert_eq!(after.standings, before, "what is refused changes nothing");
        }
        tried.unwrap();
        let twice = app.take_back_standing(staff, &id, what, &second, now).await;
        assert!(matches!(twice, Err(AppError::NotNow(NotNow { key: "in-error-undone" }))), "{twice:?}");
        let life = &mut self.lives[who];
        for moved in &line.moves {
            // An earlier exit may stand behind it: a sheet has to say a later day than that.
            match after.standings.iter().find(|(registry, ..)| *registry == moved.registry) {
                Some((_, EnrolmentStatus::Exited(_), since)) => life.left.insert(moved.registry, *since),
                _ => life.left.remove(&moved.registry),
            };
        }
        let file = after.standings.iter().find(|(registry, ..)| *registry == Registry::StemCell);
        life.accepted = file.is_some_and(|(_, status, _)| *status == EnrolmentStatus::Enrolled);
        if line.death {
            let died = EnrolmentStatus::Exited(ExitReason::Died);
            life.dead = after.death.is_some() || after.standings.iter().any(|(_, status, _)| *status == died);
        }
        if line.sample {
            let sample = self.cases.iter_mut().rev().find(|case| (case.who, case.kind, case.phase) == (who, Kind::Sample, "accepted"));
            sample.expect("an accepted sample").phase = "sent";
        }
        let stands = |m: &donor_registry::app::Restored| {
            m.registry == Registry::StemCell && matches!(m.from, EnrolmentStatus::Exited(_)) && m.to != EnrolmentStatus::Undecided
        };
        if line.moves.iter().any(stands) {
            // What the exit set aside is under way again; what an earlier one did is not.
            for at in 0..self.cases.len() {
                let case = self.cases[at].clone();
                if (case.who, case.kind, case.phase) == (who, Kind::Sample, "dropped") {
                    let phase = self.seen(&case).await.0;
                    assert!(matches!(phase, "taken" | "sent" | "dropped"), "{case:?}: {phase}");
                    self.cases[at].phase = phase;
                }
            }
        }
    }

    async fn erase(&mut self, who: usize, bar: bool) {
        let Some(id) = self.free(who) else { return };
        let (sent, typed) = (self.sent(), text(id.to_string()));
        self.app.erase_person(self.staff, &id, &typed, bar, sent, self.now).await.unwrap();
        self.lives[who] = Life { barred: bar, ..Life::default() };
        let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.cases).into_iter().partition(|case| case.who == who);
        self.orphans.extend(gone.into_iter().filter(|case| case.kind == Kind::Notice).map(|case| case.id));
        self.cases = kept;
        if who != TWIN {
            let found = self.app.search(self.staff, &text(document(who))).await.unwrap();
            assert!(found.is_empty(), "nobody is found by the number of an erased person");
        }
    }

    async fn record(&mut self, who: usize, fact: HealthFact) {
        let Some(id) = self.free(who) else { return };
        let sent = self.sent();
        self.app.record_health(self.staff, &id, Guarded::new(fact), sent, self.now).await.unwrap();
    }

    async fn correct(&mut self, who: usize) {
        let Some(id) = self.free(who) else { return };
        let (first, second) = (self.once(), self.once());
        let (app, staff, now) = (Arc::clone(&self.app), self.staff, self.now);
        let before = self.page(&id).await;
        let form = app.put_right_page(staff, &id, None, now).await.unwrap();
        let shown: BTreeMap<&str, String> =
            form.known.shown(form.registry).into_iter().map(|(field, v)| (field, v.reveal().clone())).collect();
        let typed = |field: &str| text(shown.get(field).cloned().unwrap_or_default());
        let corrected = CorrectForm {
            registry: form.registry,
            name: typed("name"),
            sex: None,
            birth: typed("birth"),
            ethnic: typed("ethnic"),
            document: typed("document"),
            phones: vec![typed("phone"), typed("phone2")],
            mails: vec![typed("mail"), typed("mail2")],
            address: text(format!("保和镇和平村{}组", self.forms)),
            town: None,
            relatives: Vec::new(),
            witnesses: Vec::new(),
        };
        let changed = app.put_right(staff, &id, (&corrected, form.version), &first, now).await.unwrap().expect("no flaw");
        assert!(changed.contains(&"address"), "{changed:?}");
        let after = self.page(&id).await;
        assert_eq!(after.view.records().count(), before.view.records().count() + 1, "a further record, and the others stay");
        assert_eq!(after.standings, before.standings, "a correction changes no standing");
        let late = app.put_right(staff, &id, (&corrected, form.version), &second, now).await;
        assert!(matches!(late, Err(AppError::Stale)), "a form that was filled in before it: {late:?}");
    }

    async fn age_out(&mut self) {
        let today = self.today();
        let of_age = is_of_age(OLD, today);
        let running = self.cases.iter().any(|case| case.who == OLD && case.kind == Kind::Match && !case.is_over());
        let tally = self.app.age_out(Actor::Program, false, self.now).await.unwrap();
        assert_eq!(tally.waiting, u64::from(of_age && running), "whoever has an open request stays until it is over");
        let Some(id) = self.lives[OLD].id.clone().filter(|_| of_age && !running) else { return assert_eq!(tally.left, 0) };
        let status = self.status(&id, Registry::StemCell).await;
        assert!(status.is_none_or(|status| !status.may_contact()), "{status:?}: past the age of the file");
        self.drop_samples(OLD);
    }

    async fn join(&mut self) {
        let (Some(one), Some(other)) = (self.free(0), self.free(TWIN)) else { return };
        let queue = self.app.queue(self.staff).await.unwrap();
        let both = [&one, &other];
        let Some(item) = queue.iter().find(|item| both.contains(&&item.left) && both.contains(&&item.right)) else { return };
        let before = [self.page(&one).await.standings, self.page(&other).await.standings];
        let pair = self.app.open_pair(self.staff, item.id, self.now).await.unwrap().pair;
        self.app.decide(self.staff, pair.id, pair.row_version, Verdict::Same, self.now).await.unwrap();
        let (left, right) = (self.page(&one).await.view.row.public_id, self.page(&other).await.view.row.public_id);
        assert_eq!(left, right, "both ids open one person");
        self.end_matches_of_left(&one).await;
        self.joined = Some((pair.id, before));
    }

    /// Who is one with somebody who has left has no open match request any more.
    async fn end_matches_of_left(&mut self, one: &PublicId) {
        let page = self.page(one).await;
        let stands = page.standings.iter().find(|(registry, ..)| *registry == Registry::StemCell).map(|(_, status, _)| *status);
        let dead = page.death.is_some() || page.standings.iter().any(|(registry, status, _)| status.tells_of_death(*registry));
        let act = match stands {
            Some(EnrolmentStatus::Exited(ExitReason::Donated | ExitReason::Duplicate)) => return,
            Some(EnrolmentStatus::Exited(ExitReason::Withdrew | ExitReason::Erased)) => "refused",
            Some(EnrolmentStatus::Exited(_)) => "unavailable",
            _ if dead => "unavailable",
            _ => return,
        };
        let theirs = |who: usize| who == 0 || who == TWIN;
        for case in self.cases.iter_mut().filter(|case| theirs(case.who) && case.kind == Kind::Match && !case.is_over()) {
            case.phase = case.after(act).unwrap();
        }
    }

    async fn part(&mut self) {
        let Some((pair, before)) = self.joined.take() else { return };
        self.app.undo(self.staff, pair, self.now).await.unwrap();
        for (who, standings) in [0, TWIN].into_iter().zip(before) {
            let id = self.free(who).unwrap();
            let page = self.page(&id).await;
            assert_eq!(page.view.row.public_id, id, "each is who they were");
            assert_eq!(page.standings, standings, "and stands as they stood");
        }
    }
}
