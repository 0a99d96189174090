//! A value planted in every personal field is found nowhere on the disk: not in the database and its log, in log lines, panics, backups,
//! reports, temporary files, or the headers of mails.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::canary::{Canary, Search, Searched, Sighting};
use crate::harness::desk::{self, Desk};
use crate::harness::http::Upload;
use crate::harness::people::check_digit;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
const PANIC_CHILD: &str = "DONOR_REGISTRY_TEST_CANARY_PANIC_CHILD";

/// The canaries of one way into the registry; a sighting tells which way by its field.
struct Flock {
    way: &'static str,
    fields: Vec<(&'static str, String)>,
}

impl Flock {
    /// `n` from 1 to 9.
    fn new(way: &'static str, n: usize) -> Self {
        let bird = ["雀", "鹂", "鹊", "鹭", "鸥", "鹤", "鹰", "雁", "鸿"][n - 1];
        let first17 = format!("51200219870{}1{}04{}", n % 9 + 1, n % 9, n);
        let document = format!("{first17}{}", check_digit(&first17));
        let phone = |m: usize| format!("1890827{n}{m}{}{}", (n + m) % 10, (n * 7 + m) % 10);
        let fields = vec![
            ("name", format!("欧阳{bird}啼")),
            ("birth", format!("1987-0{}-1{}", n % 9 + 1, n % 9)),
            ("document", document),
            ("phone", phone(1)),
            ("mail", format!("canary.{n}.sings@nest-{n}.example.org")),
            ("address", format!("鸣{bird}巷八十{n}号之三")),
            ("relative1-name", format!("司马{bird}歌")),
            ("relative1-phone", phone(2)),
            ("relative2-name", format!("诸葛{bird}舞")),
            ("relative2-phone", phone(3)),
            ("witness", format!("上官{bird}证")),
            ("barcode", format!("77665544{n}1")),
            ("employer", format!("资阳{bird}羽毛球拍厂")),
            ("note", format!("爱吹{bird}鸣小调")),
            ("former-name", format!("司徒{bird}羽")),
            ("ethnic", format!("{bird}羽部族人")),
            ("number", format!("YJ{n}883{n}1Z")),
            ("occupation", format!("{bird}笼手艺人")),
            ("education", format!("{bird}学进修班")),
            ("relation", format!("{bird}家表姑母")),
            ("witness2", format!("夏侯{bird}证")),
            ("team", format!("{bird}翔志愿队")),
            ("skills", format!("学{bird}鸣口技")),
            ("certificate", format!("CERT{n}77{n}31")),
            ("items", format!("{bird}舌软骨组织")),
            ("wechat", format!("wx-nest-{n}-xyz")),
            ("place", format!("{bird}落坪献血点")),
            ("file", format!("公孙{bird}的登记表")),
            ("sheet", format!("宇文{bird}等人")),
        ];
        Self { way, fields }
    }

    fn get(&self, field: &str) -> &str {
        &self.fields.iter().find(|(f, _)| *f == field).unwrap_or_else(|| panic!("no canary for {field}")).1
    }

    fn canaries(&self) -> impl Iterator<Item = Canary> {
        self.fields
            .iter()
            .map(|(field, value)| Canary { field: Box::leak(format!("{field} ({})", self.way).into_boxed_str()), value: value.clone() })
    }

