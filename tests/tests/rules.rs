//! Rules of one's own: checked before anybody works by them, replayed over what was recorded, refused at start when
//! wrong; and the terms that a case shows.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use backend::clock::{SystemClock, SystemEntropy};
use domain::rule_pack::FILES;
use domain::rule_pack::RulePacks;
use kuaichu::replay::{self, Style, Summary};
use kuaichu::rules;
use kuaichu::system::{Options, Signing, System};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::acting::{Driver, Officer};
use tests::on_both_databases;
use tests::people::{LI, WANG};
use tests::world::World;

const ZHUJI: &str =
    "region = \"cn-330681\"\nparent = \"cn-33\"\n\n[[edition]]\nin_force = \"2026-01-01T00:00:00+08:00\"\n";
const DAY: Duration = Duration::from_secs(86_400);

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn checked(path: &Path) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = rules::check(&[path.to_owned()], &mut out, &mut err).unwrap();
    (
        code,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}

/// 甲 without commercial cover drove into 乙; everybody has signed and the money is settled.
async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let first = world.reports(&WANG).await;
    first.tells_everything(world).await;
    let mut party = WANG.party();
    party["vehicle"]["third_party"] = Value::Null;
    party["vehicle"]["own_damage"] = Value::Null;
    let path = first.path(&format!("parties/{}", first.party));
    first.client.put(&path, &json!({ "party": party })).await.ok();
    let second = world.joins(&first, &LI).await;
    second.tells_own(world).await;
    first.queues().await;
    let officer = world.officer().await;
    officer.client.post(&first.path("claim"), &json!({})).await.ok();
    officer.assesses(&first, 100_000).await;
    officer.assesses(&second, 150_000).await;
    officer.decides_rear_end(&first, &second).await;
    officer.issues(&first).await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

async fn replayed(world: &World, packs: &RulePacks, since: &str, style: Style) -> (Summary, String) {
    let since = domain::day::parse(since).unwrap();
    let (mut out, mut bars) = (Vec::new(), Vec::new());
    let db = &world.system.app.db;
    let summary = replay::run(db, packs, (since, style), &mut out, |done, all| {
        bars.push((done, all))
    })
    .await
    .unwrap();
    assert_eq!(bars.first().unwrap().0, 0);
    assert_eq!(bars.last().unwrap().0, bars.last().unwrap().1);
    (summary, String::from_utf8(out).unwrap())
}

/// A pack under which the no-fault side owes 50 yuan instead of 100.
fn fifty_yuan() -> TempDir {
    folder(&[(
        "zhuji.toml",
        &format!(
            "{ZHUJI}\n[edition.values]\nctp_no_fault_property_fen = {{ value = 5_000, source = \"试算\" }}\n"
        ),
    )])
}

