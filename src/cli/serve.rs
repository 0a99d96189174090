//! `serve` and `migrate`.

use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, AppError, FOLLOW_KEYS, Schedule};
use crate::config::{Config, Purpose};

use super::args::{Options, Serve};
use super::{CliError, Outcome, open, show};

/// How often it is looked whether a month is over.
const MONTHS: Duration = Duration::from_secs(3_600);

pub fn run(options: &Options, args: &Serve) -> Result<Outcome, CliError> {
    let sources =
        open::sources(options)?.with("address", args.address).with("port", args.port).with("behind_proxy", args.behind_proxy.clone());
    let config = Config::load(&sources, Purpose::Serve)?;
    open::runtime()?.block_on(async {
        let app = Arc::new(open::open(options, config).await?);
        serve(app).await
    })
}

/// Serves an open registry until the process is told to stop.
pub async fn serve(app: Arc<App>) -> Result<Outcome, CliError> {
    app.catch_up().await?;
    let set_up = app.set_up_path().await?;
    if !app.sheet_confirmed().await? {
        show::note("The recovery sheet was not confirmed yet: print it (`keys sheet`) and type it back once (`keys confirm`).");
    }
    tokio::spawn(follow_keys(Arc::clone(&app)));
    tokio::spawn(keep_lists(Arc::clone(&app)));
    if app.config.schedule {
        tokio::spawn(keep_schedule(Arc::clone(&app)));
        tokio::spawn(follow_months(Arc::clone(&app)));
        tokio::spawn(catch_up_old(Arc::clone(&app)));
    }
    let url = app.config.public_url.clone();
    let address = app.config.address;
    let served = crate::web::serve(Arc::clone(&app), move |port| {
        show::line(format_args!("Listening on http://{address}:{port}"));
        if let Some(path) = set_up {
            let link = url.map_or_else(|| format!("http://{address}:{port}{path}"), |u| u.link(&path));
            show::line(format_args!("No account yet. Make the first ones here, once: {link}"));
        }
    })
    .await;
    app.shut().await?;
    served.map(|()| Outcome::Done).map_err(CliError::Server)
}

/// How long the schedule rests between two rounds.
const ROUNDS: std::time::Duration = std::time::Duration::from_secs(10);

/// Plans and sends what is due, until the process ends. A fault is written to the log once, not at every round.
async fn keep_schedule(app: Arc<App>) {
    let mut schedule = Schedule::of(app);
    let mut said = String::new();
    loop {
        match schedule.round(open::now()).await {
            Ok(round) => {
                said.clear();
                if let Some(aged) = round.aged_out.filter(|aged| aged.left + aged.waiting > 0) {
                    tracing::info!(left = aged.left, waiting = aged.waiting, "registrations ended by age");
                }
                if let Some(sent) = round.sent.filter(|s| s.sent + s.refused + s.uncertain > 0) {
                    tracing::info!(sent = sent.sent, refused = sent.refused, uncertain = sent.uncertain, "mails went out by schedule");
                }
            }
            Err(error) => {
                let error = error.to_string();
                if error != said {
                    tracing::warn!(%error, "planning and sending by schedule failed; it is tried again");
                    said = error;
                }
            }
        }
        tokio::time::sleep(ROUNDS).await;
    }
}

/// How often lists take in what changed.
const LISTS: Duration = Duration::from_secs(60);

/// Works lists out that take a while, so that nobody waits for them, until the process ends.
async fn keep_lists(app: Arc<App>) {
    loop {
        app.keep_lists(open::now()).await;
        tokio::time::sleep(LISTS).await;
    }
}

/// Takes new keys over that another process made, until the process ends.
async fn follow_keys(app: Arc<App>) {
    loop {
        tokio::time::sleep(FOLLOW_KEYS).await;
        if let Err(error) = app.follow_keys().await {
            tracing::warn!(%error, "the keys could not be read again");
        }
    }
}

/// Prepares the release of each month that is over and tells the manager, until the process ends.
async fn follow_months(app: Arc<App>) {
    loop {
        // First the wait: whoever starts a server to look at something finds it as it was left.
        tokio::time::sleep(MONTHS).await;
        let done = async {
            app.monthly_release(open::now()).await?;
            app.send_release_notice(open::now()).await?;
            app.send_digest(open::now()).await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "the monthly release could not be prepared, or the office not told of it or of the day's follow-ups; it is tried again");
        }
    }
}

/// Catches up with what an earlier version stored without: whose a sample barcode is, and in the statistics which registrations have a
/// number of the national registry.
async fn catch_up_old(app: Arc<App>) {
    loop {
        let done = async {
            let told = app.tell_old_numbers(open::now()).await?;
            if told > 0 {
                tracing::info!(told, "earlier numbers of the national registry were told to the statistics");
            }
            let tally = app.claim_old_barcodes(open::now()).await?;
            if tally.claimed + tally.taken > 0 {
                tracing::info!(claimed = tally.claimed, taken = tally.taken, "earlier sample barcodes were claimed");
            }
            Ok::<(), AppError>(())
        };
        match done.await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "earlier numbers or sample barcodes could not be caught up with; it is tried again"),
        }
        tokio::time::sleep(MONTHS).await;
    }
}

pub fn migrate(options: &Options) -> Result<Outcome, CliError> {
    open::with_app(options, |app| async move {
        let tally = app.claim_old_barcodes(open::now()).await?;
        if tally.claimed + tally.taken > 0 {
            show::line(format_args!(
                "Earlier sample barcodes: {} claimed; {} stand with two registrants and are on the correction list.",
                tally.claimed, tally.taken
            ));
        }
        let told = app.tell_old_numbers(open::now()).await?;
        if told > 0 {
            show::line(format_args!("Earlier numbers of the national registry: {told} told to the statistics."));
        }
        show::line("The database has this version's tables.");
        Ok(Outcome::Done)
    })
}
