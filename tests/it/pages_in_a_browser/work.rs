//! A day at a small branch: sign in, begin a drive, register interest, enrol fully, judge a duplicate, import a sheet, read the report.

use std::path::PathBuf;

use super::{Office, PASSWORD};
use crate::harness::browser::Browser;
use crate::harness::people::Invented;

/// The whole day at one width, with or without script.
pub async fn day(office: &Office, width: u32, script: bool) {
    let browser = office.browser(width, script).await;
    let day = Day { browser, script, sheet: sheet(office) };
    day.sign_in().await;
    day.begin_a_drive().await;
    day.register_interest().await;
    day.enrol().await;
    day.judge_a_duplicate().await;
    day.import().await;
    day.find_somebody().await;
    day.follow_up().await;
    day.read_the_report().await;
    day.change_the_password().await;
    day.sign_out().await;
    day.browser.quit().await;
}

struct Day {
    browser: Browser,
    script: bool,
    sheet: PathBuf,
}

/// Four rows: one as it should be, one without a name, one with a telephone number nobody has, one whose standing cannot be read.
fn sheet(office: &Office) -> PathBuf {
    let path = office.registry.folder().join("招募登记表.csv");
    let (a, b, c) = (Invented::of(501), Invented::of(502), Invented::of(503));
    let text = format!(
        "姓名,身份证号,手机号码,登记状态\n{},{},{},有效\n,{},13900000000,有效\n{},,12345,有效\n{},{},{},情况特殊\n",
        a.name,
        a.document,
        a.phone,
        Invented::of(504).document,
        b.name,
        c.name,
        c.document,
        c.phone
    );
    std::fs::write(&path, text).expect("the temporary folder is writable");
    path
}

impl Day {
    async fn look(&self, name: &str) {
        let name = if self.script { name.to_owned() } else { format!("{name}-without-script") };
        self.browser.look(&name).await;
    }

    /// Goes to a page as people do: by the navigation at a desk, by the menu on a telephone.
    async fn open(&self, path: &str) {
        let page = &self.browser;
        if page.width < 700 {
            page.press("details.menu.only-s summary").await;
            page.press(&format!("details.menu.only-s a[href='{path}']")).await;
        } else {
            page.press(&format!(".nav a[href='{path}']")).await;
        }
        page.until(&format!("location.pathname === '{path}'")).await;
    }

    async fn sign_in(&self) {
        let page = &self.browser;
        page.go("/").await;
        page.shows("form[action='/sign-in']").await;
        assert_eq!(page.path().await, "/sign-in");
        self.look("sign-in").await;
        page.fill("user", "lin").await;
        page.fill("password", "not the password").await;
        page.press("form[action='/sign-in'] button").await;
        page.says("账号或密码不对").await;
        self.look("sign-in-wrong").await;
        page.sign_in("lin", PASSWORD).await;
        assert_eq!(page.path().await, "/drive", "who may enrol begins at the drive");
    }

    async fn begin_a_drive(&self) {
        let page = &self.browser;
        self.look("drive-none").await;
        page.press("a[href='/drive/new']").await;
        page.shows("form[action='/drive/new']").await;
        page.press(".btn--go").await;
        page.shows("[data-errors]").await;
        page.fill("name", "东桥广场秋季招募").await;
        page.fill("place", "东桥广场").await;
        page.fill("target", "60").await;
        self.look("drive-new").await;
        page.press(".btn--go").await;
        page.says("活动已建立").await;
        page.says("东桥广场秋季招募").await;
    }

    async fn register_interest(&self) {
        let page = &self.browser;
        page.press("form[action='/drive'] .btn--go").await;
        page.shows("[data-errors]").await;
        self.look("drive-slips").await;
        for field in ["registries", "name", "phone", "consent"] {
            page.shows(&format!("[data-errors] a[href='#{field}']")).await;
        }
        page.press("[data-errors] a[href='#phone']").await;
        if self.script {
            assert_eq!(page.cursor().await, "phone", "a link of the summary puts the cursor into its field");
        }
        let person = Invented::of(1);
        self.interest(&person).await;
        page.says("001 号已保存").await;
        let said = page.text().await;
        assert!(!said.contains(&person.name) && !said.contains(&person.phone), "nothing of the person stays on the screen");
        self.look("drive-saved").await;
        // Saved by mistake: taken back by its number, which is not given again.
        page.press("form[action$='/undo'] button").await;
        page.says("001 号已撤销").await;
        page.until("document.querySelectorAll('.saved li').length === 0").await;
        self.interest(&person).await;
        page.says("002 号已保存").await;
        page.until("[...document.querySelectorAll('.fig')].some(e => e.offsetParent && e.firstChild.textContent.trim() === '1')").await;
    }

