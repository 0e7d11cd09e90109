//! `GET /media/ws`: one WebSocket is one connection of one participant.
//!
//! Reads, checks and limits what comes, and passes it on; decides nothing about rooms.

use crate::admission::admit;
use crate::config::{Clock, TicketKeys, now};
use crate::peer::{Ground, Peer, PeerError, Place};
use crate::rooms::{Command, Handle, OUTBOX, Outgoing, Rooms};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use signaling_core::limits::{Allowance, FRAME_BYTES_MAX, HELLO_WITHIN};
use signaling_core::protocol::{Candidate, ClientMessage, CloseCode, ErrorCode, ServerMessage};
use signaling_core::room::ConnectionId;
use signaling_core::ticket::Admission;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use uuid::Uuid;

/// A client says something (a ping, if nothing else) at least this often, or it is taken for gone.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The socket itself refuses more than this; between the two limits we can still say why.
const SOCKET_BYTES_MAX: usize = 4 * FRAME_BYTES_MAX;

pub struct Node {
    pub ground: Ground,
    pub keys: Arc<dyn TicketKeys>,
    pub rooms: Arc<Rooms>,
    pub stop: CancellationToken,
    pub connections: TaskTracker,
    pub next_connection: AtomicU64,
}

pub fn router(node: Arc<Node>) -> Router {
    Router::new().route("/media/ws", get(upgrade)).with_state(node)
}

async fn upgrade(State(node): State<Arc<Node>>, headers: HeaderMap, socket: WebSocketUpgrade) -> Response {
    if !origin_allowed(&headers, node.ground.config.allowed_origins.as_deref()) {
        return (StatusCode::FORBIDDEN, "this page may not connect here").into_response();
    }
    let number = node.next_connection.fetch_add(1, Ordering::Relaxed);
    socket
        .max_message_size(SOCKET_BYTES_MAX)
        .max_frame_size(SOCKET_BYTES_MAX)
        .on_upgrade(async move |socket| {
            let connections = node.connections.clone();
            let span = tracing::info_span!(
                "media connection",
                connection = number,
                room = tracing::field::Empty
            );
            let conversation = converse(node, socket, ConnectionId(number)).instrument(span);
            connections.track_future(conversation).await;
        })
}

/// Programs that are no browsers send no `Origin`; what they lack is a ticket, not an origin.
fn origin_allowed(headers: &HeaderMap, allowed: Option<&[String]>) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    match allowed {
        Some(allowed) => allowed.iter().any(|one| one == origin),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let of_origin = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == of_origin
        }
    }
}

/// Why a conversation ends.
enum End {
    /// We close, with this code.
    Close(CloseCode),
    /// The other side is gone.
    Gone,
}

async fn converse(node: Arc<Node>, mut socket: WebSocket, connection: ConnectionId) {
    let end = match greet(&node, &mut socket).await {
        Ok((room, admission)) => {
            tracing::Span::current().record("room", tracing::field::display(room));
            let handle = node.rooms.enter(room);
            let place = Arc::new(Place {
                room,
                participant: admission.participant.clone(),
                switchboard: Arc::clone(&handle.switchboard),
            });
            let (outbox, from_room) = mpsc::channel(OUTBOX);
            let join = Command::Join {
                connection,
                admission,
                outbox,
            };
            // An error means that the room is closing: the client comes again.
            if handle.commands.send(join).await.is_err() {
                End::Close(CloseCode::GoingAway)
            } else {
                let mut session = Session {
                    allowance: Allowance::full(now(&node.ground.clock)),
                    node,
                    socket: &mut socket,
                    connection,
                    handle: handle.clone(),
                    place,
                    peer: None,
                    candidates: None,
                };
                let end = session.run(from_room).await;
                let _ = handle.commands.send(Command::Dropped { connection }).await;
                end
            }
        }
        Err(end) => end,
    };
    if let End::Close(code) = end {
        tracing::debug!(code = code.code(), "closed");
        let frame = CloseFrame {
            code: code.code(),
            reason: code.reason().into(),
        };
        let _ = socket.send(Message::Close(Some(frame))).await;
        // Wait for the other side's half, or the code is lost with the connection.
        let drain = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = tokio::time::timeout(Duration::from_secs(2), drain).await;
    }
}

/// The first message must be a `hello` with a good ticket.
async fn greet(node: &Node, socket: &mut WebSocket) -> Result<(Uuid, Admission), End> {
    let first = tokio::select! {
        () = node.stop.cancelled() => return Err(End::Close(CloseCode::GoingAway)),
        () = tokio::time::sleep(HELLO_WITHIN) => return Err(End::Close(CloseCode::BadTicket)),
        first = next_text(socket) => first?,
    };
    let Ok(ClientMessage::Hello { ticket, room }) = serde_json::from_str(&first) else {
        return Err(End::Close(CloseCode::BadTicket));
    };
    let (ticket_room, admission) = admit(&ticket, node.keys.as_ref(), now(&node.ground.clock).unix_s())
        .map_err(|error| {
            tracing::info!(%error, "a ticket was refused");
            End::Close(CloseCode::BadTicket)
        })?;
    if room.is_some_and(|room| room != ticket_room) {
        return Err(End::Close(CloseCode::WrongRoom));
    }
    Ok((ticket_room, admission))
}

