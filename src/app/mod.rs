//! Use cases, one verb a file: what a page or a command may ask for.
//!
//! May import every room but `web` and `cli`. Offers [`App`] and, by verb:
//!
//! - `open`: `App::open(Config) -> Result<App, AppError>` makes or opens a data folder, unlocks, fills the index and the facts.
//! - `account`: `log_in(&self, login: &str, password: &Guarded<String>, peer: &str) -> Result<SessionStart, AppError>`, `session(&self, token: &str) ->
//!   Result<Option<Staff>, AppError>`, `log_out(token)`, `set_up(token, AccountForm)`, `accounts()`, `add_account(actor, AccountForm)`, `disable(actor, id)`.
//! - `drive`: `drive_today() -> DrivePage`, `start_drive(actor, DriveForm)`.
//! - `register`: `interest(actor, key, InterestForm) -> Saved`, `enrol(actor, key, EnrolForm) -> Saved`; flaws come back by field.
//! - `import`: `stage(actor, bytes, file name, ImportOptions, progress) -> ImportId`, `preview(id)`, `admit(actor, id)`, `discard(actor, id)`, `report_csv(id)`.
//! - `correct`: `corrections(page)`, `resolve(actor, id, version, value)`, `dismiss(actor, id, version)`.
//! - `review`: `queue()`, `open_pair(actor, id) -> PairView`, `decide(actor, id, version, Verdict)`, `undo(actor, id)`; `scan(actor, progress)`; `export_pairs()`.
//! - `people`: `search(actor, query) -> Vec<PersonRow>`, `person(actor, public id) -> PersonView` masked, `disclose(actor, public id, reason)`, `withdraw(..)`.
//! - `follow`: `plan(as_of, months, dry_run)`, `send_due(now, mailer)`, `tasks(day)`, `finish_task(..)`, `first_contact_preview(filter)`, `first_contact(actor, filter, count)`.
//! - `answer`: `link(token) -> LinkPage`, `answer(token, action)`: the registrant's side.
//! - `report`: `pool(as_of)`, `flows(from, to)`.
//! - `back_up`, `restore`, `audit`.

pub mod demo;
pub mod form;
