//! Who may reach what: every mounted route for every role, from one table. A route that the table does not list fails, so that nobody adds one
//! without saying whose it is.

use donor_registry::domain::role::{Role, Roles};
use rocket::http::{Method, Status};

use super::web::{Browser, Desk, form, run, signed_in};

/// Method, path as mounted, and who may: `-` anybody, `*` whoever is signed in, else letters of roles:
/// R recruiter, G registrar, C caller, K coordinator, M manager, U auditor, A administrator.
const TABLE: &str = "
GET /                                     -
GET /-/misdirected                        -
GET /favicon.ico                          -
GET /robots.txt                           -
GET /static/<_version>/<name>             -
GET /sign-in                              -
POST /sign-in                             -
GET /set-up/<token>                       -
POST /set-up/<token>                      -
GET /l/<token>                            -
POST /l/<token>                           -
GET /d/<token>                            -
POST /d/<token>                           -
GET /feed/<token>                         -
GET /public                               -
GET /public/<number>                      -
GET /public/<number>/as/<form>            -
GET /nothing                              *
GET /account                              *
POST /account                             *
POST /sign-out                            *
GET /drive                                RG
POST /drive                               RG
GET /drive/new                            RG
POST /drive/new                           RG
GET /drive/code                           RG
GET /drive/self                           RG
POST /drive/self                          RG
POST /drive/<saved_as>/undo               RG
GET /drives                               RGK
GET /drives/<id>                          RGK
POST /drives/<id>/targets                 RGK
POST /drives/<id>/shifts                  RGK
POST /drives/<id>/list                    GK
POST /shifts/<id>/drop                    RGK
POST /shifts/<id>/assign                  GK
POST /turns/<id>                          GK
GET /enrol                                RG
GET /enrol/<registry>                     RG
POST /enrol/<registry>                    RG
GET /people                               GCKM
POST /people                              GCKM
GET /people/<id>                          GCKM
GET /people/<id>/calendar                 GCKM
POST /people/<id>/open                    GCKM
POST /people/<id>/leave                   GCKM
POST /people/<id>/decide/<registry>       G
POST /people/<id>/take-out                G
POST /people/<id>/donor/donation          GK
POST /people/<id>/donor/deferral          GK
POST /people/<id>/donor/group             GK
POST /people/<id>/donor/undo              GK
POST /people/<id>/service/team            GK
POST /people/<id>/service/hours           GK
POST /people/<id>/service/certificate     GK
POST /people/<id>/service/skills          GK
POST /people/<id>/service/undo            GK
GET /volunteers                           GK
POST /volunteers                          GK
POST /volunteers/<number>/close           GK
GET /volunteers/certificates              GK
GET /callout                              GKM
POST /callout                             GKM
POST /people/<id>/outside                 GK
POST /people/<id>/grid                    GK
GET /people/<id>/sample                   GK
POST /people/<id>/sample                  GK
POST /samples/<id>                        GK
GET /people/<id>/wish                     GK
POST /people/<id>/wish                    GK
POST /people/<id>/kin                     GK
GET /people/<id>/consents                 GK
GET /people/<id>/consents/print           GK
POST /people/<id>/consents                GK
GET /consents                             GCKM
GET /consents/<registry>                  GCKM
GET /people/<id>/rights                   GCKM
POST /people/<id>/rights                  GCKM
POST /people/<id>/rights/copy             GCKM
POST /people/<id>/rights/object           GCKM
POST /people/<id>/rights/proof            GCKM
POST /people/<id>/rights/erase            GM
POST /people/<id>/print                   GCKM
GET /rights                               GCKM
POST /rights/<id>/answer                  GCKM
GET /print/sheet/<registry>               RG
GET /print/organ-body                     RG
GET /recalls                              GK
POST /recalls                             GK
GET /recalls/<id>                         GK
POST /recalls/<id>/list                   GK
POST /recalls/<id>/said                   GK
POST /recalls/<id>/close                  GK
GET /rules                                GCKMUA
GET /rules/set/<id>                       GCKMUA
POST /rules/set/<id>                      A
GET /rules/proposed                       MA
POST /rules/proposed                      A
GET /outside                              GK
GET /outside/<id>                         GK
POST /outside/<id>                        GK
GET /import                               G
POST /import                              G
GET /import/<id>                          G
POST /import/<id>                         G
GET /import/<id>/report.csv               G
GET /corrections                          G
GET /corrections/<id>                     G
POST /corrections/<id>                    G
GET /duplicates                           G
GET /duplicates/<id>                      G
POST /duplicates/<id>                     G
POST /duplicates/<id>/undo                G
POST /duplicates/scan                     G
GET /follow-up                            GCK
GET /follow-up/<id>                       GCK
POST /follow-up/<id>                      GCK
POST /follow-up/<id>/open                 GCK
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
POST /follow-up/letters                   GCK
POST /follow-up/hand-off                  GCK
POST /follow-up/hand-off/results          GCK
GET /follow-up/first-contact              GCKM
POST /follow-up/first-contact             GCKM
POST /follow-up/first-contact/confirm     M
GET /urgent                               KM
GET /urgent/duty                          KM
POST /urgent/duty                         M
POST /urgent/duty/desks                   M
GET /urgent/openings                      MU
POST /urgent/openings/<id>                MU
GET /urgent/look-up                       K
POST /urgent/look-up                      K
GET /urgent/match/new                     KM
POST /urgent/match/new                    KM
GET /urgent/match/<id>                    KM
POST /urgent/match/<id>/step              KM
POST /urgent/match/<id>/open              KM
POST /urgent/match/<id>/print             KM
GET /urgent/notice                        KM
POST /urgent/notice                       KM
POST /urgent/notice/who                   KM
POST /urgent/notice/when                  KM
GET /urgent/notice/paper                  KM
GET /urgent/notice/<id>                   KM
POST /urgent/notice/<id>/open             KM
POST /urgent/notice/<id>/step             KM
GET /care                                 KM
GET /care/aid/recipient                   KM
POST /care/aid/recipient                  KM
GET /care/aid/<id>                        KM
POST /care/aid/<id>/open                  KM
POST /care/aid/<id>/step                  KM
POST /care/aid/<id>/forget                M
GET /care/family/<id>/aid                 KM
POST /care/family/<id>/aid                KM
GET /care/family/<id>/remembrance         KM
POST /care/family/<id>/remembrance        KM
POST /care/remembrance/print              KM
POST /care/remembrance/<id>/revoke        KM
GET /reports                              GKMU
GET /reports/<kind>                       GKMU
GET /reports/<kind>/as/<form>             GKMU
GET /reports/pool.csv                     GKMU
GET /reports/pool.xlsx                    GKMU
GET /reports/public                       GKMU
POST /reports/public                      M
GET /reports/public/<number>              GKMU
POST /reports/public/<number>/approve     M
GET /reports/plans                        M
POST /reports/plans                       M
POST /reports/plans/figure                M
GET /reports/units                        M
POST /reports/units                       M
POST /reports/units/<number>/close        M
GET /admin                                A
POST /admin/accounts                      A
POST /admin/accounts/<id>                 A
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

fn table() -> Vec<(Method, &'static str, &'static str)> {
    let row = |line: &'static str| {
        let mut parts = line.split_whitespace();
        let (Some(method), Some(path), Some(who), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            panic!("{line}: method, path and who")
        };
        (method.parse().unwrap_or_else(|_| panic!("{line}: no method")), path, who)
    };
    TABLE.lines().filter(|l| !l.is_empty()).map(row).collect()
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
        ];
        if personal.iter().any(|p| path.starts_with(p)) {
            assert!(!who.contains('U') && !who.contains('A') && who != "*" && who != "-", "{method} {path} shows people to {who}");
        }
    }
    assert_eq!(Roles::small_branch().conflict(), None);
}
