//! What people do, as the requests their pages make. Each step insists that it worked.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::people::{self, Person};
use crate::world::World;

/// Messages of one instant have no order: a new code comes a moment after the last.
const A_MOMENT: Duration = Duration::from_secs(1);

/// A driver with a confirmed phone: one party of one accident.
pub struct Driver {
    pub client: Client,
    pub accident: String,
    pub party: String,
    pub token: String,
    pub person: Person,
}

/// An officer who has signed in with both factors.
pub struct Officer {
    pub client: Client,
    pub name: String,
}

impl World {
    /// Opens a new report from the general link and confirms the phone by its code.
    pub async fn reports(&self, person: &Person) -> Driver {
        let client = self.anyone();
        let unit = json!({ "unit": self.unit });
        let link = client.post("/reports", &unit).await.ok();
        self.confirms(client, &link, person).await
    }

    /// Joins by the other driver's QR code and confirms the phone by its code.
    pub async fn joins(&self, other: &Driver, person: &Person) -> Driver {
        let invitation = other
            .client
            .post(&other.path("invitations"), &json!({}))
            .await
            .ok();
        let client = self.anyone();
        let link = client
            .post("/joins", &json!({ "token": invitation["token"] }))
            .await
            .ok();
        self.confirms(client, &link, person).await
    }

    async fn confirms(&self, client: Client, link: &Value, person: &Person) -> Driver {
        let token = text(&link["token"]);
        self.time_passes(A_MOMENT);
        client
            .post("/driver/code", &json!({ "token": token, "phone": person.phone }))
            .await
            .ok();
        let code = self.code_sent_to(person.phone).await;
        client
            .post("/driver/session", &json!({ "token": token, "code": code }))
            .await
            .ok();
        let (accident, party) = (text(&link["accident_id"]), text(&link["party_id"]));
        Driver {
            client,
            accident,
            party,
            token,
            person: person.clone(),
        }
    }

    /// The newest code among the messages to this phone.
    pub async fn code_sent_to(&self, phone: &str) -> String {
        let inbox = self.anyone().get("/demo/inbox").await.ok();
        let messages = inbox["messages"].as_array().cloned().unwrap_or_default();
        let mine = messages.iter().filter(|message| message["to"] == phone);
        let mut codes = mine.filter_map(|message| six_digits(message["text"].as_str()?));
        codes
            .next()
            .unwrap_or_else(|| panic!("no code was sent to {phone}: {inbox}"))
    }

    /// Two drivers who have said everything, the first of them in the queue.
    pub async fn two_in_the_queue(&self) -> (Driver, Driver) {
        self.both_in_the_queue(&people::WANG, &people::LI).await
    }

    async fn both_in_the_queue(&self, one: &Person, other: &Person) -> (Driver, Driver) {
        let first = self.reports(one).await;
        first.tells_everything(self).await;
        let second = self.joins(&first, other).await;
        second.tells_own(self).await;
        first.queues().await;
        (first, second)
    }

    /// The same, with the officer holding the case.
    pub async fn a_claimed_case(&self) -> (Driver, Driver, Officer) {
        let (first, second) = self.two_in_the_queue().await;
        let officer = self.officer().await;
        officer.client.post(&first.path("claim"), &json!({})).await.ok();
        (first, second, officer)
    }

    /// A case of these two that the officer has decided as 追尾, with losses.
    pub async fn a_decided_case(
        &self,
        officer: &Officer,
        (one, other): (Person, Person),
    ) -> (Driver, Driver) {
        let (first, second) = self.both_in_the_queue(&one, &other).await;
        officer.client.post(&first.path("claim"), &json!({})).await.ok();
        officer.assesses(&first, 100_000).await;
        officer.assesses(&second, 150_000).await;
        officer.decides_rear_end(&first, &second).await;
        (first, second)
    }

    /// The same, decided as 追尾 (the first drove into the second) with losses, and the finding issued.
    pub async fn an_issued_finding(&self) -> (Driver, Driver, Officer) {
        let (first, second, officer) = self.a_claimed_case().await;
        officer.assesses(&first, 100_000).await;
        officer.assesses(&second, 150_000).await;
        officer.decides_rear_end(&first, &second).await;
        officer.issues(&first).await;
        (first, second, officer)
    }
}

impl Driver {
    /// A path below the driver's own accident.
    pub fn path(&self, below: &str) -> String {
        format!("/accidents/{}/{below}", self.accident)
    }

