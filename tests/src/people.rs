//! Who takes part, as the request bodies that say so. Nobody here exists.

use serde_json::{Value, json};

/// One side of an accident.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: &'static str,
    pub phone: &'static str,
    pub id_number: &'static str,
    pub plate: &'static str,
    /// 02 small car, 52 small new-energy car.
    pub plate_kind: &'static str,
    pub insurer: &'static str,
    pub policy: &'static str,
}

/// Drives into others; insured with PICC.
pub const WANG: Person = Person {
    name: "王建国",
    phone: "13800000001",
    id_number: "11010519491231002X",
    plate: "浙D12A45",
    plate_kind: "02",
    insurer: "PICC",
    policy: "CTP-2026-0001",
};

/// Is driven into; insured with PAIC.
pub const LI: Person = Person {
    name: "李䶮",
    phone: "13900000002",
    id_number: "440524188001010014",
    plate: "浙DF12345",
    plate_kind: "52",
    insurer: "PAIC",
    policy: "CTP-2026-0002",
};

impl Person {
    /// The body of `PUT …/parties/{party}`.
    pub fn party(&self) -> Value {
        json!({
            "kind": "motor", "name": self.name, "id_type": "id_card", "id_number": self.id_number,
            "injured": "none",
            "vehicle": {
                "traffic_mode": "K3", "plate_kind": self.plate_kind, "plate": self.plate,
                "model": "大众朗逸", "vin": null, "direction": "由东向西", "contact_part": null,
                "ctp": { "insurer": self.insurer, "policy": self.policy,
                         "valid_from": "2026-01-01", "valid_to": "2026-12-31" },
                "third_party": { "insurer": self.insurer, "limit_fen": 100_000_000, "deductible_percent": 0 },
                "own_damage": { "insurer": self.insurer, "deductible_percent": 0 },
            },
        })
    }
}

/// Nothing stands against handling it from afar.
pub fn harmless() -> Value {
    json!({ "answers": {
        "injury": "none", "no_licence": false, "alcohol_or_drugs": false, "bus_overloaded_or_speeding": false,
        "bad_plate": false, "cannot_move": false, "party_left": false, "intent_suspected": false,
        "missing_marks": false, "facility_hit": false, "dangerous_goods": false, "expressway": false,
        "scene_cleared": false,
    } })
}

/// Where and when, as the phone tells it; `occurred_at` in RFC 3339.
pub fn scene(occurred_at: &str) -> Value {
    json!({ "scene": {
        "occurred_at": occurred_at, "weather": "1", "road_type": "22", "collision": "1", "form": "11",
        "place": { "text": "诸暨市暨阳街道暨阳路与东一路交叉口", "road": "暨阳路", "direction": "由东向西",
                   "latitude": 29.7136, "longitude": 120.2372, "accuracy_m": 12.0, "source": "gps" },
    } })
}

/// Property damage of one vehicle, nothing else.
pub fn vehicle_loss(fen: i64) -> Value {
    json!({ "losses": { "vehicle_fen": fen, "carried_fen": 0, "medical_fen": 0, "disability_fen": 0 } })
}

/// A signature of two strokes that a hand could have drawn.
pub fn ink() -> Value {
    let stroke = |start: f64, began: u32| -> Vec<Value> {
        (0..40_u32)
            .map(|step| {
                let along = f64::from(step);
                json!({ "t": began + step * 12, "x": start + along * 5.0, "y": 120.0 + 60.0 * (along / 5.0).sin(),
                        "pressure": 0.5 })
            })
            .collect()
    };
    json!({ "width": 640.0, "height": 240.0, "strokes": [stroke(60.0, 0), stroke(320.0, 700)] })
}
