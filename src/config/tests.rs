use std::path::Path;

use super::*;

const HOME: &str = "/home/registrar";

fn sources(folder: &Path, variables: &[(&str, &str)]) -> Sources {
    let mut environment: BTreeMap<String, String> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    environment.entry("HOME".to_owned()).or_insert_with(|| HOME.to_owned());
    Sources { environment, working_folder: folder.to_owned(), command_line: BTreeMap::new() }
}

fn folder_with(toml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("donor-registry.toml"), toml).unwrap();
    folder
}

fn refusal(toml: &str, variables: &[(&str, &str)], purpose: Purpose) -> String {
    let folder = folder_with(toml);
    Config::load(&sources(folder.path(), variables), purpose).unwrap_err().to_string()
}

#[test]
fn with_nothing_set_a_command_gets_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::load(&sources(folder.path(), &[]), Purpose::Command).unwrap();
    assert_eq!(config.data, folder.path().join("data"));
    assert_eq!((config.address.to_string().as_str(), config.port), ("127.0.0.1", 8000));
    assert_eq!(config.zone, chrono_tz::Asia::Shanghai);
    assert_eq!(config.mail.route, MailRoute::Folder(folder.path().join("data/mails")));
    assert_eq!(config.upload_limit, 20 << 20);
    assert!(config.argon2.is_enough() && config.argon2 == Argon2Cost::DEFAULT);
    assert!(config.key_file.starts_with("/home/registrar/.config/donor-registry"));
}

#[test]
fn the_environment_wins_over_the_file_and_the_command_line_over_both() {
    let folder = folder_with("port = 1000\naddress = \"127.0.0.2\"\n[smtp]\nfrom = \"a@b.example\"\nreply_to = \"c@d.example\"\n");
    let mut sources = sources(
        folder.path(),
        &[
            ("DONOR_REGISTRY_PORT", "2000"),
            ("DONOR_REGISTRY_SMTP_FROM", "e@f.example"),
            ("DONOR_REGISTRY_BEHIND_PROXY", "10.0.0.1/32, fd00::/8"),
        ],
    );
    let config = Config::load(&sources, Purpose::Command).unwrap();
    assert_eq!((config.port, config.address.to_string().as_str()), (2000, "127.0.0.2"));
    assert_eq!((config.mail.from.as_str(), config.mail.reply_to.as_deref()), ("e@f.example", Some("c@d.example")));
    assert_eq!(config.behind_proxy.len(), 2);
    sources = sources.with("port", Some(3000)).with("address", None::<&str>);
    assert_eq!(Config::load(&sources, Purpose::Command).unwrap().port, 3000);
}

#[test]
fn text_that_looks_like_a_number_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("DONOR_REGISTRY_BRANCH_ZH", "12345"), ("DONOR_REGISTRY_SMTP_MODE", "")];
    assert_eq!(Config::load(&sources(folder.path(), &variables), Purpose::Command).unwrap().branch.zh, "12345");
}