on_both_databases! {
    async fn a_replay_shows_to_the_fen_what_a_pack_would_change(world) {
        let (first, ..) = a_settled_case(world).await;
        let before = first.view().await;
        let number = before["finding"]["number"].as_str().unwrap().to_owned();
        assert_eq!(before["settlement"]["paid_fen"], 160_000);

        let unchanged = rules::load(None).unwrap();
        let (summary, told) = replayed(world, &unchanged, "2026-11-23", Style::Table).await;
        assert_eq!(told, "no case would change (1 replayed)\n");
        assert_eq!((summary.replayed, summary.otherwise), (1, 0));

        let pack = fifty_yuan();
        let packs = rules::load_with(None, pack.path()).unwrap();
        let (summary, table) = replayed(world, &packs, "2026-11-23", Style::Table).await;
        assert_eq!(summary.insurers_fen["PICC"].0, -5_000);
        assert_eq!(summary.insurers_fen.len(), 1);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0].split_whitespace().next(), Some("finding"));
        assert!(lines[1].starts_with(&number) && lines[1].contains("standard"), "{table}");
        assert!(lines[1].contains("PICC") && lines[1].contains("1,600.00 元"), "{table}");
        assert!(lines[1].contains("1,550.00 元") && lines[1].ends_with("-50.00 元"), "{table}");
        assert!(lines[2].contains("to 甲") && lines[2].ends_with("-50.00 元"), "{table}");
        assert!(table.contains("1 of 1 cases would settle otherwise, 0 could not be settled"), "{table}");

        let (_, json) = replayed(world, &packs, "2026-11-23", Style::Json).await;
        let rows: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["case"]["finding"], number);
        assert_eq!(
            rows[0]["otherwise"]["insurers"],
            json!([{ "name": "PICC", "before_fen": 160_000, "after_fen": 155_000, "difference_fen": -5_000 }])
        );
        assert_eq!(
            rows[0]["otherwise"]["payees"],
            json!([{ "name": "甲", "before_fen": 10_000, "after_fen": 5_000, "difference_fen": -5_000 }])
        );
        assert_eq!(
            rows[1]["summary"],
            json!({ "replayed": 1, "otherwise": 1, "unsettled": 0, "insurers_fen": { "PICC": -5_000 } })
        );

        // Tomorrow's accidents are none yet, and nothing was written.
        let (summary, _) = replayed(world, &packs, "2026-11-24", Style::Table).await;
        assert_eq!(summary.replayed, 0);
        assert_eq!(first.view().await, before);
    }

    async fn a_replay_names_the_cases_that_a_pack_cannot_settle(world) {
        a_settled_case(world).await;
        // A city on its own whose first edition is still to come.
        let (_, nation) = FILES[0];
        let later = nation
            .replace("region = \"cn\"", "region = \"cn-330681\"")
            .replace("2008-02-01", "2027-01-01")
            .replace("2020-09-19", "2027-06-01");
        let pack = folder(&[("later.toml", &later)]);
        let packs = rules::load_with(None, &pack.path().join("later.toml")).unwrap();
        let (summary, table) = replayed(world, &packs, "2026-01-01", Style::Table).await;
        assert_eq!((summary.otherwise, summary.unsettled), (0, 1));
        assert!(table.contains("cannot be settled: no_rule_pack (occurred_at)"), "{table}");
        let (_, json) = replayed(world, &packs, "2026-01-01", Style::Json).await;
        let row: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
        assert_eq!((&row["unsettled"]["code"], &row["unsettled"]["field"]), (&json!("no_rule_pack"), &json!("occurred_at")));
    }

    async fn a_case_shows_until_which_day_what_must_be_done(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let view = first.view().await;
        let kinds = |view: &Value| -> Vec<(String, Value, bool)> {
            let all = view["deadlines"].as_array().unwrap();
            let one = |d: &Value| (d["kind"].as_str().unwrap().to_owned(), d["due"].clone(), d["done"] == true);
            all.iter().map(one).collect()
        };
        // Monday 23 November: Tuesday, Wednesday, Thursday.
        assert_eq!(
            kinds(&view),
            [("finding".to_owned(), json!("2026-11-26"), true), ("review".to_owned(), json!("2026-11-26"), false)]
        );
        let review = &view["deadlines"][1];
        assert_eq!(review["text"], "对认定有异议的，可以在2026年11月26日前（含当日）提出书面复核申请，以一次为限。");
        assert!(review["article"].as_str().unwrap().contains("第七十一条"));
        assert_eq!(review["provisional"], false);

        let close = json!({ "seen": officer.version(&first).await, "closing_code": "1", "mediation_code": "1",
                            "note": "双方自行协商，各自理赔。" });
        officer.client.post(&first.path("closing"), &close).await.ok();
        world.time_passes(4 * DAY);
        let closed = officer_again(world).await.view(&first).await;
        let all = kinds(&closed);
        assert_eq!(all[1], ("review".to_owned(), json!("2026-11-26"), true));
        assert_eq!(all[2], ("retain_file".to_owned(), json!("2028-12-31"), false));
        assert_eq!(all[3], ("retain_video".to_owned(), json!("2027-05-23"), false));
    }

    async fn a_year_without_a_calendar_breaks_no_view(world) {
        // Late in 2027 every term reaches into a year that nobody has arranged yet.
        world.time_passes(402 * DAY);
        let driver = world.reports(&WANG).await;
        let view = driver.view().await;
        assert_eq!(view["deadlines"][0]["kind"], "finding");
        assert_eq!(view["deadlines"][0]["due"], Value::Null);
        assert_eq!(view["deadlines"][0]["text"], "缺少2028年的节假日安排，无法计算工作日。");
    }
}

/// The session of four days ago is over.
async fn officer_again(world: &World) -> Officer {
    world.officer().await
}

#[test]
fn checking_says_what_a_pack_holds() {
    let pack = fifty_yuan();
    let (code, out, err) = checked(pack.path());
    assert_eq!((code, err.as_str()), (rules::GOOD, ""));
    assert!(out.contains("region cn-330681, on top of cn-33"), "{out}");
    assert!(out.contains("in force 2026-01-01 until open, 1 values"), "{out}");
    assert!(out.contains("ctp_no_fault_property_fen = 5000  (试算)"), "{out}");

    let built_in: Vec<(&str, &str)> = FILES
        .iter()
        .map(|(name, text)| (name.trim_start_matches("rules/"), *text))
        .collect();
    let (code, out, _) = checked(folder(&built_in).path());
    assert_eq!(code, rules::GOOD);
    for wanted in [
        "region cn, on its own",
        "slight_injury = true",
        "injury_division = by_limit",
        "holidays of 2027, provisional",
        "agreement cn-330681-trust-2026 of cn-330681: in force 2026-01-01 until open, 9 members",
        "5 files of packs and holidays, 1 agreements: nothing is wrong",
    ] {
        assert!(out.contains(wanted), "{wanted} is not in\n{out}");
    }
}