    fn form(&self, names: &[&'static str]) -> Vec<(&'static str, &str)> {
        names.iter().map(|n| (*n, self.get(n))).collect()
    }
}

/// Sends what a table sends, right and wrong.
fn at_the_desk(registry: &Registry, flocks: &[Flock]) {
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let [interest, stem, organ, wrong, ..] = flocks else { panic!("four flocks come to the desk") };

    let mut form = interest.form(&["name", "phone", "mail"]);
    form.extend([("registries", "blood"), ("registries", "stem-cell"), ("registries", "volunteer"), ("consent", "yes")]);
    assert_eq!(desk.post("/drive", &desk::key(1), &form).unwrap().status, 303);

    let person = ["name", "document", "phone", "mail", "address"];
    let consents = [("consent", "yes"), ("sensitive-consent", "yes"), ("read-out", "heard"), ("family", "supports"), ("step", "save")];
    let mut form = stem.form(&person);
    form.extend(stem.form(&["relative1-name", "relative1-phone", "relative2-name", "relative2-phone", "barcode", "ethnic", "birth"]));
    form.extend(consents);
    form.extend([
        ("relative1-relation", stem.get("relation")),
        ("relative2-relation", "母亲"),
        ("process", "understood"),
        ("willing", "yes"),
    ]);
    let answer = desk.post("/enrol/stem-cell", &desk::key(2), &form).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());

    let mut form = organ.form(&person);
    form.extend(organ.form(&["relative1-name", "relative1-phone", "witness", "witness2", "ethnic", "birth"]));
    form.extend(consents);
    form.extend([("relative1-relation", organ.get("relation")), ("items", "body"), ("items", "cornea"), ("own-will", "yes")]);
    let answer = desk.post("/enrol/organ-body", &desk::key(3), &form).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());

    // The same person without a document and the one with a wrong one: refused, and shown again on the page, never elsewhere.
    let broken = format!("{}#{}", wrong.get("phone"), wrong.get("document"));
    let form = [("name", wrong.get("name")), ("phone", broken.as_str()), ("mail", wrong.get("address")), ("registries", wrong.get("note"))];
    assert_eq!(desk.post("/drive", &desk::key(4), &form).unwrap().status, 422);
    // The wrong kind of body, no token, foreign pages, paths and queries with people in them.
    let all: String = wrong.fields.iter().map(|(f, v)| format!("{f}={v}&")).collect();
    for (method, path, kind) in [
        ("POST", "/drive", "application/json"),
        ("POST", "/drive", "application/x-www-form-urlencoded"),
        ("POST", "/people", "multipart/form-data; boundary=x"),
        ("POST", "/import", "multipart/form-data; boundary=x"),
        ("PUT", "/drive", "text/plain"),
    ] {
        let status = desk.client.send(method, path, &[("Content-Type", kind)], all.as_bytes()).map(|a| a.status);
        assert!(!matches!(status, Ok(200..=399)), "{method} {path} {kind}: {status:?}");
        // The server may have hung up on a body it did not want.
        desk.client.hang_up();
    }
    let escaped = crate::harness::http::form(&[("name", wrong.get("name")), ("phone", wrong.get("phone"))]);
    for path in [
        format!("/people?{escaped}"),
        format!("/nowhere/{}", wrong.get("phone")),
        format!("/people/{}", wrong.get("document")),
        format!("/v/{}", wrong.get("mail")),
    ] {
        desk.client.get(&path).unwrap();
    }
    // Somebody types a name into the log-in.
    let mut stranger = server.client();
    let csrf = stranger.get("/sign-in").unwrap().field("csrf").unwrap_or_default();
    let form = [("csrf", csrf.as_str()), ("user", wrong.get("phone")), ("password", wrong.get("name")), ("next", "/")];
    assert_eq!(stranger.post("/sign-in", &form).unwrap().status, 401);

    // Searching, and looking at what was found.
    for what in ["name", "phone", "document", "mail"] {
        let page = desk.post("/people", &desk::key(5), &[("query", stem.get(what))]).unwrap();
        assert!(page.status == 200 && page.text().contains("/people/"), "a search by {what} finds nobody: {}", page.text());
    }