    /// How the accident stands, as this driver sees it.
    pub async fn view(&self) -> Value {
        self.client
            .get(&format!("/accidents/{}", self.accident))
            .await
            .ok()
    }

    /// Triage, scene, own papers, consents: all that the queue asks of the one who reports.
    pub async fn tells_everything(&self, world: &World) {
        self.client
            .post(&self.path("triage"), &people::harmless())
            .await
            .ok();
        self.client
            .put(&self.path("scene"), &people::scene(&world.a_while_ago()))
            .await
            .ok();
        self.tells_own(world).await;
    }

    /// Own papers and consents.
    pub async fn tells_own(&self, world: &World) {
        let party = json!({ "party": self.person.party() });
        self.client
            .put(&self.path(&format!("parties/{}", self.party)), &party)
            .await
            .ok();
        for kind in ["remote_handling", "electronic_service"] {
            self.agrees(world, kind, true).await;
        }
    }

    /// Agrees to the consent text as the catalogue has it now, or does not.
    pub async fn agrees(&self, world: &World, kind: &str, agreed: bool) {
        let version = world.consent_version(kind).await;
        let consent = json!({ "kind": kind, "agreed": agreed, "text_version": version });
        self.client.post(&self.path("consents"), &consent).await.ok();
    }

    /// Enters the queue.
    pub async fn queues(&self) -> Value {
        self.client.post(&self.path("queue"), &json!({})).await.ok()
    }

    /// Asks for a code to sign with, and reads it.
    pub async fn signing_code(&self, world: &World) -> String {
        world.time_passes(A_MOMENT);
        self.client
            .post(&self.path("signing-code"), &json!({}))
            .await
            .ok();
        world.code_sent_to(self.person.phone).await
    }

    /// The body of a signature under the document as it now stands.
    pub async fn signature(&self, world: &World) -> Value {
        let sha256 = self.view().await["finding"]["to_sign_sha256"].clone();
        json!({ "document_sha256": sha256, "code": self.signing_code(world).await, "ink": people::ink(),
                "read_s": 12, "scrolled_to_end": true })
    }

    /// Signs.
    pub async fn signs(&self, world: &World) -> Value {
        let signature = self.signature(world).await;
        self.client.post(&self.path("signatures"), &signature).await.ok()
    }
}

impl Officer {
    /// How the accident stands, as the officer sees it.
    pub async fn view(&self, driver: &Driver) -> Value {
        self.client
            .get(&format!("/accidents/{}", driver.accident))
            .await
            .ok()
    }

    /// The version of the accident, to be sent as `seen`.
    pub async fn version(&self, driver: &Driver) -> u64 {
        self.view(driver).await["version"]
            .as_u64()
            .expect("a view has a version")
    }

    /// Assesses the damage to a driver's vehicle.
    pub async fn assesses(&self, driver: &Driver, fen: i64) {
        let path = driver.path(&format!("parties/{}/losses", driver.party));
        self.client.put(&path, &people::vehicle_loss(fen)).await.ok();
    }

    /// The body of the decision 101 追尾: `behind` drove into `ahead`.
    pub async fn rear_end(&self, behind: &Driver, ahead: &Driver) -> Value {
        json!({
            "seen": self.version(behind).await,
            "parties": [
                { "party_id": behind.party, "violations": ["101"], "liability": "full", "share": 100 },
                { "party_id": ahead.party, "violations": [], "liability": "none", "share": 0 },
            ],
            "facts_text": "王建国驾驶小型轿车由东向西行驶，与前方同车道李䶮驾驶的小型轿车发生追尾，两车受损。",
            "override_reason": null,
        })
    }

    /// Decides 101 追尾.
    pub async fn decides_rear_end(&self, behind: &Driver, ahead: &Driver) -> Value {
        let decision = self.rear_end(behind, ahead).await;
        self.client.post(&behind.path("decision"), &decision).await.ok()
    }

    /// Issues the finding.
    pub async fn issues(&self, driver: &Driver) -> Value {
        let body = json!({ "seen": self.version(driver).await, "ink": people::ink() });
        self.client.post(&driver.path("finding"), &body).await.ok()
    }
}

/// The text of a JSON string.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is not a text"))
        .to_owned()
}

fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|run| run.len() == 6)
        .map(str::to_owned)
}