#[test]
fn a_bad_pack_is_refused_with_file_line_and_reason_and_nothing_else() {
    let values = |line: &str| format!("{ZHUJI}\n[edition.values]\n{line}\n");
    let cases: [(String, &str); 12] = [
        ("region = \n".to_owned(), ":1: "),
        (
            values("self_pay_cap_fen = { value = 1 }"),
            ":8: missing field `source`",
        ),
        (
            values("self_pay_cap_fen = { value = 1, source = \" \" }"),
            ":8: self_pay_cap_fen lacks a source",
        ),
        (
            values("self_pay_cup_fen = { value = 1, source = \"s\" }"),
            ":8: self_pay_cup_fen is no value",
        ),
        (
            values("review_working_days = { value = 0, source = \"s\" }"),
            ":8: review_working_days is out of range 1 to 250",
        ),
        (
            format!("{ZHUJI}\n[edition.switches]\nnight = {{ value = 1, source = \"s\" }}\n"),
            ":8: ",
        ),
        (
            format!(
                "{ZHUJI}\n[edition.choices]\ninjury_division = {{ value = \"by_luck\", source = \"s\" }}\n"
            ),
            ":8: injury_division cannot be by_luck: by_limit, equally",
        ),
        (
            format!("{ZHUJI}\n{}", &ZHUJI[ZHUJI.find("[[edition").unwrap()..]),
            ":7: editions must follow each other in time without overlap",
        ),
        (
            values("share_primary_percent = { value = 80, source = \"s\" }"),
            ":4: share_primary_percent and share_secondary_percent must sum to 100",
        ),
        (
            ZHUJI.replace("cn-33\"", "cn-3306\""),
            ":2: parent cn-3306 is not loaded",
        ),
        (
            ZHUJI.replace("parent = \"cn-33\"\n", ""),
            ":3: share_primary_percent is missing",
        ),
        (format!("colour = \"red\"\n{ZHUJI}"), ":1: unknown field `colour`"),
    ];
    for (text, wanted) in cases {
        let pack = folder(&[("own.toml", &text)]);
        let (code, out, err) = checked(pack.path());
        assert_eq!((code, out.as_str()), (rules::BAD, ""), "{text}");
        let file = pack.path().join("own.toml").display().to_string();
        let line = err.strip_prefix(&file).unwrap_or_else(|| panic!("{err}"));
        assert!(line.starts_with(wanted), "{err}\nwanted {wanted}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn everything_wrong_is_told_one_line_each() {
    let bad = format!(
        "{ZHUJI}\n[edition.values]\nself_pay_cap_fen = {{ value = -1, source = \"\" }}\nnight_from_hour = {{ value = 24, source = \"s\" }}\n"
    );
    let pack = folder(&[("a.toml", &bad), ("b.toml", "year = 2028\nholiday = []\n")]);
    std::fs::write(pack.path().join("c.toml"), b"region = \"cn\"\n# \xff\n").unwrap();
    let (code, _, err) = checked(&pack.path().join("c.toml"));
    assert_eq!(code, rules::BAD);
    assert!(err.ends_with("c.toml:2: the file is not UTF-8 text\n"), "{err}");
    std::fs::remove_file(pack.path().join("c.toml")).unwrap();
    let (_, _, err) = checked(pack.path());
    let reasons: Vec<&str> = err.lines().map(|line| line.rsplit('/').next().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "a.toml:9: night_from_hour is out of range 0 to 23",
            "a.toml:8: self_pay_cap_fen is out of range 0 to 10000000000",
            "b.toml:1: missing field `source`",
        ]
    );
}

fn options(data: &Path, rules: PathBuf) -> Options {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Options {
        data: data.to_owned(),
        database: None,
        listen: SocketAddr::new(loopback, 0),
        tls: false,
        public_url: None,
        media_addresses: vec![loopback],
        demo: true,
        sms_gateway: None,
        rules: Some(rules),
        fonts: None,
        outbound: backend::outbound::Outbound::new(Vec::new(), &[]).unwrap(),
        gateways: None,
        signing: Signing::default(),
        sandbox: false,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    }
}

#[tokio::test]
async fn a_system_works_by_the_folder_it_is_given_and_does_not_start_with_a_bad_one() {
    let data = TempDir::new().unwrap();
    let pack = fifty_yuan();
    let system = System::start(options(data.path(), pack.path().to_owned()))
        .await
        .unwrap();
    let at = "2026-03-01T08:15:00+08:00".parse().unwrap();
    assert_eq!(
        system
            .app
            .rules
            .choose("330681", at)
            .unwrap()
            .ctp_no_fault
            .property
            .0,
        5_000
    );
    assert_eq!(
        system
            .app
            .rules
            .choose("330602", at)
            .unwrap()
            .ctp_no_fault
            .property
            .0,
        10_000
    );
    system.stop().await;

    let bad = folder(&[("own.toml", &ZHUJI.replace("cn-33\"", "cn-44\""))]);
    let Err(error) = System::start(options(data.path(), bad.path().to_owned())).await else {
        panic!("it started");
    };
    let file = bad.path().join("own.toml").display().to_string();
    assert_eq!(
        error.to_string(),
        format!("{file}:2: cn-330681 does not lie in cn-44")
    );

    let empty = TempDir::new().unwrap();
    let Err(error) = System::start(options(data.path(), empty.path().to_owned())).await else {
        panic!("it started");
    };
    assert!(error.to_string().ends_with("holds no .toml file"), "{error}");
}
