//! 录入有误: an exit, a death or an enrolment that should never have been entered, taken back by a further act. Which may be, and to what.

use super::outside::{NotNow, words};
use super::registry::ExitReason;

/// Why something was entered in error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InErrorWhy {
    /// It is about somebody else.
    WrongPerson,
    /// The wrong registry, reason or step was chosen.
    WrongChoice,
    /// What was said was misunderstood.
    Misunderstood,
    /// Whoever told it was wrong.
    NotTrue,
}

words!(InErrorWhy: WrongPerson = "wrong-person", WrongChoice = "wrong-choice", Misunderstood = "misunderstood", NotTrue = "not-true");

/// What is kept beside a standing that it does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// The registrants said themselves that they are no longer willing, after they had left for whatever reason.
    OwnWord,
    /// A registrar joined it to somebody whose standing it leaves as it is: since when it held by itself.
    JoinedBehind,
}

words!(Beside: OwnWord = "own-word", JoinedBehind = "joined-behind");

/// What may have been entered in error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// An exit by hand, or by age.
    Exit(ExitReason),
    /// A death, in every registry.
    Death,
    /// 入库 by an accepted sample.
    Enrolment,
}

/// What is known beside it when it is to be taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Around {
    /// It was taken back before.
    pub undone: bool,
    /// Something else happened to the registrations since, or they are another person's now.
    pub overtaken: bool,
    /// Whoever asks may not take back this one.
    pub not_theirs: bool,
    /// The person is known to have died, by something else where it is a death that is taken back.
    pub dead: bool,
    /// Another system was told of it, with evidence.
    pub told_outside: bool,
    /// Another registration of the person in the registry would count then, and says something else: a sheet that came later.
    pub another_counts: bool,
    /// It ended a match request, and the province has its answer.
    pub match_ended: bool,
    /// What was opened for the family after a death notice about the person is open: aid, calls, remembrance.
    pub family_cared_for: bool,
    /// A match request for this donor is open.
    pub match_open: bool,
    /// A death notice about the person is open, or has told of the death.
    pub notice: bool,
    /// The person is past the age of the file.
    pub of_age: bool,
    /// They have said themselves since that they are no longer willing.
    pub own_word: bool,
}

/// What a registration becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// As it was before.
    AsBefore,
    /// No contact until a registrar decides: another system has let the person go, or another registration says something else.
    Undecided,
}

impl Entered {
    /// What taking it back makes of a registration.
    ///
    /// # Errors
    /// [`NotNow`] with the reason; nothing is to be changed.
    pub const fn taken_back(self, around: &Around) -> Result<Back, NotNow> {
        let refused = match self {
            _ if around.undone => "in-error-undone",
            _ if around.overtaken => "in-error-overtaken",
            _ if around.not_theirs => "in-error-not-theirs",
            _ if around.dead => "in-error-dead",
            Self::Death if around.notice => "in-error-notice",
            // Nobody else would end it: a family would be called and asked to remember somebody who lives.
            Self::Death if around.family_cared_for => "in-error-care",
            // The rest of a case that has an answer, or waits for one, would say the opposite.
            Self::Exit(_) | Self::Death if around.match_ended => "in-error-match-ended",
            _ if around.match_open => "in-error-match-open",
            // Whatever was entered wrongly, this they said: by a consent of their own they may come back.
            Self::Exit(_) if around.own_word => "in-error-own-word",
            // Asked for by the person and done elsewhere: only they can come back, by a consent of their own.
            Self::Exit(ExitReason::Withdrew) if around.told_outside => "in-error-told-outside",
            Self::Exit(ExitReason::AgedOut) if around.of_age => "in-error-of-age",
            _ if around.told_outside || around.another_counts => return Ok(Back::Undecided),
            _ => return Ok(Back::AsBefore),
        };
        Err(NotNow { key: refused })
    }
}

