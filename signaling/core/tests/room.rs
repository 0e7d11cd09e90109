//! What a room promises, told by its effects.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "the whole file is a test")]

use proptest::prelude::*;
use signaling_core::protocol::{
    CloseCode, MemberState, PARTICIPANTS_MAX, SLOTS, ServerMessage, Slot, SlotMids,
};
use signaling_core::room::{ConnectionId, Effect, Input, Room};
use signaling_core::ticket::{Admission, ParticipantId, Role};
use signaling_core::time::Moment;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

fn id(n: u8) -> ParticipantId {
    ParticipantId::parse(&format!("p{n}")).unwrap()
}

fn second(n: i64) -> Moment {
    Moment::from_unix_s(n)
}

fn lines() -> Vec<SlotMids> {
    (0..SLOTS)
        .map(|n| SlotMids {
            audio: format!("a{n}"),
            video: format!("v{n}"),
        })
        .collect()
}

struct Scene {
    room: Room,
    now: Moment,
}

impl Scene {
    fn new() -> Self {
        Self {
            room: Room::new(Uuid::from_u128(1)),
            now: second(0),
        }
    }

    fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.room.handle(input, self.now);
        std::iter::from_fn(|| self.room.poll()).collect()
    }

    fn join(&mut self, connection: u64, participant: u8) -> Vec<Effect> {
        self.join_until(connection, participant, second(3_600))
    }

    fn join_until(&mut self, connection: u64, participant: u8, expires_at: Moment) -> Vec<Effect> {
        let admission = Admission {
            participant: id(participant),
            role: Role::Driver,
            label: "甲".into(),
            expires_at,
        };
        let connection = ConnectionId(connection);
        let mut effects = self.tell(Input::Join {
            connection,
            admission,
        });
        effects.extend(self.tell(Input::Negotiated {
            connection,
            lines: lines(),
        }));
        effects
    }

    fn drop(&mut self, connection: u64) -> Vec<Effect> {
        self.tell(Input::Dropped {
            connection: ConnectionId(connection),
        })
    }
}

fn closes(effects: &[Effect]) -> Vec<(u64, CloseCode)> {
    let close = |effect: &Effect| match effect {
        Effect::Close { connection, code } => Some((connection.0, *code)),
        _ => None,
    };
    effects.iter().filter_map(close).collect()
}

fn last_slots(effects: &[Effect], to: u64) -> Vec<Slot> {
    let slots = |effect: &Effect| match effect {
        Effect::Send {
            to: connection,
            message: ServerMessage::Slots { slots },
        } if connection.0 == to => Some(slots.clone()),
        _ => None,
    };
    effects.iter().rev().find_map(slots).expect("slots were told")
}

fn state_told(effects: &[Effect], participant: u8) -> Option<MemberState> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send {
            message: ServerMessage::Member { member },
            ..
        } if member.id == id(participant) => Some(member.state),
        _ => None,
    })
}

#[test]
fn two_people_see_each_other() {
    let mut scene = Scene::new();
    scene.join(1, 1);
    let effects = scene.join(2, 2);
    assert_eq!(last_slots(&effects, 1)[0].participant, Some(id(2)));
    assert_eq!(last_slots(&effects, 2)[0].participant, Some(id(1)));
    assert!(effects.contains(&Effect::Joined { participant: id(2) }));
}

#[test]
fn the_seventh_is_turned_away() {
    let mut scene = Scene::new();
    for n in 1..=6 {
        assert_eq!(closes(&scene.join(n.into(), n)), []);
    }
    assert_eq!(closes(&scene.join(7, 7)), [(7, CloseCode::RoomFull)]);
    assert_eq!(
        closes(&scene.join(8, 3)),
        [(3, CloseCode::Replaced)],
        "but one of the six may come again"
    );
}

#[test]
fn the_same_participant_again_replaces_the_older_connection_and_is_not_a_new_face() {
    let mut scene = Scene::new();
    scene.join(1, 1);
    scene.join(2, 2);
    let effects = scene.join(3, 1);
    assert_eq!(closes(&effects), [(1, CloseCode::Replaced)]);
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Joined { .. }))
    );
    assert_eq!(scene.drop(1), [], "the old connection has no say any more");
}

