//! Who may reach what: every mounted route for every role, from one table. A route that the table does not list fails, so that nobody adds one
//! without saying whose it is.

use donor_registry::domain::role::{Role, Roles};
use rocket::http::{Method, Status};

use super::urgent::{DONOR, key, noticed, registered};
use super::web::{Browser, Desk, form, run, signed_in};

/// Method, path as mounted, and who may: `-` anybody, `*` whoever is signed in, else letters of roles:
/// R recruiter, G registrar, C caller, K coordinator, M manager, U auditor, A administrator. Where the path names one thing, whose it is:
/// `office` of all with the role, `mine` of whoever made it alone, `others` of all but whoever made it, `bearer` of whoever holds the link,
/// `public` of everybody.
const TABLE: &str = "
GET /                                     -
GET /-/misdirected                        -
GET /favicon.ico                          -
GET /robots.txt                           -
GET /static/<_version>/<name>             -
GET /sign-in                              -
POST /sign-in                             -
GET /set-up/<token>                       -       bearer
POST /set-up/<token>                      -       bearer
GET /l/<token>                            -       bearer
POST /l/<token>                           -       bearer
GET /d/<token>                            -       bearer
POST /d/<token>                           -       bearer
GET /feed/<token>                         -       bearer
GET /public                               -
GET /public/<number>                      -       public
GET /public/<number>/as/<form>            -       public
GET /nothing                              *
GET /account                              *
POST /account                             *
POST /language                            *
POST /sign-out                            *
GET /drive                                RG
POST /drive                               RG
GET /drive/new                            RG
POST /drive/new                           RG
GET /drive/code                           RG
GET /drive/self                           RG
POST /drive/self                          RG
POST /drive/<saved_as>/undo               RG      mine
GET /drives                               RGK
GET /drives/<id>                          RGK     office
POST /drives/<id>/targets                 RGK     office
POST /drives/<id>/shifts                  RGK     office
POST /drives/<id>/list                    GK      office
POST /shifts/<id>/drop                    RGK     office
POST /shifts/<id>/assign                  GK      office
POST /turns/<id>                          GK      office
GET /activities                           RGKMU
GET /activities.csv                       RGKMU
POST /activities                          RGK
POST /activities/<id>/strike              GK      office
GET /enrol                                RG
GET /enrol/<registry>                     RG
POST /enrol/<registry>                    RG
GET /people                               GCKM
POST /people                              GCKM
GET /people/<id>                          GCKM    office
GET /people/<id>/calendar                 GCKM    office
POST /people/<id>/open                    GCKM    office
POST /people/<id>/ask                     GCKM    office
GET /disclosures                          M
POST /disclosures/<id>                    M       others
POST /people/<id>/leave                   GCKM    office
GET /people/<id>/in-error                 GK      office
POST /people/<id>/in-error                GK      office
GET /people/<id>/correct                  GK      office
POST /people/<id>/correct                 GK      office
POST /people/<id>/decide/<registry>       G       office
POST /people/<id>/own-word/<registry>     GCKM    office
POST /people/<id>/take-out                G       office
POST /people/<id>/donor/donation          GK      office
POST /people/<id>/donor/deferral          GK      office
POST /people/<id>/donor/group             GK      office
POST /people/<id>/donor/undo              GK      office
POST /people/<id>/service/team            GK      office
POST /people/<id>/service/hours           GK      office
POST /people/<id>/service/certificate     GK      office
POST /people/<id>/service/skills          GK      office
POST /people/<id>/service/undo            GK      office
GET /volunteers                           GK
POST /volunteers                          GK
POST /volunteers/<number>/close           GK      office
GET /volunteers/certificates              GK
GET /callout                              GKM
POST /callout                             GKM
POST /people/<id>/outside                 GK      office
POST /people/<id>/grid                    GK      office
GET /people/<id>/sample                   GK      office
POST /people/<id>/sample                  GK      office
POST /people/<id>/sample/release          GK      office
POST /samples/<id>                        GK      office
GET /people/<id>/wish                     GK      office
POST /people/<id>/wish                    GK      office
POST /people/<id>/kin                     GK      office
GET /people/<id>/consents                 GK      office
GET /people/<id>/consents/print           GK      office
POST /people/<id>/consents                GK      office
GET /consents                             GCKM
GET /consents/<registry>                  GCKM
GET /people/<id>/rights                   GCKM    office
POST /people/<id>/rights                  GCKM    office
POST /people/<id>/rights/copy             GCKM    office
POST /people/<id>/rights/object           GCKM    office
POST /people/<id>/rights/contact-again    G       office
POST /people/<id>/rights/proof            GCKM    office
POST /people/<id>/rights/erase            GM      office
POST /people/<id>/print                   GCKM    office
GET /rights                               GCKM
POST /rights/<id>/answer                  GCKM    office
GET /print/sheet/<registry>               RG
GET /print/organ-body                     RG
GET /recalls                              GK
POST /recalls                             GK
GET /recalls/<id>                         GK      office
POST /recalls/<id>/list                   GK      office
POST /recalls/<id>/said                   GK      office
POST /recalls/<id>/close                  GK      office
GET /rules                                GCKMUA
GET /rules/set/<id>                       GCKMUA  office
POST /rules/set/<id>                      A       office
GET /rules/proposed                       MA
POST /rules/proposed                      A
GET /outside                              GK
GET /outside/<id>                         GK      office
POST /outside/<id>                        GK      office
GET /import                               G
POST /import                              G
GET /import/<id>                          G       office
POST /import/<id>                         G       office
GET /import/<id>/report.csv               G       office
GET /corrections                          G
GET /corrections/<id>                     G       office
POST /corrections/<id>                    G       office
GET /duplicates                           G
GET /duplicates/<id>                      G       office
POST /duplicates/<id>                     G       office
POST /duplicates/<id>/undo                G       office
POST /duplicates/scan                     G
GET /follow-up                            GCK
GET /follow-up/<id>                       GCK     office
POST /follow-up/<id>                      GCK     office
POST /follow-up/<id>/open                 GCK     office
POST /follow-up/<id>/lost                 G       office
POST /follow-up/hold/<id>/lift            GCK     office
GET /follow-up/plan                       GCK
POST /follow-up/plan                      GCK
GET /follow-up/policy                     GCK
GET /follow-up/hand-over                  GCK
GET /follow-up/doubt                      GCK
GET /follow-up/readiness                  GCK
GET /follow-up/experiments                GCK
GET /follow-up/feed                       GCK
GET /follow-up/condolence                 GCK
POST /follow-up/doubt                     GCK
POST /follow-up/feed                      GCK
POST /follow-up/send                      GCK
GET /follow-up/hands                      GCK
POST /follow-up/letters                   GC
POST /follow-up/hand-off                  GC
POST /follow-up/hand-off/next             GC
POST /follow-up/hand-off/results          GCK
GET /follow-up/first-contact              GCKM
POST /follow-up/first-contact             GCKM
POST /follow-up/first-contact/confirm     M
GET /urgent                               KM
GET /urgent/closed                        KM
GET /urgent/duty                          KM
POST /urgent/duty                         M
POST /urgent/duty/desks                   M
GET /urgent/openings                      MU
POST /urgent/openings/<id>                MU      others
GET /urgent/look-up                       K
POST /urgent/look-up                      K
GET /urgent/match/new                     KM
POST /urgent/match/new                    KM
GET /urgent/match/<id>                    KM      office
POST /urgent/match/<id>/step              KM      office
POST /urgent/match/<id>/open              KM      office
POST /urgent/match/<id>/print             KM      office
GET /urgent/notice                        KM
POST /urgent/notice                       KM
POST /urgent/notice/who                   KM
POST /urgent/notice/when                  KM
GET /urgent/notice/paper                  KM
GET /urgent/notice/<id>                   KM      office
POST /urgent/notice/<id>/open             KM      office
POST /urgent/notice/<id>/step             KM      office
GET /care                                 KM
GET /care/aid/recipient                   KM
POST /care/aid/recipient                  KM
GET /care/aid/<id>                        KM      office
POST /care/aid/<id>/open                  KM      office
POST /care/aid/<id>/step                  KM      office
POST /care/aid/<id>/forget                M       office
GET /care/family/<id>/aid                 KM      office
POST /care/family/<id>/aid                KM      office
GET /care/family/<id>/contact             KM      office
POST /care/family/<id>/contact            KM      office
GET /care/contact/<id>                    KM      office
POST /care/contact/<id>/open              KM      office
POST /care/contact/<id>/step              KM      office
POST /care/contact/<id>/end               KM      office
GET /care/family/<id>/remembrance         KM      office
POST /care/family/<id>/remembrance        KM      office
POST /care/remembrance/print              KM
POST /care/remembrance/<id>/revoke        KM      office
GET /reports                              GKMU
GET /reports/<kind>                       GKMU
GET /reports/<kind>/as/<form>             GKMU
GET /reports/pool.csv                     GKMU
GET /reports/pool.xlsx                    GKMU
GET /reports/public                       GKMU
POST /reports/public                      M
GET /reports/public/<number>              GKMU    office
POST /reports/public/<number>/approve     M       office
GET /reports/plans                        M
POST /reports/plans                       M
POST /reports/plans/figure                M
GET /reports/units                        M
POST /reports/units                       M
POST /reports/units/<number>/close        M       office
GET /admin                                A
POST /admin/accounts                      A
POST /admin/accounts/<id>                 A       office
POST /admin/recovery                      A
GET /log                                  U
POST /log                                 U
";

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// A path of the table with its parameters filled in: ids that nobody has.
fn filled(path: &str) -> String {
    let parameters = [
        ("<registry>", "blood"),
        ("<token>", "x"),
        ("<number>", "1"),
        ("<id>", NOBODY),
        ("<saved_as>", NOBODY),
        ("<kind>", "pool"),
        ("<form>", "csv"),
        ("<_version>", "x"),
        ("<name>", "x"),
    ];
    let path = parameters.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert!(!path.contains('<'), "{path}: a parameter this test does not know");
    path
}

