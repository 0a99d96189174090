//! What becomes of a plan from day to day: how a new plan meets the old one, whether a mail may still go out, what follows a call. Pure.
//!
//! - [`reconcile`]: what to add, move and drop when the plan is made again; what was sent is never touched.
//! - [`outlived`]: which calls in hand that the new plan is silent about do not apply any more.
//! - [`recheck`]: every condition again, at the moment of sending.
//! - [`after_call`], [`after_search`], [`after_third_party`]: what a call's outcome leads to; [`script`]: what is said in it.
//! - [`named_for`]: which of the people a registrant named may be asked.
//! - [`unanswered`]: which mails, messages and letters stay without an answer long enough for the next rung of the ladder.
//! - [`step`], [`beyond`], [`restep`], [`without_mail`]: which rung follows one that came to nothing or cannot be made any more, and [`gives_way`] when.
//! - [`put_off`]: what staff do keeps its distance from every other contact.

mod apart;
mod call;
mod named;
mod outlived;
mod recheck;
mod reconcile;
mod restep;
mod script;
mod unanswered;

pub use apart::{Waiting, keeps_apart, put_off};
pub use call::{CALL_ON, CallOutcome, DECIDED, Next, ROUNDS, ToldBy, after_call, after_search, after_third_party, urgency, without_rest};
pub use named::named_for;
pub use outlived::outlived;
pub use recheck::{Facts, NO_TURN, NOT_YET_ELIGIBLE, NotNow, recheck};
pub use reconcile::{Changes, OpenTask, reconcile};
pub use restep::{RETURNED, beyond, gives_way, restep, step, without_mail};
pub use script::{CallStanding, Script, Tone, script};
pub use unanswered::{SentMail, base_rule, follows_mail, rule_of_rung, unanswered};

#[cfg(test)]
mod complaints;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod year;
