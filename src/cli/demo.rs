//! `demo`: a throw-away registry, served.

use std::sync::Arc;

use crate::app::{App, Unlock, demo};
use crate::config::{Config, Purpose, Sources};

use super::args::{Demo, Options};
use super::{CliError, Outcome, open, serve, show};

pub fn run(options: &Options, args: &Demo) -> Result<Outcome, CliError> {
    let folder = std::env::temp_dir().join(format!("donor-registry-demo-{}", std::process::id()));
    let data = options.data.clone().unwrap_or(folder);
    let sources = Sources::of_process()?
        .with("data", Some(data.display()))
        .with("key_file", Some(data.join("root.key").display()))
        .with("port", Some(args.port));
    let config = Config::load(&sources, Purpose::Demo)?;
    open::runtime()?.block_on(async {
        show::line(format_args!("A throw-away registry of {} invented people is being made in {}.", args.people, data.display()));
        let opened = App::open(config, Unlock::default(), open::now()).await?;
        let app = Arc::new(opened.app);
        let mut progress = show::Progress::of("people");
        let made = demo::fill(&app, args.people, open::now(), &mut |done, total| progress.at(done, total)).await?;
        drop(progress);
        show::line(format_args!(
            "{} registrations, {} pairs to review, {} follow-ups planned.",
            made.registrations, made.pairs, made.planned
        ));
        if let crate::config::MailRoute::Folder(folder) = &app.config.mail.route {
            show::line(format_args!("Mails are caught in {}.", folder.display()));
        }
        for login in &made.logins {
            show::log_in(login.name, login.roles, &login.password);
        }
        serve::serve(app).await
    })
}
