//! Samples of the pages of the clocks and of other systems.

use super::*;
use crate::app::{MatchCase, OutsideLine, OutsideStep, StepLine};
use crate::domain::id::{MatterId, PublicId};
use crate::domain::match_request::Phase;
use crate::domain::outside::{OutsideAct, OutsideCause, OutsideState, OutsideSystem};
use crate::domain::time::Timestamp;
use crate::domain::urgent::Clocks;

const HOUR: i64 = 3_600;

fn line(system: OutsideSystem, state: OutsideState, cause: Option<OutsideCause>) -> OutsideLine {
    OutsideLine {
        id: Some(crate::domain::id::OutsideId(uuid::Uuid::nil())),
        version: 1,
        public_id: PublicId::from_random(7),
        system,
        state,
        since: NaiveDate::from_ymd_opt(2026, 11, 22),
        cause,
        number: Some(g("CODAC-2026-00042")),
    }
}

/// The systems on a person's page.
pub(super) fn outside(opened: bool, text: Text) -> Vec<outside::OutsideShown> {
    let lines = [
        line(OutsideSystem::NationalOrgan, OutsideState::WithdrawalDue, Some(OutsideCause::Withdrew)),
        OutsideLine { id: None, number: None, since: None, ..line(OutsideSystem::School, OutsideState::NotEntered, None) },
        line(OutsideSystem::Cmdp, OutsideState::Entered, None),
    ];
    lines.iter().map(|l| outside::OutsideShown::of(l, opened, true, text)).collect()
}

/// Match requests and death notices in a list.
pub(super) fn matter_lines(text: Text) -> Vec<closed::MatterLine> {
    use crate::app::{MatterHead, MatterOf};
    use crate::domain::death_notice;
    let head = |of, closed, public_id| MatterHead { id: MatterId(uuid::Uuid::nil()), public_id, of, received: Timestamp(0), closed };
    let heads = [
        head(MatterOf::Match(Phase::Refused), Some(Timestamp(0)), Some(PublicId::from_random(7))),
        head(MatterOf::Match(Phase::Contacted), None, Some(PublicId::from_random(7))),
        head(MatterOf::Death(death_notice::Phase::NotRegistered), Some(Timestamp(0)), None),
    ];
    heads.iter().map(|head| closed::MatterLine::of(head, &|_| "2026-11-22 16:31".to_owned(), text)).collect()
}

/// The GRID on a person's page.
pub(super) fn grid(opened: bool, text: Text) -> outside::GridShown {
    let since = if opened { NaiveDate::from_ymd_opt(2026, 11, 22) } else { None };
    outside::GridShown::of(&crate::app::GridState { since, text: opened.then(|| g("6939DKM001392612726")) }, true, text)
}

fn case(hours_ago: i64) -> (MatchCase, Timestamp) {
    let now = Timestamp(1_795_420_800_000_000);
    let received = now.plus_seconds(-hours_ago * HOUR);
    let clocks = Clocks::shipped();
    let rules = clocks.on(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()).unwrap();
    let answer_by = rules.answer_by(received);
    let step = |act: &str, code: Option<&str>| StepLine {
        act: act.into(),
        code: code.map(str::to_owned),
        day: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        when: None,
        at: received,
        by: Some("何样".into()),
        note: code.map(|_| g("省平台")),
    };
    let case = MatchCase {
        id: MatterId(uuid::Uuid::nil()),
        version: 2,
        public_id: Some(PublicId::from_random(7)),
        identity: None,
        cmdp: Some(g("CMDP-2026-0007")),
        request: Some(g("REQ-0007")),
        phase: Phase::Notified,
        received,
        answer_by,
        rungs: rules.rungs(received, answer_by, now),
        steps: vec![step("opened", None), step("cmdp-status", Some("rs"))],
        closed: false,
    };
    (case, now)
}

/// One step of a case, done.
pub(super) fn steps(text: Text, prefix: &str) -> Vec<urgent::StepShown> {
    let step = |act: &str, done| urgent::StepShown {
        what: text.t(&format!("{prefix}-act-{act}")),
        when: "2026-11-22 16:31".into(),
        note: g(""),
        done,
    };
    vec![step("opened", true)]
}

