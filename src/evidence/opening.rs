//! Has documents opened by a process of their own, from the portal's side.
//!
//! The process is this program, started with [`COMMAND`]. Whatever a document does to it, the portal gets an answer, within
//! [`LONGEST`]; the bytes pass through in parts, both ways.

use super::{
    blobs::{self, Incoming},
    opened::{Answer, COMMAND, Job, UNCONFINED},
};
use crate::domain::{
    evidence::FileType,
    report::{Fault, Report},
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream::BoxStream};
use std::{fmt, io, path::PathBuf, process::ExitStatus, process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::Semaphore,
};

/// The longest that opening a document may take.
pub const LONGEST: Duration = Duration::from_mins(2);
/// How many documents are opened at once; others wait.
const AT_ONCE: usize = 2;
/// Bytes pass through in parts of this size.
const PART: usize = 256 * 1024;
/// The longest answer, in bytes: the most text that is kept, and what is said around it.
const ANSWER: usize = 128 * 1024 * 1024;
/// The largest drawing, in bytes.
const DRAWING: usize = 100 * 1024 * 1024;
/// How much is kept of what the process says when it ends.
const LAST_WORDS: usize = 4 * 1024;

/// A document that is stored: how many bytes it has, and the bytes.
pub type Document = (u64, BoxStream<'static, Result<Bytes, blobs::Error>>);

/// Why a document could not be opened now. It says nothing about the document; try again later.
#[derive(Debug)]
pub enum Trouble {
    /// The process could not be started, or spoken to.
    Process(io::Error),
    /// The kernel did not let it limit itself, so it opened nothing.
    Unconfined,
    /// The bytes could not be read, or not be stored.
    Store(blobs::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(error) => write!(f, "the process that opens documents cannot be run: {error}"),
            Self::Unconfined => write!(f, "the process that opens documents cannot limit itself on this machine"),
            Self::Store(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Trouble {}

/// Has documents opened.
#[derive(Clone, Debug)]
pub struct Opener {
    how: How,
    places: Arc<Semaphore>,
    longest: Duration,
}

#[derive(Clone, Debug)]
enum How {
    Process(PathBuf),
    #[cfg(test)]
    Here,
}

/// Where the bytes go that are made.
enum Sink<'a> {
    Stored(&'a mut Incoming),
    Held(&'a mut BytesMut),
}

impl Sink<'_> {
    /// Takes a part; none where it is more than is taken.
    async fn take(&mut self, part: Bytes) -> Result<Option<()>, Trouble> {
        match self {
            Self::Stored(incoming) => incoming.take(part).await.map(Some).map_err(Trouble::Store),
            Self::Held(held) if held.len() + part.len() <= DRAWING => {
                held.extend_from_slice(&part);
                Ok(Some(()))
            }
            Self::Held(_) => Ok(None),
        }
    }
}

impl Opener {
    /// By a process of this program.
    pub fn by_process(program: PathBuf) -> Self {
        Self::new(How::Process(program))
    }

    /// By the same code in this process, for tests of what is done with the answer.
    #[cfg(test)]
    pub fn here() -> Self {
        Self::new(How::Here)
    }

    fn new(how: How) -> Self {
        Self { how, places: Arc::new(Semaphore::new(AT_ONCE)), longest: LONGEST }
    }

    /// Allows less time than [`LONGEST`].
    #[must_use]
    pub fn within(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Cleans a document. What was made is in `out` when the answer is a report, and is to be thrown away otherwise.
    pub async fn clean(
        &self,
        file_type: FileType,
        document: Document,
        out: &mut Incoming,
    ) -> Result<Result<Report, Fault>, Trouble> {
        let job = Job::Clean { file_type, size: document.0 };
        self.open(&job, document, Sink::Stored(out)).await
    }

    /// Draws a page, counted from one, of a PDF that is clean: as PNG, this many pixels wide.
    pub async fn draw(&self, document: Document, page: u32, width: u16) -> Result<Result<Bytes, Fault>, Trouble> {
        let job = Job::Draw { page, width, size: document.0 };
        let mut held = BytesMut::new();
        let drawn = self.open(&job, document, Sink::Held(&mut held)).await?;
        Ok(drawn.map(|_| held.freeze()))
    }

    /// Has a job done, and answers as the process would.
    pub async fn attempt(&self, job: &Job) -> Result<Result<Report, Fault>, Trouble> {
        let nothing = futures_util::stream::empty().boxed();
        self.open(job, (0, nothing), Sink::Held(&mut BytesMut::new())).await
    }

    async fn open(&self, job: &Job, document: Document, mut out: Sink<'_>) -> Result<Result<Report, Fault>, Trouble> {
        let _place = self.places.acquire().await.map_err(|error| Trouble::Process(io::Error::other(error)))?;
        #[cfg_attr(not(test), expect(clippy::infallible_destructuring_match, reason = "tests have another way"))]
        let program = match &self.how {
            How::Process(program) => program,
            #[cfg(test)]
            How::Here => return here(job, document, out).await,
        };
        let mut child = Command::new(program)
            .arg(COMMAND)
            .args(job.arguments())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Trouble::Process)?;
        let told = tokio::time::timeout(self.longest, talk(&mut child, document, &mut out)).await;
        // Whatever happened, it is gone before this returns.
        drop(child.start_kill());
        let ended = child.wait().await.map_err(Trouble::Process)?;
        let Ok(told) = told else { return Ok(Err(Fault::Slow)) };
        let (answer, words) = told?;
        if ended.success() {
            return Ok(match answer {
                Some(Answer::Report(report)) => Ok(report),
                Some(Answer::Fault(fault)) => Err(fault),
                None => Err(Fault::Crashed),
            });
        }
        if ended.code() == Some(UNCONFINED.into()) {
            return Err(Trouble::Unconfined);
        }
        Ok(Err(end(ended, &words)))
    }
}

/// Why the process ended without an answer.
fn end(ended: ExitStatus, words: &[u8]) -> Fault {
    use std::os::unix::process::ExitStatusExt;
    if words.windows(17).any(|window| window == b"memory allocation") {
        return Fault::Memory;
    }
    match ended.signal() {
        Some(libc::SIGXCPU) => Fault::Slow,
        // The kernel ends whoever takes most when the whole machine runs out of memory.
        Some(libc::SIGKILL) => Fault::Memory,
        _ => Fault::Crashed,
    }
}

/// Gives the document to the process, and takes its answer and its last words. It has ended when this returns well.
async fn talk(
    child: &mut Child,
    (_, mut document): Document,
    out: &mut Sink<'_>,
) -> Result<(Option<Answer>, Vec<u8>), Trouble> {
    let missing = || Trouble::Process(io::ErrorKind::BrokenPipe.into());
    let mut input = child.stdin.take().ok_or_else(missing)?;
    let mut output = child.stdout.take().ok_or_else(missing)?;
    let mut words = child.stderr.take().ok_or_else(missing)?;
    let give = async move {
        while let Some(part) = document.next().await {
            // A process that ends early has said why, or its end says it.
            if input.write_all(&part.map_err(Trouble::Store)?).await.is_err() {
                break;
            }
        }
        drop(input);
        Ok::<(), Trouble>(())
    };
    let hear = async {
        let mut last = Vec::new();
        let mut part = vec![0; LAST_WORDS];
        while let Ok(count @ 1..) = words.read(&mut part).await {
            let room = LAST_WORDS - last.len();
            last.extend_from_slice(&part[..count.min(room)]);
        }
        last
    };
    let (given, answer, last) = tokio::join!(give, take(&mut output, out), hear);
    let answer = answer?;
    given?;
    child.wait().await.map_err(Trouble::Process)?;
    Ok((answer, last))
}

/// Takes the answer, then the bytes. None when it is no answer, or more than is taken.
async fn take(output: &mut (impl AsyncRead + Unpin), out: &mut Sink<'_>) -> Result<Option<Answer>, Trouble> {
    let mut buffer = BytesMut::new();
    let mut looked = 0;
    let end = loop {
        buffer.reserve(PART);
        if output.read_buf(&mut buffer).await.map_err(Trouble::Process)? == 0 {
            return Ok(None);
        }
        if let Some(at) = buffer[looked..].iter().position(|byte| *byte == b'\n') {
            break looked + at;
        }
        looked = buffer.len();
        if ANSWER < looked {
            return Ok(None);
        }
    };
    let Ok(answer) = serde_json::from_slice::<Answer>(&buffer.split_to(end + 1)) else { return Ok(None) };
    loop {
        if !buffer.is_empty() && out.take(buffer.split().freeze()).await?.is_none() {
            return Ok(None);
        }
        buffer.reserve(PART);
        if output.read_buf(&mut buffer).await.map_err(Trouble::Process)? == 0 {
            return Ok(Some(answer));
        }
    }
}

/// The same without a process.
#[cfg(test)]
async fn here(job: &Job, (_, mut document): Document, mut out: Sink<'_>) -> Result<Result<Report, Fault>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(part) = document.next().await {
        bytes.extend_from_slice(&part.map_err(Trouble::Store)?);
    }
    let job = job.clone();
    let done = tokio::task::spawn_blocking(move || super::opened::perform(&job, bytes)).await;
    match done.unwrap_or(Err(Fault::Crashed)) {
        Ok((report, made)) => match out.take(made.into()).await? {
            Some(()) => Ok(Ok(report)),
            None => Ok(Err(Fault::Crashed)),
        },
        Err(fault) => Ok(Err(fault)),
    }
}
