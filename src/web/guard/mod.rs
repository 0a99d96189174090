//! Who asks, in which language, and what they may.
//!
//! [`Ctx`] is anybody. The other guards are capabilities: each is made from a session whose roles hold one [`Right`], and a handler that
//! takes one cannot be reached without it (303 to the sign-in page, 403 where the right is missing).

mod ctx;
mod notice;
mod origin;

pub use ctx::Ctx;
pub use notice::Notice;
pub use origin::{Host, is_ours};

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};

use crate::app::{Actor, Staff};
use crate::domain::role::Right;

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident: $($right:ident)|*;)+) => {$(
        $(#[$doc])*
        pub struct $name<'r> {
            ctx: Ctx<'r>,
            staff: Staff,
        }

        impl<'r> $name<'r> {
            /// Whoever asks, as use cases want them.
            pub fn actor(&self) -> Actor {
                self.staff.actor()
            }

            /// The member of staff.
            pub fn staff(&self) -> &Staff {
                &self.staff
            }
        }

        impl<'r> std::ops::Deref for $name<'r> {
            type Target = Ctx<'r>;

            fn deref(&self) -> &Ctx<'r> {
                &self.ctx
            }
        }

        #[rocket::async_trait]
        impl<'r> FromRequest<'r> for $name<'r> {
            type Error = ();

            async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
                let ctx = match Ctx::of(request).await {
                    Ok(ctx) => ctx,
                    Err(status) => return Outcome::Error((status, ())),
                };
                let Some(staff) = ctx.staff.clone() else { return Outcome::Error((Status::Unauthorized, ())) };
                let rights: &[Right] = &[$(Right::$right),*];
                if rights.is_empty() || rights.iter().any(|right| staff.roles.may(*right)) {
                    Outcome::Success(Self { ctx, staff })
                } else {
                    Outcome::Error((Status::Forbidden, ()))
                }
            }
        }
    )+};
}

capabilities! {
    /// Any member of staff.
    SignedIn: ;
    /// May register interest and enrol.
    CanEnrol: Enrol;
    /// May search people.
    CanSeePeople: People;
    /// May import and correct.
    CanImport: Import;
    /// May read the rules of blood donation.
    CanReadRules: Administer | Publish | People | Report;
    /// May erase a person at their request.
    CanErase: Erase;
    /// May note that somebody may be contacted again.
    CanAllowContact: ContactAgain;
    /// May record donations, deferrals and blood groups.
    CanRecordHealth: Health;
    /// May record what volunteers do and can.
    CanServe: Service;
    /// May look at drives, and enter targets and shifts.
    CanPlanDrives: Enrol | Service;
    /// May read what was done of publicity and mobilisation.
    CanSeeActivities: Activities | Report;
    /// May record an activity of publicity or mobilisation.
    CanRecordActivities: Activities;
    /// May strike out an activity.
    CanStrikeActivities: StrikeActivity;
    /// May open a call-out list.
    CanCallOut: Service | Urgent;
    /// May judge duplicates.
    CanReview: Review;
    /// May work through follow-ups.
    CanFollowUp: FollowUp;
    /// May look at a first contact.
    CanPrepareFirstContact: FollowUp | ConfirmFirstContact;
    /// May release imported people for contact.
    CanConfirmFirstContact: ConfirmFirstContact;
    /// May read reports.
    CanReport: Report;
    /// May approve what is published and enter plans.
    CanPublish: Publish;
    /// May administer accounts and keys.
    CanAdminister: Administer;
    /// May read and verify the log.
    CanAudit: Audit;
    /// May work on match notices and death notices.
    CanWorkUrgent: Urgent;
    /// May note what other systems know of a registration.
    CanSeeOutside: Outside;
    /// May ask whether a named person is registered.
    CanLookUp: LookUp;
    /// May enter whom to call and who is on duty.
    CanSetDuty: Duty;
    /// May note samples of stem-cell registrants.
    CanSample: Sample;
    /// May record consents given anew.
    CanRenewConsent: Consent;
    /// May put the data of a person on file right.
    CanCorrect: Correct;
    /// May take back what was entered in error.
    CanTakeBack: TakeBack;
    /// May take down what organ and body registrants wish.
    CanKeepWish: Wish;
    /// May review emergency openings.
    CanReviewOpening: ReviewOpening;
    /// May agree that an identity is opened to whoever asked.
    CanApproveDisclosure: ApproveDisclosure;
}