/// The next text message within the limits.
async fn next_text(socket: &mut WebSocket) -> Result<String, End> {
    loop {
        match socket.recv().await {
            None => return Err(End::Gone),
            // What the socket itself refuses is too big or no WebSocket.
            Some(Err(error)) => {
                tracing::debug!(%error, "the socket failed");
                let too_big = error.to_string().to_lowercase().contains("too l");
                return Err(if too_big {
                    End::Close(CloseCode::TooBig)
                } else {
                    End::Gone
                });
            }
            Some(Ok(Message::Close(_))) => return Err(End::Gone),
            Some(Ok(Message::Text(text))) => {
                if text.len() > FRAME_BYTES_MAX {
                    return Err(End::Close(CloseCode::TooBig));
                }
                return Ok(text.as_str().to_owned());
            }
            Some(Ok(Message::Binary(bytes))) => {
                if bytes.len() > FRAME_BYTES_MAX {
                    return Err(End::Close(CloseCode::TooBig));
                }
                // Nothing we understand; counted like a message that is not.
                return Ok(String::new());
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
        }
    }
}

struct Session<'s> {
    node: Arc<Node>,
    socket: &'s mut WebSocket,
    connection: ConnectionId,
    handle: Handle,
    place: Arc<Place>,
    peer: Option<Arc<Peer>>,
    candidates: Option<mpsc::Receiver<Candidate>>,
    allowance: Allowance,
}

impl Session<'_> {
    async fn run(&mut self, mut from_room: mpsc::Receiver<Outgoing>) -> End {
        let mut silence = std::pin::pin!(tokio::time::sleep(SILENCE_MAX));
        loop {
            let candidate = async {
                match &mut self.candidates {
                    Some(candidates) => candidates.recv().await,
                    None => std::future::pending().await,
                }
            };
            let step = tokio::select! {
                outgoing = from_room.recv() => match outgoing {
                    Some(Outgoing::Message(message)) => self.send(&message).await,
                    Some(Outgoing::Close(code)) => Err(End::Close(code)),
                    None => Err(End::Gone),
                },
                candidate = candidate => match candidate {
                    Some(candidate) => self.send(&ServerMessage::Candidate(candidate)).await,
                    None => {
                        self.candidates = None;
                        Ok(())
                    }
                },
                () = &mut silence => Err(End::Gone),
                text = next_text(self.socket) => match text {
                    Ok(text) => {
                        silence.as_mut().reset(tokio::time::Instant::now() + SILENCE_MAX);
                        self.receive(&text).await
                    }
                    Err(end) => Err(end),
                },
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn receive(&mut self, text: &str) -> Result<(), End> {
        if !self.allowance.take(now(self.clock())) {
            return Err(End::Close(CloseCode::Flooding));
        }
        match serde_json::from_str(text) {
            Ok(ClientMessage::Offer { sdp }) => self.offer(sdp).await,
            Ok(ClientMessage::Candidate(candidate)) => self.candidate(candidate).await,
            Ok(ClientMessage::Ping) => self.send(&ServerMessage::Pong).await,
            Ok(ClientMessage::Leave) => {
                let leave = Command::Leave {
                    connection: self.connection,
                };
                self.handle
                    .commands
                    .send(leave)
                    .await
                    .map_err(|_| End::Close(CloseCode::GoingAway))
            }
            Ok(ClientMessage::Hello { .. }) => self.complain(ErrorCode::BadMessage, "hello was said").await,
            Err(_) => {
                self.complain(ErrorCode::BadMessage, "this is no message of the protocol")
                    .await
            }
        }
    }

    async fn offer(&mut self, sdp: String) -> Result<(), End> {
        let answered = match self.peer.clone() {
            Some(peer) => contained(async move { peer.answer_again(sdp).await }).await,
            None => self.first_offer(sdp).await,
        };
        match answered {
            Ok(sdp) => self.send(&ServerMessage::Answer { sdp }).await,
            Err(why) => {
                tracing::info!("an offer was refused");
                self.complain(ErrorCode::BadSdp, &why).await
            }
        }
    }

    async fn first_offer(&mut self, sdp: String) -> Result<String, String> {
        let (node, place) = (Arc::clone(&self.node), Arc::clone(&self.place));
        let (peer, answer, candidates) =
            contained(async move { Peer::open(&node.ground, place, sdp).await }).await?;
        let peer = Arc::new(peer);
        self.peer = Some(Arc::clone(&peer));
        self.candidates = Some(candidates);
        let attach = Command::Attach {
            connection: self.connection,
            peer,
        };
        self.handle
            .commands
            .send(attach)
            .await
            .map_err(|_| "the room is closing".to_owned())?;
        Ok(answer)
    }

    async fn candidate(&mut self, candidate: Candidate) -> Result<(), End> {
        let Some(peer) = self.peer.clone() else {
            return self
                .complain(ErrorCode::BadCandidate, "a candidate before an offer")
                .await;
        };
        match contained(async move { peer.candidate(candidate).await }).await {
            Ok(()) => Ok(()),
            Err(why) => self.complain(ErrorCode::BadCandidate, &why).await,
        }
    }

    async fn complain(&mut self, code: ErrorCode, message: &str) -> Result<(), End> {
        self.send(&ServerMessage::Error {
            code,
            message: message.to_owned(),
        })
        .await
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|_| End::Gone)?;
        let sent = tokio::time::timeout(SILENCE_MAX, self.socket.send(Message::Text(text.into()))).await;
        if matches!(sent, Ok(Ok(()))) {
            Ok(())
        } else {
            Err(End::Gone)
        }
    }

    fn clock(&self) -> &Clock {
        &self.node.ground.clock
    }
}

/// Runs what reads a stranger's SDP in a task of its own, so that a panic in a parser is one refused message.
async fn contained<T: Send + 'static>(
    work: impl Future<Output = Result<T, PeerError>> + Send + 'static,
) -> Result<T, String> {
    match tokio::spawn(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(describe(&error)),
        Err(_) => Err("it could not be read".to_owned()),
    }
}

fn describe(error: &PeerError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