#[test]
fn who_drops_is_shown_reconnecting_for_twenty_seconds_and_then_has_left() {
    let mut scene = Scene::new();
    scene.join(1, 1);
    scene.join(2, 2);
    assert_eq!(state_told(&scene.drop(2), 2), Some(MemberState::Reconnecting));
    assert_eq!(scene.room.poll_timeout(), Some(second(20)));
    scene.now = second(19);
    assert_eq!(scene.tell(Input::Tick), []);
    scene.now = second(20);
    let effects = scene.tell(Input::Tick);
    assert!(effects.contains(&Effect::Ended { participant: id(2) }));
    assert_eq!(last_slots(&effects, 1)[0].participant, None);
}

#[test]
fn who_comes_back_in_time_is_live_again_on_the_same_slots() {
    let mut scene = Scene::new();
    scene.join(1, 1);
    scene.join(2, 2);
    scene.drop(2);
    scene.now = second(19);
    let effects = scene.join(3, 2);
    assert_eq!(state_told(&effects, 2), Some(MemberState::Live));
    assert_eq!(last_slots(&effects, 3)[0].participant, Some(id(1)));
    scene.now = second(30);
    assert_eq!(scene.tell(Input::Tick), []);
}

#[test]
fn nobody_stays_longer_than_the_ticket() {
    let mut scene = Scene::new();
    scene.join_until(1, 1, second(100));
    assert_eq!(scene.room.poll_timeout(), Some(second(100)));
    scene.now = second(100);
    let effects = scene.tell(Input::Tick);
    assert_eq!(closes(&effects), [(1, CloseCode::BadTicket)]);
    assert!(scene.room.is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    Join(u8),
    Drop(u64),
    Leave(u64),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u8..9).prop_map(Step::Join),
        2 => (0_u64..40).prop_map(Step::Drop),
        1 => (0_u64..40).prop_map(Step::Leave),
        1 => (0_i64..30).prop_map(Step::Wait),
    ]
}

proptest! {
    /// Whatever the order of joins, drops, leaves and waiting: nobody receives their own media, nobody
    /// receives somebody who is gone, everybody receives everybody else exactly once, and at most six are in.
    #[test]
    fn slots_and_people_always_agree(steps in prop::collection::vec(step(), 1..60)) {
        let mut scene = Scene::new();
        let mut present: BTreeSet<ParticipantId> = BTreeSet::new();
        for (n, step) in steps.into_iter().enumerate() {
            let effects = match step {
                Step::Join(participant) => scene.join(n as u64, participant),
                Step::Drop(connection) => scene.drop(connection),
                Step::Leave(connection) => scene.tell(Input::Leave { connection: ConnectionId(connection) }),
                Step::Wait(seconds) => {
                    scene.now = second(scene.now.unix_s() + seconds);
                    scene.tell(Input::Tick)
                }
            };
            for effect in &effects {
                match effect {
                    Effect::Joined { participant } => prop_assert!(present.insert(participant.clone())),
                    Effect::Ended { participant } => prop_assert!(present.remove(participant)),
                    _ => {}
                }
            }
            prop_assert!(present.len() <= PARTICIPANTS_MAX);
            let mut received: HashMap<ParticipantId, Vec<ParticipantId>> = HashMap::new();
            for route in scene.room.routes() {
                prop_assert_ne!(&route.subscriber, &route.source);
                prop_assert!(present.contains(&route.source) && present.contains(&route.subscriber));
                received.entry(route.subscriber).or_default().push(route.source);
            }
            for subscriber in &present {
                let mut sources = received.remove(subscriber).unwrap_or_default();
                sources.sort();
                let others: Vec<_> = present.iter().filter(|other| *other != subscriber).cloned().collect();
                prop_assert_eq!(sources, others);
            }
            prop_assert_eq!(scene.room.is_empty(), present.is_empty());
        }
    }
}