    async fn interest(&self, person: &Invented) {
        let page = &self.browser;
        page.go("/drive").await;
        page.tick("registries", "blood").await;
        page.fill("name", &person.name).await;
        page.fill("phone", &person.phone).await;
        page.fill("mail", &person.mail).await;
        page.tick("consent", "yes").await;
        page.press("form[action='/drive'] .btn--go").await;
    }

    async fn enrol(&self) {
        let page = &self.browser;
        // The same person as the interest, known by the document now.
        let person = Invented::of(1);
        page.press("a[href='/enrol']").await;
        page.shows("a[href='/enrol/stem-cell']").await;
        self.look("enrol-start").await;
        page.press("a[href='/enrol/stem-cell']").await;
        page.shows("form[action='/enrol/stem-cell']").await;
        self.look("enrol").await;
        page.fill("name", &person.name).await;
        page.fill("document", &person.document).await;
        page.fill("phone", &person.phone).await;
        page.choose("group", "O+").await;
        page.fill("weight", "61.5").await;
        for (who, name, phone) in [("relative1", "王建国", "13900000001"), ("relative2", "李桂英", "13900000002")] {
            page.fill(&format!("{who}-name"), name).await;
            page.fill(&format!("{who}-phone"), phone).await;
        }
        page.tick("read-out", "heard").await;
        page.tick("family", "supports").await;
        page.tick("process", "understood").await;
        page.tick("consent", "yes").await;
        page.press("button[value='review']").await;
        // One question is open and the separate consent is missing: no way to the check, and nothing is saved.
        page.shows("[data-errors] a[href='#sensitive-consent']").await;
        page.shows("[data-errors] a[href='#willing']").await;
        assert!(page.ask("document.querySelector(\"button[value='save']\")").await.is_null(), "there is no way to save");
        self.look("enrol-lacking").await;
        page.tick("willing", "unsure").await;
        page.tick("sensitive-consent", "yes").await;
        page.press("button[value='review']").await;
        // "I cannot say now" is an answer, and not one to be enrolled on.
        page.shows("[data-errors] a[href='#willing']").await;
        page.tick("willing", "yes").await;
        page.press("button[value='review']").await;
        page.shows("button[value='save']").await;
        page.says(&person.document).await;
        self.look("enrol-check").await;
        page.press("button[value='edit']").await;
        page.shows("form[action='/enrol/stem-cell'] [name='weight']").await;
        assert_eq!(page.ask("document.querySelector('[name=weight]').value").await, "61.5", "going back keeps what was typed");
        page.press("button[value='review']").await;
        page.shows("button[value='save']").await;
        page.press("button[value='save']").await;
        page.says("003 号已登记").await;
    }

    async fn judge_a_duplicate(&self) {
        let page = &self.browser;
        self.open("/duplicates").await;
        page.shows(".cmp").await;
        self.look("duplicates").await;
        if self.script {
            page.keys("s").await;
        } else {
            page.press("button[value='same']").await;
        }
        page.says("已合并为同一人").await;
        page.press("form[action$='/undo'] button").await;
        page.says("这一对回到待查").await;
        page.shows(".cmp").await;
        page.press("button[value='same']").await;
        page.says("已合并为同一人").await;
        page.says("都查完了").await;
        self.look("duplicates-done").await;
    }

    async fn import(&self) {
        let page = &self.browser;
        self.open("/people").await;
        page.press(".head a[href='/import']").await;
        page.shows("form[action='/import']").await;
        page.press(".btn--go").await;
        page.shows("[data-errors] a[href='#file']").await;
        let wrong = self.sheet.with_file_name("photo.png");
        std::fs::write(&wrong, b"\x89PNG\r\n\x1a\n no sheet at all").expect("the temporary folder is writable");
        page.tick("registry", "volunteer").await;
        page.attach("file", &wrong).await;
        page.press(".btn--go").await;
        page.shows("[data-errors] a[href='#file']").await;
        self.look("import-wrong-file").await;
        page.attach("file", &self.sheet).await;
        page.press(".btn--go").await;
        page.says("还没有写入").await;
        assert!(!page.text().await.contains(&Invented::of(501).name), "the preview names nobody");
        self.look("import-preview").await;
        page.press("button[value='write']").await;
        page.says("已全部写入").await;
        self.look("import-result").await;
        page.press(".bar-b a[href='/corrections']").await;
        page.shows("a[href^='/corrections/']").await;
        self.look("corrections").await;
        self.correct_the_phone().await;
        self.decide_the_standing().await;
    }