    // A donation with its place on the page of the one found by number.
    let page = desk.post("/people", &desk::key(5), &[("query", stem.get("document"))]).unwrap().text();
    let id = page.split("href=\"/people/").nth(1).and_then(|rest| rest.split('"').next()).expect("the one found").to_owned();
    let form =
        [("given-kind", "whole-blood"), ("given-day", "2026-01-05"), ("given-place", stem.get("place")), ("given-source", "station")];
    let answer = desk.post(&format!("/people/{id}/donor/donation"), &desk::key(8), &form).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());

    // A certificate and what hours were served for, on the page of a volunteer.
    let page = desk.post("/people", &desk::key(5), &[("query", interest.get("phone"))]).unwrap().text();
    let id = page.split("href=\"/people/").nth(1).and_then(|rest| rest.split('"').next()).expect("the one found").to_owned();
    let held = [("cert-number", interest.get("certificate")), ("cert-issued", "2026-01-05"), ("cert-expires", "2029-01-04")];
    let answer = desk.post(&format!("/people/{id}/service/certificate"), &desk::key(9), &held).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    let served = [("served-day", "2026-01-05"), ("served-hours", "1.5"), ("served-what", interest.get("note"))];
    let answer = desk.post(&format!("/people/{id}/service/hours"), &desk::key(10), &served).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    let list = desk.post("/callout", &desk::key(11), &[("purpose", "flood"), ("skills", "first-aid"), ("skills", "other")]).unwrap();
    assert_eq!(list.status, 200, "{}", list.text());

    // A sheet by the page: previewed, not taken in.
    let [.., uploaded] = flocks else { panic!("one flock comes as an upload") };
    let sheet = workbook(uploaded, "stem-cell");
    let names = [format!("{}.xlsx", uploaded.get("file")), format!("{}.xlsx", wrong.get("file"))];
    let csrf = desk.client.get("/import").unwrap();
    let (csrf, key) = (csrf.field("csrf").unwrap_or_default(), desk::key(6));
    let upload = Upload { field: "file", file_name: &names[0], content_type: "application/octet-stream", bytes: &sheet };
    let answer = desk.client.upload("/import", &[("csrf", &csrf), ("key", &key), ("registry", "stem-cell")], &upload).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    let preview = desk.client.follow(answer).unwrap().text();
    assert!(preview.contains(uploaded.get("file")) && preview.contains(uploaded.get("sheet")), "staff see which file it is");
    let bytes = [&b"PK\x03\x04"[..], csv(wrong, "stem-cell").as_bytes()].concat();
    let broken = Upload { bytes: &bytes, file_name: &names[1], ..upload };
    let answer = desk.client.upload("/import", &[("csrf", &csrf), ("key", &desk::key(7)), ("registry", "blood")], &broken).unwrap();
    assert_eq!(answer.status, 422, "{}", answer.text());

    // The log with everything in it stays; the write-ahead log as the process leaves it, too.
    server.kill_9();
}

/// The sheet's rows: a title, the headings, a right row, and one that has every value in the wrong column.
fn rows<'a>(flock: &'a Flock, registry: &str) -> Vec<Vec<&'a str>> {
    let own: &[(&str, &str)] = match registry {
        "stem-cell" => &[
            ("采样条码", "barcode"),
            ("联系人1姓名", "relative1-name"),
            ("联系人1与本人关系", "relation"),
            ("联系人1电话", "relative1-phone"),
            ("联系人2姓名", "relative2-name"),
            ("联系人2电话", "relative2-phone"),
        ],
        "organ-body" => &[
            ("执行人姓名", "relative1-name"),
            ("执行人与本人关系", "relation"),
            ("执行人电话", "relative1-phone"),
            ("见证人", "witness"),
            ("捐献项目", "items"),
        ],
        "volunteer" => &[("服务队", "team"), ("特长", "skills"), ("证书编号", "certificate")],
        _ => &[("微信", "wechat")],
    };
    let columns: Vec<(&str, &str)> = [
        ("姓名", "name"),
        ("身份证号码", "document"),
        ("出生日期", "birth"),
        ("联系电话", "phone"),
        ("电子邮箱", "mail"),
        ("住址", "address"),
        ("编号", "number"),
        ("曾用名", "former-name"),
        ("民族", "ethnic"),
        ("文化程度", "education"),
        ("职业", "occupation"),
        ("工作单位", "employer"),
        ("备注", "note"),
    ]
    .into_iter()
    .chain(own.iter().copied())
    .collect();
    let heads = columns.iter().map(|(head, _)| *head).collect();
    let right = columns.iter().map(|(_, field)| flock.get(field)).collect();
    let wrong = columns.iter().cycle().skip(1).take(columns.len()).map(|(_, field)| flock.get(field)).collect();
    vec![vec!["登记表"], heads, right, wrong]
}

