//! The case that is asked about, and those who ask.

use std::collections::BTreeMap;

use backend::identity::clients::SCOPES;
use backend::identity::{password, totp};
use backend::store::officers::{self, OfficerRow};
use backend::store::units::{self, UnitRow};
use backend::store::{Json, clerks};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::id::{OfficerId, UnitId};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::client::{Client, fresh_key};
use tests::contract::Operation;
use tests::people::{LI, Person, WANG, ink};
use tests::upload::{jpeg, location, sha256};
use tests::world::World;
use uuid::Uuid;

use super::table::{Caller, Rule};

/// An accident in which PICC alone has policies: assessed, signed, settled, with a photo.
pub struct Case {
    first: Driver,
    officer: Officer,
    /// What stands for a name in a path.
    places: BTreeMap<&'static str, String>,
    /// What nobody else may be told.
    secrets: Vec<String>,
    now: String,
}

type Body = fn() -> Value;
/// A body whose shape the description alone does not tell, by the end of the path.
const BODIES: [(&str, Body); 2] = [
    ("/signatures", || {
        json!({ "document_sha256": sha256(b"page"), "code": "123456", "ink": ink(), "read_s": 12,
                "scrolled_to_end": true })
    }),
    ("/review/withdrawal", || json!({ "party_id": Uuid::from_u128(8) })),
];

/// The desk assesses the second one's vehicle; answers the assessment's id.
async fn assesses(officer: &Officer, first: &Driver, second: &Driver) -> String {
    let assessment = json!({
        "party_id": second.party, "supplements": null, "photos": [], "note": null,
        "items": [{ "part": "前保险杠皮", "operation": "replace", "quantity": 1, "unit_price_fen": 145_000,
                    "labour_fen": 5_000 }],
    });
    let path = first.path("assessments");
    let view = officer.client.post(&path, &assessment).await.ok();
    text(&view["assessments"][0]["id"])
}

async fn a_hook(insurer: &Client) -> String {
    let hook = json!({ "url": "https://hooks.picc.example/kuaichu", "events": [], "description": "理赔" });
    text(&insurer.post("/webhook-endpoints", &hook).await.ok()["id"])
}

async fn a_paper(insurer: &Client, record: &str) -> String {
    let papers = insurer
        .get(&format!("/settlements/{record}/documents"))
        .await
        .ok();
    text(&papers["items"][0]["id"])
}

async fn an_export(insurer: &Client) -> String {
    let export = json!({ "kind": "settlements", "format": "csv" });
    text(&insurer.post("/exports", &export).await.ok()["id"])
}

async fn id_of_clerk(world: &World, login: &str) -> String {
    let mut tx = world.system.app.db.read().await.unwrap();
    let clerk = clerks::by_login(&mut tx, login).await.unwrap().unwrap();
    clerk.id.to_string()
}