/// Method, path, roles, and whose the thing is that the path names.
pub(super) fn rows() -> Vec<(Method, &'static str, &'static str, Option<&'static str>)> {
    let row = |line: &'static str| {
        let mut parts = line.split_whitespace();
        let (Some(method), Some(path), Some(who), whose, None) = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            panic!("{line}: method, path, who, and whose")
        };
        (method.parse().unwrap_or_else(|_| panic!("{line}: no method")), path, who, whose)
    };
    TABLE.lines().filter(|l| !l.is_empty()).map(row).collect()
}

fn table() -> Vec<(Method, &'static str, &'static str)> {
    rows().into_iter().map(|(method, path, who, _)| (method, path, who)).collect()
}

const ROLES: [(char, Role, &str); 7] = [
    ('R', Role::Recruiter, "recruiter"),
    ('G', Role::Registrar, "registrar"),
    ('C', Role::Caller, "caller"),
    ('K', Role::Coordinator, "coordinator"),
    ('M', Role::Manager, "manager"),
    ('U', Role::Auditor, "auditor"),
    ('A', Role::Administrator, "admin"),
];

#[test]
fn the_table_lists_every_mounted_route_and_no_other() {
    run(|| async {
        let desk = Desk::open().await;
        let mounted: Vec<(Method, String)> = desk.client.rocket().routes().map(|r| (r.method, r.uri.path().to_owned())).collect();
        let table = table();
        for (method, path) in &mounted {
            assert!(
                table.iter().any(|(m, p, _)| m == method && p == path),
                "{method} {path} is in no line of the table: say who may reach it"
            );
        }
        for (method, path, _) in &table {
            assert!(mounted.iter().any(|(m, p)| m == method && p == path), "{method} {path} is mounted no more: take it off the table");
        }
        assert_eq!(mounted.len(), table.len());
        assert_eq!(Role::ALL.len(), ROLES.len());
    });
}

