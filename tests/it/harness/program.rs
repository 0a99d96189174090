//! The binary on a data folder of its own.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use donor_registry::app::{App, Unlock};
use donor_registry::config::{Config, Purpose, Sources};
use donor_registry::domain::time::Timestamp;

use super::http::Client;

/// A temporary folder with everything one registry writes: `data`, `key`, `logs`, `tmp`. Removed at the end.
///
/// The environment of the program is empty but for what is set here, so that nothing of the machine leaks in and every file the program
/// writes lies under [`Registry::folder`], where a search finds it.
pub struct Registry {
    folder: tempfile::TempDir,
    binary: PathBuf,
    settings: Vec<(String, String)>,
}

impl Registry {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        for inside in ["key", "logs", "tmp", "home"] {
            std::fs::create_dir(folder.path().join(inside)).expect("the temporary folder is writable");
        }
        Self { folder, binary: PathBuf::from(env!("CARGO_BIN_EXE_donor-registry")), settings: Vec::new() }
    }

    /// Sets a variable for every later command.
    pub fn set(&mut self, variable: &str, value: &str) {
        self.settings.retain(|(k, _)| k != variable);
        self.settings.push((variable.to_owned(), value.to_owned()));
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// The program's whole environment but for `PATH`.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let at = |inside: &str| self.folder().join(inside).to_string_lossy().into_owned();
        let own = [
            ("HOME", at("home")),
            ("TMPDIR", at("tmp")),
            ("LANG", "C.UTF-8".to_owned()),
            ("DONOR_REGISTRY_DATA", at("data")),
            ("DONOR_REGISTRY_KEY_FILE", at("key/root.key")),
            // A test says itself when mails go out.
            ("DONOR_REGISTRY_SCHEDULE", "false".to_owned()),
        ];
        own.into_iter().map(|(k, v)| (k.to_owned(), v)).chain(self.settings.iter().cloned()).collect()
    }

    /// A command that is ready to run; arguments as on the command line.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env_clear().current_dir(self.folder()).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(self.environment());
        command
    }

    /// Adds a member of staff; `roles` are the command's words, or `small-branch` for all working roles.
    #[track_caller]
    pub fn add_account(&self, login: &str, password: &str, roles: &str) {
        let mut arguments = vec!["account", "add", login, "--name", login, "--password-stdin"];
        if roles == "small-branch" {
            arguments.push("--small-branch");
        } else {
            arguments.extend(["--roles", roles]);
        }
        let mut child =
            self.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("cargo built it");
        let written = writeln!(child.stdin.take().expect("it was asked for"), "{password}");
        let output = child.wait_with_output().expect("our own child can be waited for");
        assert!(output.status.success() && written.is_ok(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Opens the registry within this process, to look at what is stored. No server may run on SQLite meanwhile that writes.
    pub fn look<T, F: Future<Output = T>>(&self, work: impl FnOnce(Arc<App>) -> F) -> T {
        let sources = Sources { environment: self.environment(), working_folder: self.folder().to_owned(), command_line: BTreeMap::new() };
        let config = Config::load(&sources, Purpose::Command).expect("the settings of a test are right");
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started").block_on(async {
            let app = Arc::new(
                App::open(config, Unlock::default(), Timestamp::of(std::time::SystemTime::now().into()))
                    .await
                    .expect("the registry opens")
                    .app,
            );
            let outcome = work(Arc::clone(&app)).await;
            app.shut().await.expect("it closes in good order");
            outcome
        })
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary was built by cargo for this test")
    }

    /// Runs a command that must end with status 0; gives what it printed.
    #[track_caller]
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {:?}\n{}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the server on a free port and waits until it answers. Its output goes to `logs/serve-N.log`.
    #[track_caller]
    pub fn serve(&self) -> Server {
        self.serve_on(free_port())
    }

    /// Starts the server on a port, so that clients find it again after a restart.
    #[track_caller]
    pub fn serve_on(&self, port: u16) -> Server {
        let mut command = self.command(&["serve", "--port", &port.to_string()]);
        command.env("DONOR_REGISTRY_PUBLIC_URL", format!("http://127.0.0.1:{port}"));
        let (log, file) = (0..)
            .map(|n| self.folder().join(format!("logs/serve-{n}.log")))
            .find_map(|p| Some((p.clone(), File::create_new(&p).ok()?)))
            .expect("some number is free");
        command.stdout(file.try_clone().expect("an open file has a second handle")).stderr(file);
        Server::start(command, port, log)
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Mutex<Child>,
    pub address: SocketAddr,
    pub log: PathBuf,
    /// From the start of the process to its first answer.
    pub start_took: Duration,
}

impl Server {
    /// How long a server may take to answer first.
    const PATIENCE: Duration = Duration::from_secs(30);

    #[track_caller]
    fn start(mut command: Command, port: u16, log: PathBuf) -> Self {
        let begun = Instant::now();
        let child = command.spawn().expect("the binary was built by cargo for this test");
        let mut server =
            Self { child: Mutex::new(child), address: SocketAddr::from(([127, 0, 0, 1], port)), log, start_took: Duration::ZERO };
        while TcpStream::connect_timeout(&server.address, Duration::from_millis(200)).is_err() {
            let ended = server.child().try_wait().expect("a child can be asked");
            assert!(ended.is_none() && begun.elapsed() < Self::PATIENCE, "the server did not come up ({ended:?}):\n{}", server.log_text());
            std::thread::sleep(Duration::from_millis(5));
        }
        server.start_took = begun.elapsed();
        server
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().expect("nobody panics while it holds the child")
    }

    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGKILL: afterwards nothing of the process runs any more. A second call changes nothing.
    pub fn kill_9(&self) {
        let mut child = self.child();
        child.kill().expect("our own child can be killed");
        child.wait().expect("our own child can be waited for");
    }

    /// SIGTERM, and the wait for a clean end.
    #[cfg(unix)]
    #[track_caller]
    pub fn stop(self) {
        let sent = Command::new("kill").args(["-TERM", &self.child().id().to_string()]).status().expect("kill is there");
        assert!(sent.success());
        let status = self.child().wait().expect("our own child can be waited for");
        assert!(status.success(), "the server ended with {status:?}:\n{}", self.log_text());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended is fine.
        let mut child = self.child();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A loopback port on which nobody listens now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("the loopback has free ports").port()
}

#[test]
fn a_registry_keeps_the_machines_settings_out() {
    let registry = Registry::new();
    let command = registry.command(&["help"]);
    let variables: Vec<_> = command.get_envs().map(|(k, _)| k.to_string_lossy().into_owned()).collect();
    assert!(
        variables.iter().all(|v| ["PATH", "HOME", "TMPDIR", "LANG"].contains(&v.as_str()) || v.starts_with("DONOR_REGISTRY_")),
        "{variables:?}"
    );
    assert!(registry.run(&["--help"]).status.success());
}