impl Case {
    pub async fn settled(world: &World) -> Self {
        let officer = world.officer().await;
        let picc = world.insurer("PICC").await;
        let hook = a_hook(&picc).await;
        let other = Person {
            insurer: "PICC",
            ..LI
        };
        let (first, second) = world.a_decided_case(&officer, (WANG, other)).await;
        first.uploads(jpeg(11), &world.now()).await;
        let bytes = jpeg(10);
        let upload = first.announces(bytes.len(), &sha256(&bytes), &world.now()).await;
        let assessment = assesses(&officer, &first, &second).await;
        officer.issues(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let told = picc
            .get(&format!("/webhook-endpoints/{hook}/deliveries"))
            .await
            .ok();
        let record = picc.get("/settlements").await.ok()["items"][0].clone();
        let order = picc.get("/payment-orders").await.ok()["items"][0].clone();
        let view = officer.view(&first).await;
        let evidence = view["evidence"][0]["id"].as_str().map(str::to_owned);
        let number = text(&record["finding_number"]);
        let nothing = || Uuid::from_u128(7).to_string();
        let record_id = text(&record["id"]);
        let places = BTreeMap::from([
            ("document", a_paper(&picc, &record_id).await),
            ("export", an_export(&picc).await),
            ("accident", first.accident.clone()),
            ("assessment", assessment.clone()),
            ("clerk", id_of_clerk(world, "sun").await),
            ("client", "picc-zj".to_owned()),
            ("delivery", text(&told["items"][0]["id"])),
            ("endpoint", hook.clone()),
            ("evidence", evidence.unwrap_or_else(nothing)),
            ("guest", nothing()),
            ("kid", "a".to_owned()),
            ("list", "open".to_owned()),
            ("month", world.now()[..7].to_owned()),
            ("number", "1".to_owned()),
            ("order", text(&order["id"])),
            ("party", second.party.clone()),
            ("record", record_id),
            ("upload", location(&upload).rsplit('/').next().unwrap().to_owned()),
        ]);
        let people = [WANG.plate, LI.plate, WANG.name].map(str::to_owned);
        let ids = [
            number,
            places["record"].clone(),
            places["order"].clone(),
            assessment,
            hook,
        ];
        let secrets = [first.accident.clone()]
            .into_iter()
            .chain(ids)
            .chain(people)
            .collect();
        Self {
            first,
            officer,
            places,
            secrets,
            now: world.now(),
        }
    }

    /// Those who have business with it, and what they are answered.
    pub async fn own(&self, world: &World) -> Vec<(Client, Vec<String>)> {
        let at = |path: &str| self.at(path);
        vec![
            (
                self.first.client.clone(),
                vec![at("/accidents/{accident}"), at("/accidents/{accident}/papers")],
            ),
            (
                self.officer.client.clone(),
                vec![at("/accidents/{accident}/finding.pdf")],
            ),
            (
                world.insurer("PICC").await,
                vec![
                    at("/settlements/{record}"),
                    at("/settlements/{record}/document"),
                    at("/payment-orders/{order}"),
                    at("/assessments/{assessment}"),
                ],
            ),
            (
                world.clerk("sun").await,
                vec![at("/settlements/{record}"), at("/payment-orders/{order}")],
            ),
            (
                world.clerk("liu").await,
                vec!["/clerks".to_owned(), "/clients".to_owned()],
            ),
        ]
    }

    fn at(&self, path: &str) -> String {
        let whole = |segment: &str| match segment.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, rest)) => {
                let place = self.places.get(name).cloned();
                format!(
                    "{}{rest}",
                    place.unwrap_or_else(|| Uuid::from_u128(9).to_string())
                )
            }
            None => segment.to_owned(),
        };
        path.split('/').map(whole).collect::<Vec<_>>().join("/")
    }

    fn digest(&self) -> String {
        BASE64_STANDARD.encode(sha256(b"photo"))
    }

    fn taken_at(&self) -> String {
        BASE64_STANDARD.encode(&self.now)
    }

    fn is_told_in(&self, answer: &str) -> bool {
        self.secrets.iter().any(|secret| answer.contains(secret))
    }
}

/// Everybody who asks.
pub struct Callers {
    nobody: Client,
    other_program: Client,
    other_clerk: Client,
    /// By the scope it lacks.
    narrow: BTreeMap<&'static str, Client>,
    viewer: Client,
    program: Client,
    other_driver: Client,
    other_officer: Client,
}

impl Callers {
    pub async fn new(world: &World) -> Self {
        let mut narrow = BTreeMap::new();
        for lacking in SCOPES {
            let rest: Vec<&str> = SCOPES.into_iter().filter(|scope| *scope != lacking).collect();
            narrow.insert(lacking, world.insurer_with("PICC", &rest.join(" ")).await);
        }
        let mut tx = world.system.app.db.write().await.unwrap();
        let sun = clerks::by_login(&mut tx, "sun").await.unwrap().unwrap();
        clerks::set_role(&mut tx, sun.id, "viewer").await.unwrap();
        tx.commit().await.unwrap();
        let other = Person {
            phone: "13700000003",
            plate: "浙D99999",
            name: "周明",
            ..WANG
        };
        Self {
            nobody: world.anyone(),
            other_program: world.insurer("PAIC").await,
            other_clerk: world.clerk("he").await,
            narrow,
            viewer: world.clerk("sun").await,
            program: world.insurer("PICC").await,
            other_driver: world.reports(&other).await.client,
            other_officer: officer_elsewhere(world).await,
        }
    }