pub(super) fn form(text: Text, prefix: &str, acts: &[&'static str], dated: bool) -> urgent::StepFields {
    let what = acts.iter().fold(Choice::one(text, "what", "urgent-what"), |c, a| c.option(*a, text.t(&format!("{prefix}-act-{a}"))));
    urgent::StepFields {
        action: "/urgent/x/step".into(),
        what,
        end: Some(Select::new(text, "end", "urgent-end").optional(text).option("", text.t("choose"))),
        day: dated.then(|| Field::new(text, "day", "urgent-day").hint(text, "hint-date")),
        note: Field::new(text, "note", "urgent-note").optional(text).rows(2),
        version: 2,
    }
}

pub(super) fn reason(text: Text) -> Select {
    Select::new(text, "reason", "open-why").option("call-family", text.t("open-call-family"))
}

pub(super) fn slips_of(field: &'static str, key: &str) -> Slips {
    let mut slips = Slips::default();
    slips.add(field, key);
    slips
}

/// Name and HTML.
pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let red = vec![urgent::RedLine::of(
        &line(OutsideSystem::NationalOrgan, OutsideState::WithdrawalDue, Some(OutsideCause::Withdrew)),
        true,
        text,
    )];
    for (name, red) in [("outside-list", red.clone()), ("outside-list-none", Vec::new())] {
        add(
            name,
            outside::RedList {
                s: shell(lang, "/urgent"),
                unentered: red.len() as u64,
                next: (!red.is_empty()).then(|| "/outside?after=1".to_owned()),
                red,
            }
            .render(),
        );
    }
    let step = OutsideStep {
        act: OutsideAct::Leave,
        cause: Some(OutsideCause::Withdrew),
        day: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        at: Timestamp(0),
        by: Some("林样".into()),
        evidence: None,
    };
    for (name, due) in [("outside", true), ("outside-done", false)] {
        add(
            name,
            outside::OutsidePage {
                s: shell(lang, "/urgent"),
                slips: if due { slips_of("evidence", "slip-outside-evidence") } else { Slips::default() },
                path: "/outside/x".into(),
                person: "7K3M-9QXA-R".into(),
                what: red[0].what.clone(),
                number: g("CODAC-2026-00042"),
                due,
                fields: [
                    Field::new(text, "day", "outside-day"),
                    Field::new(text, "evidence", "outside-evidence").hint(text, "outside-evidence-hint").rows(3),
                ],
                steps: vec![outside::Happened::of(&step, "2026-11-22 09:00", text)],
                version: 2,
            }
            .render(),
        );
    }
    let (one, now) = case(18);
    let mut board_shell = shell(lang, "/urgent");
    board_shell.alarms = urgent::alarms(
        &crate::app::UrgentNow { matters: 2, answer_by: Some(one.answer_by), notices: 1, outside: 1, openings: 1, disclosures: 1 },
        Roles::small_branch(),
        now,
        text,
    );
    add(
        "urgent",
        urgent::Board {
            s: board_shell,
            duty: Some(("何样".into(), "2026-11-23".into())),
            red,
            next: Some("/outside?after=1".to_owned()),
            unentered: 12,
            families: 1,
            matches: vec![urgent::MatchCard {
                href: "/urgent/match/x".into(),
                who: "7K3M-9QXA-R 女 31 岁".into(),
                phase: urgent::phase_word(one.phase, text),
                left: Some(urgent::left_words(one.answer_by, now, text)),
                until: "2026-11-25 16:20".into(),
            }],
            notices: vec![urgent::NoticeLine {
                href: "/urgent/notice/x".into(),
                who: "7K3M-9QXA-R".into(),
                phase: text.t("notice-phase-reported"),
                since: text.nm("time-over", 1, 13),
            }],
        }
        .render(),
    );
    add(
        "urgent-none",
        urgent::Board {
            s: shell(lang, "/urgent"),
            duty: None,
            red: Vec::new(),
            next: None,
            unentered: 0,
            families: 0,
            matches: Vec::new(),
            notices: Vec::new(),
        }
        .render(),
    );
    let closed = |matters, next: Option<String>| closed::Closed { s: shell(lang, "/urgent"), matters, next }.render();
    add("urgent-closed", closed(matter_lines(text), Some("/urgent/closed?after=x".into())));
    add("urgent-closed-none", closed(Vec::new(), None));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    add(
        "match-new",
        urgent::MatchNew {
            s: shell(lang, "/urgent"),
            slips: slips_of("cmdp", "slip-match-cmdp"),
            fields: [
                field("cmdp", "match-cmdp").hint(text, "match-cmdp-hint"),
                field("request", "match-request"),
                field("received", "match-received").kind("datetime-local").value("2026-11-23T10:58"),
                field("answer_by", "match-answer-by").hint(text, "match-answer-by-hint").optional(text).kind("datetime-local"),
                field("person", "match-person").hint(text, "match-person-hint").optional(text),
            ],
        }
        .render(),
    );
    for (name, hours, opened) in [("match", 18, false), ("match-over", 80, true)] {
        let (case, now) = case(hours);
        let left = match crate::domain::urgent::left(case.answer_by, now) {
            Ok(time) => (time, false),
            Err(time) => (time, true),
        };
        add(
            name,
            urgent::MatchPage {
                s: shell(lang, "/urgent"),
                slips: Slips::default(),
                path: "/urgent/match/x".into(),
                left: Some(left),
                until: "2026-11-25 16:20".into(),
                rulers: (urgent::ClockRuler::of(&case, 326, now, text), urgent::ClockRuler::of(&case, 520, now, text)),
                numbers: (urgent::number(case.request.as_ref()), urgent::masked(case.cmdp.as_ref(), opened)),
                received: "2026-11-22 16:20".into(),
                who: "7K3M-9QXA-R".into(),
                person: "/people/7K3M-9QXA-R".into(),
                phase: urgent::phase_word(case.phase, text),
                cmdp: case.cmdp_status().map(|s| (text.xy("match-cmdp-status", "RS", s.day), g("省平台"))),
                opened: if opened { vec![people::Shown::new(text.t("field-phone"), g("16000000417"))] } else { Vec::new() },
                reason: reason(text),
                steps: steps(text, "match"),
                form: form(text, "match", &["contacted", "agreed"], true),
                answered: opened,
            }
            .render(),
        );
    }
    add(
        "match-answer",
        urgent::MatchAnswer {
            s: shell(lang, "/urgent"),
            rows: vec![(text.t("match-cmdp"), g("CMDP-2026-0007")), (text.t("match-answer"), g("OK"))],
            back: "/urgent/match/x".into(),
        }
        .render(),
    );
    let opening = |own| urgent::OpeningShown {
        href: "/urgent/openings/x".into(),
        by: "何样".into(),
        reason: text.t("open-call-family"),
        at: "2026-11-23 10:58".into(),
        until: "2026-11-25".into(),
        late: own,
        own,
    };
    add("openings", urgent::Openings { s: shell(lang, "/urgent"), year: 3, lines: vec![opening(false), opening(true)] }.render());
    add("openings-none", urgent::Openings { s: shell(lang, "/urgent"), year: 0, lines: Vec::new() }.render());
    let why = || Choice::one(text, "why", "lookup-why").option("donation", text.t("lookup-why-donation"));
    for (name, found) in
        [("look-up", None), ("look-up-no", Some(None)), ("look-up-yes", Some(Some(("2024-04-10".to_owned(), text.t("item-cornea")))))]
    {
        add(
            name,
            urgent::LookUp {
                s: shell(lang, "/urgent"),
                slips: if found.is_none() { slips_of("case", "slip-lookup-case") } else { Slips::default() },
                fields: [field("document", "field-document"), field("case", "lookup-case").hint(text, "lookup-case-hint")],
                why: why(),
                again: if found.is_none() { "2026-11-23 11:58".into() } else { String::new() },
                found,
            }
            .render(),
        );
    }
    out
}