    /// The address of the correction of a field, by the word in its line.
    async fn line(&self, word: &str) -> String {
        let asked = format!(
            "[...document.querySelectorAll('tbody tr')].filter(r => r.innerText.includes('{word}')).map(r => r.querySelector('a').getAttribute('href'))[0]"
        );
        self.browser.ask(&asked).await.as_str().unwrap_or_else(|| panic!("no line says {word}")).to_owned()
    }

    async fn correct_the_phone(&self) {
        let page = &self.browser;
        let line = self.line("电话").await;
        page.press(&format!("a[href='{line}']")).await;
        page.shows("[name='value']").await;
        page.fill("value", "1234").await;
        page.press("button[value='save']").await;
        page.shows("[data-errors] a[href='#value']").await;
        page.fill("value", &Invented::of(502).phone).await;
        self.look("correction").await;
        page.press("button[value='save']").await;
        page.says("已更正").await;
    }

    async fn decide_the_standing(&self) {
        let page = &self.browser;
        let line = self.line("状态").await;
        page.press(&format!("a[href='{line}']")).await;
        page.shows("a.btn--go[href^='/people/']").await;
        self.look("correction-standing").await;
        page.press("a.btn--go[href^='/people/']").await;
        page.shows("button[value='registered']").await;
        self.look("person-undecided").await;
        page.press("button[value='registered']").await;
        page.says("已决定").await;
        page.go("/corrections").await;
        page.shows("main").await;
        assert!(!page.text().await.contains("状态"), "what was decided has left the list");
    }

    async fn find_somebody(&self) {
        let page = &self.browser;
        let person = Invented::of(1);
        self.open("/people").await;
        page.fill("query", &person.phone).await;
        page.press("form[action='/people'] .btn--go").await;
        page.shows("a.row").await;
        assert!(!page.text().await.contains(&person.phone), "the list is masked");
        assert!(!page.ask("location.href").await.as_str().unwrap_or_default().contains('?'), "what is searched stays out of the address");
        self.look("people").await;
        page.press("a.row").await;
        page.shows("form[action$='/open']").await;
        self.look("person").await;
        page.press("form[action$='/open'] button").await;
        page.shows("[data-errors] a[href='#reason']").await;
        page.tick("reason", "request").await;
        page.press("form[action$='/open'] button").await;
        page.says(&person.document).await;
        self.look("person-open").await;
    }

    async fn follow_up(&self) {
        let page = &self.browser;
        self.open("/follow-up").await;
        self.look("follow-up").await;
        page.press("a[href='/follow-up/plan']").await;
        page.until("location.pathname === '/follow-up/plan'").await;
        self.look("plan").await;
        page.go("/follow-up/first-contact").await;
        self.look("first-contact").await;
    }

    async fn read_the_report(&self) {
        let page = &self.browser;
        self.open("/reports").await;
        page.until("[...document.querySelectorAll('svg.chart')].some(e => e.getBoundingClientRect().width > 100)").await;
        self.look("report").await;
    }

    async fn change_the_password(&self) {
        let page = &self.browser;
        page.go("/account").await;
        page.fill("old", "not the password").await;
        page.fill("password", "another-good-phrase-4").await;
        page.fill("again", "another-good-phrase-4").await;
        page.press(".btn--go").await;
        page.shows("[data-errors] a[href='#old']").await;
        self.look("account").await;
        page.fill("old", PASSWORD).await;
        page.fill("password", "another-good-phrase-4").await;
        page.fill("again", "another-good-phrase-4").await;
        page.press(".btn--go").await;
        page.says("密码已更改").await;
    }

    async fn sign_out(&self) {
        let page = &self.browser;
        let menu = if page.width < 700 { "details.menu.only-s" } else { "details.menu--me" };
        page.press(&format!("{menu} summary")).await;
        page.press(&format!("{menu} form[action='/sign-out'] button")).await;
        page.shows("form[action='/sign-in']").await;
        page.go("/people").await;
        page.until("location.pathname === '/sign-in'").await;
    }
}