fn csv(flock: &Flock, registry: &str) -> String {
    rows(flock, registry).iter().map(|cells| cells.join(",") + "\n").collect()
}

/// The same as a workbook, its worksheet named after a person.
fn workbook(flock: &Flock, registry: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(flock.get("sheet")).unwrap();
    for (row, cells) in (0..).zip(rows(flock, registry)) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Runs a command and keeps what it says on stderr as a log.
fn logged(registry: &Registry, name: &str, arguments: &[&str], may_end_with: &[i32]) {
    let output = registry.run(arguments);
    std::fs::write(registry.folder().join(format!("logs/{name}.stderr")), &output.stderr).unwrap();
    let code = output.status.code().unwrap_or(-1);
    assert!(may_end_with.contains(&code), "{arguments:?} ended with {code}: {}", String::from_utf8_lossy(&output.stderr));
}

fn at_the_console(registry: &Registry, flocks: &[Flock], inbox: &Path) {
    for (flock, word) in flocks.iter().skip(4).zip(["blood", "stem-cell", "organ-body", "volunteer"]) {
        let file = inbox.join(format!("{}.csv", flock.get("file")));
        std::fs::write(&file, csv(flock, word)).unwrap();
        let report = registry.folder().join(format!("reports/{word}.csv"));
        let (file, report) = (file.to_string_lossy().into_owned(), report.to_string_lossy().into_owned());
        logged(registry, &format!("dry-{word}"), &["import", &file, "--registry", word, "--dry-run"], &[0, 1]);
        logged(registry, &format!("import-{word}"), &["import", &file, "--registry", word, "--report", &report], &[0, 1]);
    }
    let at = |name: &str| registry.folder().join(name).to_string_lossy().into_owned();
    logged(registry, "scan", &["duplicates", "scan"], &[0]);
    logged(registry, "pairs", &["duplicates", "export", "--output", &at("logs/pairs.csv")], &[0]);
    logged(registry, "plan", &["followup", "plan", "--months", "24"], &[0]);
    logged(registry, "send", &["followup", "send"], &[0]);
    logged(registry, "report", &["report", "pool", "--as-of", "2026-11-23", "--format", "csv", "--output", &at("logs/pool.csv")], &[0]);
    logged(registry, "backup", &["backup", "--output", &at("backup")], &[0]);
    logged(registry, "verify", &["audit", "verify"], &[0]);
}

/// A process of this binary that panics with canaries in its messages, under the program's own hook; its stderr goes to a log.
fn forced_panic(registry: &Registry, flock: &Flock) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "canaries::a_canary_in_every_personal_field_is_found_nowhere_on_the_disk", "--nocapture"])
        .env(PANIC_CHILD, "1")
        .stdin(Stdio::piped())
        .stderr(std::fs::File::create(registry.folder().join("logs/panic.stderr")).unwrap())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let all: Vec<&str> = flock.fields.iter().map(|(_, v)| v.as_str()).collect();
    writeln!(child.stdin.take().unwrap(), "{}", all.join(" ")).unwrap();
    assert!(child.wait().unwrap().success());
    let said = std::fs::read_to_string(registry.folder().join("logs/panic.stderr")).unwrap();
    assert!(said.contains("panic at "), "{said}");
}

fn panic_with_what_was_sent() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    donor_registry::telemetry::start(Some("trace"));
    let died = std::panic::catch_unwind(|| panic!("cannot save {line}"));
    assert!(died.is_err());
    let refused: Result<(), String> = Err(line.clone());
    assert!(std::panic::catch_unwind(|| refused.unwrap()).is_err());
}