#[test]
fn every_refusal_names_the_key_and_never_the_value() {
    let cases: &[(&str, &[(&str, &str)], &str)] = &[
        ("port = \"canary\"", &[], "`port`"),
        ("port = 70000", &[], "`port`"),
        ("", &[("DONOR_REGISTRY_PORT", "canary")], "`port`"),
        ("", &[("DONOR_REGISTRY_PORT", "70000")], "`port`"),
        ("behind_proxy = [\"canary\"]", &[], "`behind_proxy`"),
        ("behind_proxy = [7]", &[], "`behind_proxy`"),
        ("behind_proxy = [\"0.0.0.0/0\"]", &[], "`behind_proxy`"),
        ("smtp = 3", &[], "`smtp`"),
        ("[smtp]\nhost = 3", &[], "`smtp.host`"),
        ("[smtp]\nmode = \"canary\"", &[], "`smtp.mode`"),
        ("[smtp]\nmode = \"smtp\"", &[], "`smtp.host`"),
        ("[smtp]\nmode = \"smtp\"\nhost = \"mail.example\"\nsecurity = \"none\"", &[], "`smtp.security`"),
        ("[smtp]\nmode = \"smtp\"\nhost = \"mail.example\"\nuser = \"canary\"", &[], "`smtp.password_file`"),
        ("[smtp]\nmode = \"smtp\"\nhost = \"mail.example\"\npassword_file = \"canary\"", &[], "`smtp.user`"),
        (
            "[smtp]\nmode = \"smtp\"\nhost = \"localhost\"\nsecurity = \"none\"\nuser = \"canary\"\npassword_file = \"p\"",
            &[],
            "`smtp.user`",
        ),
        ("[smtp]\nfrom = \"Canary <canary@example.org>\"", &[], "`smtp.from`"),
        ("zone = \"canary\"", &[], "`zone`"),
        ("[branch]\nlanguage = \"canary\"", &[], "`branch.language`"),
        ("upload_limit_mib = 0", &[], "`upload_limit_mib`"),
        ("lookups_per_hour = 0", &[], "`lookups_per_hour`"),
        ("database_url = \"mysql://u:canary@h/d\"", &[], "`database_url`"),
        ("database_url = 5", &[], "`database_url`"),
        ("small_branch = \"canary\"", &[], "`small_branch`"),
        ("public_url = \"http://canary.example\"", &[], "`public_url`"),
        ("public_url = \"https://canary.example/path\"", &[], "`public_url`"),
        ("address = \"0.0.0.0\"", &[], "`address`"),
        ("no_such_key = \"canary\"", &[], "`no_such_key`"),
        ("[smtp]\nno_such_key = \"canary\"", &[], "`smtp.no_such_key`"),
        ("", &[("DONOR_REGISTRY_NO_SUCH_KEY", "canary")], "`DONOR_REGISTRY_NO_SUCH_KEY`"),
        ("key_file = \"data/root.key\"", &[], "`key_file`"),
    ];
    for (toml, variables, key) in cases {
        let said = refusal(toml, variables, Purpose::Command);
        assert!(said.contains(key), "{toml} {variables:?} must name {key}, said: {said}");
        assert!(!said.to_lowercase().contains("canary"), "{toml} {variables:?} quotes the value: {said}");
    }
}

#[test]
fn serving_with_a_cheap_password_hash_is_refused() {
    let said = refusal("[argon2]\nmemory_kib = 8\n", &[("DONOR_REGISTRY_PUBLIC_URL", "https://r.example")], Purpose::Serve);
    assert!(said.contains("`argon2`"), "{said}");
}

#[test]
fn a_broken_file_is_named_and_its_text_is_not_quoted() {
    let said = refusal("port = 1\nzone = = \"canary\"", &[], Purpose::Command);
    assert!(said.contains("donor-registry.toml") && said.contains("line 2") && !said.contains("canary"), "{said}");
    let said = refusal("", &[("DONOR_REGISTRY_CONFIG", "other.toml")], Purpose::Command);
    assert!(said.contains("other.toml") && said.contains("not found"), "{said}");
}