async fn ask(browser: &mut Browser<'_>, method: Method, path: &str, csrf: &str) -> Status {
    if method == Method::Get {
        return browser.get(path).await.status;
    }
    browser.send(method, path, &[("Sec-Fetch-Site", "same-origin")], &form(&[("csrf", csrf)])).await.status
}

#[test]
fn every_role_reaches_what_the_table_says_and_nothing_else() {
    run(|| async {
        let desk = Desk::open().await;
        for (letter, _, login) in ROLES {
            let mut browser = signed_in(&desk, login).await;
            let csrf = browser.get("/account").await.field("csrf");
            for (method, path, who) in table() {
                // Signing out ends what the rest of the loop needs; `/nothing` is the page of those whose roles open none.
                if matches!(path, "/sign-out" | "/nothing") || who == "-" {
                    continue;
                }
                let may = who == "*" || who.contains(letter);
                let status = ask(&mut browser, method, &filled(path), &csrf).await;
                if may {
                    let let_in = ![Status::Forbidden, Status::Unauthorized].contains(&status) && status.code < 500;
                    assert!(let_in, "{login} {method} {path}: {status}");
                } else {
                    assert_eq!(status, Status::Forbidden, "{login} {method} {path}");
                }
            }
        }
    });
}

#[test]
fn a_stranger_reaches_what_is_open_and_is_sent_to_sign_in_for_the_rest() {
    run(|| async {
        let desk = Desk::open().await;
        let mut stranger = Browser::new(&desk);
        let csrf = stranger.get("/sign-in").await.field("csrf");
        for (method, path, who) in table() {
            let status = ask(&mut stranger, method, &filled(path), &csrf).await;
            let refused = [Status::Unauthorized, Status::Forbidden].contains(&status) || status == Status::SeeOther && path != "/";
            // A failed sign-in is answered like a refusal, and it is open all the same.
            if who == "-" && path != "/sign-in" {
                assert!(!refused, "{method} {path}: {status}");
            } else if who != "-" {
                assert!(refused, "{method} {path}: {status}");
            }
        }
    });
}