/// Mails have the address they go to in `To:`, and a salutation in the body; nothing else of anybody, and no name in the headers.
fn search_mails(folder: &Path, flocks: &[Flock]) -> Vec<Sighting> {
    let search = |left_out: &[&str]| {
        let some: Vec<Canary> =
            flocks.iter().flat_map(Flock::canaries).filter(|c| !left_out.iter().any(|f| c.field.starts_with(f))).collect();
        Search::new(&some)
    };
    let (everywhere, headers) = (search(&["mail", "name"]), search(&["mail"]));
    let mut found = everywhere.in_folder(folder).0;
    let mails = std::fs::read_dir(folder.join("new")).unwrap().map(|e| e.unwrap().path());
    for file in mails {
        let mail = std::fs::read(&file).unwrap();
        let end = mail.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(mail.len());
        found.extend(headers.in_bytes(&mail[..end]).into_iter().map(|(field, shape, at)| Sighting {
            file: file.clone(),
            field,
            shape,
            at,
        }));
    }
    found
}

#[test]
fn a_canary_in_every_personal_field_is_found_nowhere_on_the_disk() {
    if std::env::var_os(PANIC_CHILD).is_some() {
        return panic_with_what_was_sent();
    }
    let ways = [
        "interest",
        "stem-cell form",
        "organ form",
        "wrong forms",
        "blood sheet",
        "stem-cell sheet",
        "organ sheet",
        "volunteer sheet",
        "upload",
    ];
    let flocks: Vec<Flock> = ways.into_iter().zip(1..).map(|(way, n)| Flock::new(way, n)).collect();
    let inbox = tempfile::tempdir().unwrap();
    let mut registry = Registry::new();
    std::fs::create_dir(registry.folder().join("reports")).unwrap();
    registry.set("DONOR_REGISTRY_LOG", "trace");
    registry.set("DONOR_REGISTRY_PUBLIC_URL", "https://registry.example.org");
    registry.set("DONOR_REGISTRY_SMTP_FOLDER", "mails");
    registry.add_account("registrar", PASSWORD, "small-branch");

    at_the_desk(&registry, &flocks);
    let find = Search::new(&flocks.iter().flat_map(Flock::canaries).collect::<Vec<_>>());
    // First as kill -9 left it, with the write-ahead log; then after everything else.
    let (mut sightings, killed) = find.in_folder(&registry.data());
    forced_panic(&registry, &flocks[3]);
    at_the_console(&registry, &flocks, inbox.path());
    let mut searched = Searched::default();
    for folder in ["data", "key", "logs", "tmp", "home", "backup"] {
        let (more, here) = find.in_folder(&registry.folder().join(folder));
        sightings.extend(more);
        searched.files += here.files;
        searched.bytes += here.bytes;
    }
    // A report tells whoever imported a file its name; nothing else of anybody.
    let but_names: Vec<Canary> = flocks.iter().flat_map(Flock::canaries).filter(|c| !c.field.starts_with("file")).collect();
    let (more, reports) = Search::new(&but_names).in_folder(&registry.folder().join("reports"));
    sightings.extend(more);
    assert_eq!(reports.files, 4);
    let mails = registry.folder().join("mails");
    sightings.extend(search_mails(&mails, &flocks));
    let sent = std::fs::read_dir(mails.join("new")).unwrap().count();
    println!("searched {} files, {} bytes after all, {} bytes after kill -9; {sent} mails", searched.files, searched.bytes, killed.bytes);
    assert!(
        killed.bytes > 50_000 && searched.bytes > 100_000 && searched.files >= 10 && sent >= 1,
        "too little was written to prove anything"
    );
    let lines: Vec<String> = sightings.iter().map(|s| format!("{} in {} as {} at {}", s.field, s.file.display(), s.shape, s.at)).collect();
    assert!(lines.is_empty(), "{} sightings:\n{}", lines.len(), lines.join("\n"));
}