#[test]
fn only_serving_needs_the_public_url() {
    let said = refusal("", &[], Purpose::Serve);
    assert!(said.contains("`public_url`"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Config::load(&sources(folder.path(), &[]), Purpose::Command).unwrap().public_url, None);
    let demo = Config::load(&sources(folder.path(), &[("DONOR_REGISTRY_PUBLIC_URL", "https://real.example")]), Purpose::Demo).unwrap();
    assert_eq!(demo.public_url.unwrap().origin(), "http://127.0.0.1:8000");
}

#[test]
fn a_demo_touches_no_real_database_key_or_mail_server() {
    let folder =
        folder_with("database_url = \"postgres://real\"\nkey_file = \"/etc/real.key\"\n[smtp]\nmode = \"smtp\"\nhost = \"mail.example\"\n");
    let demo = Config::load(&sources(folder.path(), &[]), Purpose::Demo).unwrap();
    assert_eq!(demo.database_url, None);
    assert!(demo.key_file.starts_with(&demo.data));
    assert_eq!(demo.mail.route, MailRoute::Folder(demo.data.join("mails")));
}

#[test]
fn debug_of_the_configuration_hides_the_database_password() {
    let folder = folder_with("database_url = \"postgres://u:canary@h/d\"");
    let config = Config::load(&sources(folder.path(), &[]), Purpose::Command).unwrap();
    assert!(!format!("{config:?}").contains("canary"));
    assert_eq!(config.database_url.unwrap().as_str(), "postgres://u:canary@h/d");
}

#[test]
fn the_usual_database_url_is_taken_and_our_own_name_wins() {
    let folder = tempfile::tempdir().unwrap();
    let load = |variables: &[(&str, &str)]| {
        Config::load(&sources(folder.path(), variables), Purpose::Command).unwrap().database_url.map(|u| u.as_str().to_owned())
    };
    assert_eq!(load(&[("DATABASE_URL", "postgres://a")]).as_deref(), Some("postgres://a"));
    assert_eq!(load(&[("DATABASE_URL", "postgres://a"), ("DONOR_REGISTRY_DATABASE_URL", "postgres://b")]).as_deref(), Some("postgres://b"));
}

#[test]
fn the_key_file_keeps_its_name_when_the_data_folder_comes_to_exist() {
    let folder = tempfile::tempdir().unwrap();
    let load = |data: &str| Config::load(&sources(folder.path(), &[("DONOR_REGISTRY_DATA", data)]), Purpose::Command).unwrap().key_file;
    let before = load("one");
    std::fs::create_dir(folder.path().join("one")).unwrap();
    assert_eq!(before, load("./x/../one"));
    assert_ne!(before, load("two"), "two data folders of one user have two key files");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_smuggle_the_key_file_into_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("data"), folder.path().join("elsewhere")).unwrap();
    let said = Config::load(&sources(folder.path(), &[("DONOR_REGISTRY_KEY_FILE", "elsewhere/root.key")]), Purpose::Command)
        .unwrap_err()
        .to_string();
    assert!(said.contains("`key_file`"), "{said}");
}

#[test]
fn a_network_holds_its_addresses_and_no_others() {
    let net = |t: &str| Cidr::parse(t).unwrap();
    let a = |t: &str| t.parse::<IpAddr>().unwrap();
    assert!(net("10.1.0.0/16").contains(a("10.1.255.7")) && !net("10.1.0.0/16").contains(a("10.2.0.1")));
    assert!(net("192.0.2.7").contains(a("::ffff:192.0.2.7")) && !net("192.0.2.7").contains(a("192.0.2.6")));
    assert!(net("fd00::/8").contains(a("fd12::1")) && !net("fd00::/8").contains(a("fe80::1")));
}

#[test]
fn a_foreign_host_is_told_from_our_own() {
    let url = PublicUrl::parse("https://Registry.Example.org:443/").unwrap();
    assert_eq!(url.origin(), "https://registry.example.org");
    assert_eq!(url.link("/v/abc"), "https://registry.example.org/v/abc");
    assert!(url.is_host("REGISTRY.example.org") && url.is_host("registry.example.org:443"));
    assert!(
        !url.is_host("registry.example.org:8443")
            && !url.is_host("evil.example")
            && !url.is_host("registry.example.org.evil.example")
            && !url.is_host("")
    );
    for wrong in ["https://", "https://a b", "https://user@host", "https://h:0", "https://h?x", "ftp://h", "https://[::1"] {
        assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
    }
    assert!(PublicUrl::parse("http://[::1]:8000").is_ok_and(|u| !u.is_https()));
}

#[test]
fn the_deployment_guide_explains_every_key() {
    let guide = include_str!("../../docs/DEPLOYMENT.md");
    for (key, _) in keys::KEYS {
        assert!(guide.contains(&format!("`{key}`")), "docs/DEPLOYMENT.md does not explain `{key}`");
    }
}