/// The keys of every sentence that says why something is not taken back.
pub const REFUSALS: [&str; 11] = [
    "in-error-undone",
    "in-error-overtaken",
    "in-error-not-theirs",
    "in-error-dead",
    "in-error-notice",
    "in-error-care",
    "in-error-match-ended",
    "in-error-match-open",
    "in-error-own-word",
    "in-error-told-outside",
    "in-error-of-age",
];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Entered; 7] = [
        Entered::Exit(ExitReason::Withdrew),
        Entered::Exit(ExitReason::AgedOut),
        Entered::Exit(ExitReason::Medical),
        Entered::Exit(ExitReason::MovedOut),
        Entered::Exit(ExitReason::Lost),
        Entered::Death,
        Entered::Enrolment,
    ];

    fn key(of: Entered, around: Around) -> &'static str {
        of.taken_back(&around).expect_err("refused").key
    }

    #[test]
    fn what_nothing_stands_in_the_way_of_is_as_before() {
        for of in ALL {
            assert_eq!(of.taken_back(&Around::default()), Ok(Back::AsBefore), "{of:?}");
        }
    }

    #[test]
    fn nothing_is_taken_back_twice_late_by_others_or_for_the_dead() {
        let none = Around::default();
        for of in ALL {
            assert_eq!(key(of, Around { undone: true, overtaken: true, ..none }), "in-error-undone", "{of:?}");
            assert_eq!(key(of, Around { overtaken: true, ..none }), "in-error-overtaken", "{of:?}");
            assert_eq!(key(of, Around { not_theirs: true, ..none }), "in-error-not-theirs", "{of:?}");
            assert_eq!(key(of, Around { dead: true, ..none }), "in-error-dead", "{of:?}");
            assert_eq!(key(of, Around { match_open: true, ..none }), "in-error-match-open", "{of:?}");
        }
    }

    #[test]
    fn a_withdrawal_that_another_system_was_told_of_stands_and_a_death_waits_for_a_registrar() {
        let told = Around { told_outside: true, ..Around::default() };
        assert_eq!(key(Entered::Exit(ExitReason::Withdrew), told), "in-error-told-outside");
        assert_eq!(Entered::Death.taken_back(&told), Ok(Back::Undecided));
        assert_eq!(Entered::Exit(ExitReason::Lost).taken_back(&told), Ok(Back::Undecided));
    }

    #[test]
    fn where_another_registration_would_count_a_registrar_decides() {
        for of in ALL {
            assert_eq!(of.taken_back(&Around { another_counts: true, ..Around::default() }), Ok(Back::Undecided), "{of:?}");
        }
    }

    #[test]
    fn an_exit_stands_once_they_said_themselves_that_they_are_no_longer_willing() {
        let said = Around { own_word: true, ..Around::default() };
        for reason in ExitReason::ALL {
            assert_eq!(key(Entered::Exit(reason), said), "in-error-own-word", "{reason:?}");
        }
        for of in [Entered::Death, Entered::Enrolment] {
            assert_eq!(of.taken_back(&said), Ok(Back::AsBefore), "{of:?}: no exit for what they said");
        }
    }

    #[test]
    fn an_answer_to_the_province_a_notice_and_the_age_stand() {
        let around = Around { match_ended: true, notice: true, family_cared_for: true, of_age: true, ..Around::default() };
        assert_eq!(key(Entered::Death, around), "in-error-notice");
        assert_eq!(key(Entered::Death, Around { notice: false, ..around }), "in-error-care");
        assert_eq!(key(Entered::Exit(ExitReason::AgedOut), around), "in-error-match-ended");
        assert_eq!(key(Entered::Exit(ExitReason::AgedOut), Around { match_ended: false, ..around }), "in-error-of-age");
        assert_eq!(Entered::Exit(ExitReason::Lost).taken_back(&Around { match_ended: false, ..around }), Ok(Back::AsBefore));
        assert_eq!(Entered::Enrolment.taken_back(&around), Ok(Back::AsBefore), "an enrolment ends no request");
    }

    #[test]
    fn every_refusal_is_listed_with_its_sentence() {
        let yes = |bits: u16| {
            let on = |at: u16| bits & (1 << at) != 0;
            Around {
                undone: on(0),
                overtaken: on(1),
                not_theirs: on(2),
                dead: on(3),
                told_outside: on(4),
                match_ended: on(5),
                match_open: on(6),
                notice: on(7),
                of_age: on(8),
                own_word: on(9),
                family_cared_for: on(10),
                another_counts: on(11),
            }
        };
        let mut seen = std::collections::BTreeSet::new();
        for of in ALL {
            seen.extend((0..4096).filter_map(|bits| of.taken_back(&yes(bits)).err()).map(|not| not.key));
        }
        assert_eq!(seen, REFUSALS.into_iter().collect::<std::collections::BTreeSet<_>>());
    }
}
