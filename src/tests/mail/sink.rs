//! A mail server of our own that misbehaves as it is told, and keeps what it took.

use crate::server::mail::{
    MailSettings, Way,
    settings::{SmtpSettings, Tls},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
};

/// What a sink has taken, and how it behaves.
#[derive(Debug, Default)]
pub struct State {
    /// Recipient and content of each letter, in order.
    pub taken: Mutex<Vec<(String, String)>>,
    /// Every command.
    pub heard: Mutex<Vec<String>>,
    /// Whether it greets with 554.
    pub surly: AtomicBool,
    /// Whether it has become kind: it takes every letter.
    pub kind: AtomicBool,
}

/// A mail server; gone when it is dropped.
#[derive(Debug)]
pub struct Sink {
    /// What it has taken, and how it behaves.
    pub state: Arc<State>,
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// Listens on a free port.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (state, address) = (Arc::new(State::default()), listener.local_addr().expect("an address"));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move { talk(stream, &state).await });
            }
        });
        Self { state, address, task }
    }

    /// Settings that lead here.
    pub fn settings(&self, tls: Tls) -> MailSettings {
        settings(self.address.port(), tls)
    }

    /// The recipients of what it took, sorted.
    pub fn recipients(&self) -> Vec<String> {
        let taken = self.state.taken.lock().expect("a lock");
        let mut list: Vec<String> = taken.iter().map(|(to, _)| to.clone()).collect();
        list.sort();
        list
    }

    /// The `Message-ID` of each letter it took.
    pub fn message_ids(&self) -> Vec<String> {
        let taken = self.state.taken.lock().expect("a lock");
        taken.iter().map(|(_, text)| message_id(text)).collect()
    }
}

/// The `Message-ID` of a letter.
pub fn message_id(text: &str) -> String {
    let line = text.lines().find(|line| line.to_lowercase().starts_with("message-id:"));
    line.expect("a Message-ID").split_once(':').expect("a header").1.trim().to_owned()
}

/// Settings that lead to a port of this machine.
pub fn settings(port: u16, tls: Tls) -> MailSettings {
    let mut settings = MailSettings::in_folder("unused".into());
    settings.way = Way::Smtp(SmtpSettings { host: "127.0.0.1".into(), port, tls, authority: None, login: None });
    settings
}

/// One conversation. How it goes is told by the recipient: `refused`, `later`, `silent`, `cut`.
async fn talk(stream: TcpStream, state: &State) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let surly = state.surly.load(Ordering::Relaxed);
    say(&mut write, if surly { "554 go away" } else { "220 sink" }).await;
    let mut to = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        state.heard.lock().expect("a lock").push(line.clone());
        let kind = state.kind.load(Ordering::Relaxed);
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match word.as_str() {
            "EHLO" => say(&mut write, "250-sink\r\n250 8BITMIME").await,
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match to.split('@').next() {
                    Some("refused") if !kind => say(&mut write, "550 5.1.1 nobody here").await,
                    Some("later") if !kind => say(&mut write, "451 4.7.1 not now").await,
                    Some("closing") if !kind => say(&mut write, "421 closing").await,
                    // Says nothing, and keeps the line.
                    Some("silent") if !kind => std::future::pending().await,
                    _ => say(&mut write, "250 fine").await,
                }
            }
            "DATA" => {
                say(&mut write, "354 go on").await;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text += &format!("{line}\n");
                }
                state.taken.lock().expect("a lock").push((to.clone(), text));
                if to.starts_with("cut@") && !kind {
                    // It has the letter, and the portal does not know.
                    return;
                }
                say(&mut write, "250 kept").await;
            }
            "QUIT" => return say(&mut write, "221 bye").await,
            _ => say(&mut write, "250 fine").await,
        }
    }
}

async fn say(write: &mut OwnedWriteHalf, text: &str) {
    // A client that has gone away hears nothing.
    let _ = write.write_all(format!("{text}\r\n").as_bytes()).await;
}
