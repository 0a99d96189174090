//! `account`: staff accounts.

use std::io::BufRead;

use crate::app::Actor;
use crate::app::form::AccountForm;
use crate::domain::Guarded;
use crate::domain::role::Roles;

use super::args::{Account, Options};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Account) -> Result<Outcome, CliError> {
    open::with_app(options, |app| async move {
        let now = open::now();
        match args {
            Account::Add { login, name, roles, small_branch, password_stdin } => {
                let made_up = !password_stdin;
                let password = if *password_stdin { first_line()? } else { crate::app::fresh_password()? };
                let shown = password.duplicate();
                let roles = if *small_branch { Roles::small_branch() } else { Roles::of(roles.iter().copied()) };
                let form = AccountForm { login: login.clone(), name: name.clone().unwrap_or_default(), password, roles };
                app.add_account(Actor::Console, form, now).await?;
                if made_up {
                    show::password(login, &shown);
                } else {
                    show::line(format_args!("The account {login} was added."));
                }
            }
            Account::List => {
                for row in app.accounts(Actor::Console).await? {
                    let words: Vec<&str> = row.roles.iter().map(crate::domain::role::Role::word).collect();
                    let state = if row.disabled { "  (closed)" } else { "" };
                    show::line(format_args!("{}  {}  {}{state}", row.login, row.display_name, words.join(",")));
                }
            }
            Account::Disable { login } => {
                let accounts = app.accounts(Actor::Console).await?;
                let row = accounts.into_iter().find(|r| r.login == *login).ok_or(CliError::Argument("there is no account of this name"))?;
                app.disable(Actor::Console, row.id, now).await?;
                show::line(format_args!("The account {login} was closed and its sessions ended."));
            }
        }
        Ok(Outcome::Done)
    })
}

fn first_line() -> Result<Guarded<String>, CliError> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|_| CliError::Argument("no password could be read from standard input"))?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    zeroize::Zeroize::zeroize(&mut line);
    Ok(Guarded::new(password))
}
