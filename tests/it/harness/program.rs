//! The binary on a data folder of its own.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

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

    /// A command that is ready to run; arguments as on the command line.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let at = |inside: &str| self.folder().join(inside);
        let mut command = Command::new(&self.binary);
        command.args(arguments).env_clear().current_dir(self.folder()).stdin(Stdio::null());
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", at("home"))
            .env("TMPDIR", at("tmp"))
            .env("LANG", "C.UTF-8");
        command.env("DONOR_REGISTRY_DATA", self.data()).env("DONOR_REGISTRY_KEY_FILE", at("key/root.key"));
        command.envs(self.settings.iter().map(|(k, v)| (k, v)));
        command
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
        let port = free_port();
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