#[test]
fn no_two_rights_of_one_disclosure_meet_in_administrator_and_auditor() {
    for line in table() {
        let (method, path, who) = line;
        let personal = [
            "/people",
            "/volunteers",
            "/callout",
            "/outside",
            "/care",
            "/consents",
            "/urgent/match",
            "/urgent/notice",
            "/urgent/look-up",
            "/duplicates",
            "/corrections",
            "/disclosures",
        ];
        if personal.iter().any(|p| path.starts_with(p)) {
            assert!(!who.contains('U') && !who.contains('A') && who != "*" && who != "-", "{method} {path} shows people to {who}");
        }
    }
    assert_eq!(Roles::small_branch().conflict(), None);
}

#[test]
fn every_path_that_names_a_thing_says_whose_it_is() {
    for (method, path, who, whose) in rows() {
        let names_one = ["<id>", "<token>", "<number>", "<saved_as>"].iter().any(|parameter| path.contains(parameter));
        match whose {
            Some("office" | "mine" | "others") => assert!(names_one && who != "-", "{method} {path}"),
            Some("bearer") => assert!(path.contains("<token>") && who == "-", "{method} {path}"),
            Some("public") => assert!(names_one && who == "-", "{method} {path}"),
            Some(other) => panic!("{method} {path}: {other} is no word for whose it is"),
            None => assert!(!names_one, "{method} {path}: say whose it is"),
        }
    }
}

/// Two of one role, or of two with one right: whoever made a thing and somebody else. Every path that tells them apart has its proof here.
#[test]
fn what_is_ones_own_is_refused_to_others_and_what_is_for_others_to_oneself() {
    run(|| async {
        for (method, path, _, whose) in rows().into_iter().filter(|(.., whose)| matches!(whose, Some("mine" | "others"))) {
            let desk = Desk::open().await;
            match path {
                "/drive/<saved_as>/undo" => taking_back_is_for_whoever_saved(&desk).await,
                "/urgent/openings/<id>" => a_review_is_for_whoever_did_not_open(&desk).await,
                "/disclosures/<id>" => super::approvals::a_request_is_decided_by_whoever_did_not_ask(&desk).await,
                _ => panic!("{method} {path} is {whose:?}: prove it here"),
            }
        }
    });
}

async fn taking_back_is_for_whoever_saved(desk: &Desk) {
    let saved = key();
    let mut recruiter = signed_in(desk, "recruiter").await;
    let own = recruiter.get("/account").await.field("csrf");
    let fields = [
        ("csrf", own.as_str()),
        ("key", saved.as_str()),
        ("name", "卫样年"),
        ("phone", "16000000419"),
        ("registries", "blood"),
        ("consent", "yes"),
    ];
    let answer = recruiter.post("/drive", &fields).await;
    assert_eq!(answer.status, Status::SeeOther, "{}", answer.body);
    let path = format!("/drive/{saved}/undo");
    let mut registrar = signed_in(desk, "registrar").await;
    let other = registrar.get("/account").await.field("csrf");
    assert_eq!(registrar.post(&path, &[("csrf", &other), ("key", &key())]).await.status, Status::SeeOther);
    assert!(registrar.get("/drive").await.body.contains("已经不能撤销"));
    assert_eq!(recruiter.post(&path, &[("csrf", &own), ("key", &key())]).await.status, Status::SeeOther);
    assert!(recruiter.get("/drive").await.body.contains("号已撤销"));
}

async fn a_review_is_for_whoever_did_not_open(desk: &Desk) {
    let person = registered(desk, "organ-body", DONOR, "卫样年").await;
    let mut manager = signed_in(desk, "manager").await;
    let own = manager.get("/account").await.field("csrf");
    let path = noticed(&mut manager, &own, &person, "dying").await;
    manager.post(&format!("{path}/open"), &[("csrf", &own), ("reason", "compare")]).await;
    let now = donor_registry::domain::time::Timestamp::of(chrono::Utc::now());
    let opening = desk.app.openings(donor_registry::app::Actor::Console, now).await.unwrap().0[0].id;
    let path = format!("/urgent/openings/{opening}");
    assert_eq!(manager.post(&path, &[("csrf", &own), ("verdict", "justified")]).await.status, Status::NotFound);
    let mut auditor = signed_in(desk, "auditor").await;
    let other = auditor.get("/account").await.field("csrf");
    assert_eq!(auditor.post(&path, &[("csrf", &other), ("verdict", "justified")]).await.status, Status::SeeOther);
}