    /// None: nothing to be asked by this caller.
    pub fn of(&self, caller: Caller, rule: Rule) -> Option<&Client> {
        // Everybody may; and whoever signs out would be nobody afterwards.
        if matches!(rule, Rule::Public | Rule::Proof) && caller != Caller::Nobody {
            return None;
        }
        Some(match caller {
            Caller::Nobody => &self.nobody,
            Caller::OtherProgram => &self.other_program,
            Caller::OtherClerk => &self.other_clerk,
            Caller::NarrowProgram => match rule {
                Rule::List(scope) | Rule::Record(scope) => self.narrow.get(scope)?,
                _ => &self.program,
            },
            Caller::Viewer => &self.viewer,
            Caller::ExpiredProgram => &self.program,
            Caller::OtherDriver => &self.other_driver,
            Caller::OtherOfficer => &self.other_officer,
        })
    }
}

/// An officer of a unit that has nothing to do with the case.
async fn officer_elsewhere(world: &World) -> Client {
    let app = &world.system.app;
    let unit = UnitId::new("330602").unwrap();
    let secret = totp::new_secret(&*app.entropy);
    let row = OfficerRow {
        id: OfficerId(Uuid::from_u128(602)),
        unit: unit.clone(),
        login: "elsewhere".to_owned(),
        name: "孟远".to_owned(),
        badge: "330602001".to_owned(),
        role: "supervisor".to_owned(),
        password_hash: password::hash("elsewhere", &*app.entropy).await.unwrap(),
        totp_secret: secret,
        totp_step: 0,
        ink: None,
        created_at: app.clock.now(),
        disabled_at: None,
    };
    let there = UnitRow {
        code: unit,
        name: "越城区交通警察大队".to_owned(),
        lines: Json(vec!["越城区".to_owned()]),
        number_template: "{division}{yyyy}{seq:06}".to_owned(),
    };
    let mut tx = app.db.write().await.unwrap();
    units::insert_if_new(&mut tx, &there).await.unwrap();
    officers::insert_if_new(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    let client = world.anyone();
    let shown = json!({ "name": "elsewhere", "password": "elsewhere" });
    client.post("/officer/session", &shown).await.ok();
    let code = world.anyone().get("/demo/totp?name=elsewhere").await.ok();
    client
        .post("/officer/session/totp", &json!({ "code": code["code"] }))
        .await
        .ok();
    client
}

/// Asks, and answers the status and whether anything of the case is told. Whoever asks faster than one address may
/// asks again.
pub async fn asked(client: &Client, operation: &Operation, case: &Case) -> (u16, bool) {
    loop {
        let answer = request(client, operation, case).send().await.unwrap();
        let status = answer.status().as_u16();
        let kind = answer
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        // A stream of events does not end.
        if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            return (status, false);
        }
        let told = answer.bytes().await.unwrap();
        let told = String::from_utf8_lossy(&told);
        let hurried = told.contains("rate_limited") || operation.method == "HEAD";
        if !(status == 429 && hurried) {
            return (status, case.is_told_in(&told));
        }
    }
}

fn request(client: &Client, operation: &Operation, case: &Case) -> reqwest::RequestBuilder {
    let method: Method = operation.method.parse().unwrap();
    let path = case.at(&operation.path);
    let given = BODIES.iter().find(|(end, _)| operation.path.ends_with(end));
    let body = given.map(|(_, body)| body()).or_else(|| operation.body.clone());
    let mut request = client
        .request(method.clone(), &path)
        .header("idempotency-key", fresh_key().to_string());
    if path.contains("/uploads") {
        let told = format!(
            "kind {},shot {},sha256 {},taken_at {}",
            "cGhvdG8=",
            "b3ZlcnZpZXc=",
            case.digest(),
            case.taken_at()
        );
        request = request
            .header("tus-resumable", "1.0.0")
            .header("upload-length", "10")
            .header("upload-offset", "0")
            .header("upload-metadata", told);
    }
    match body {
        Some(body) => request.json(&body),
        None if method == Method::PATCH => request
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .body("0123456789"),
        None if operation.path.starts_with("/oauth/") => request.form(&[("token", "x")]),
        None => request,
    }
}
