//! A bank's SFTP server on loopback. Its files are those of a directory for temporary files.

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey, ssh_key::LineEnding};
use russh::server::{Auth, ChannelOpenHandle, Config, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId};
use russh_sftp::protocol::{Attrs, Data, File, FileAttributes, Handle, Name, OpenFlags, Status, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Of no key that is used here.
pub const OTHER_FINGERPRINT: &str = "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM";

/// Where the request takes effect, seen from a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// The connection breaks before it does.
    #[default]
    Before,
    /// The connection breaks after it did, and before the answer.
    After,
}

#[derive(Default)]
struct State {
    root: PathBuf,
    logins: AtomicUsize,
    /// Requests until the connection breaks, if it is to break.
    fault: Mutex<(Option<usize>, When)>,
    forbidden: Mutex<Option<String>>,
}

pub struct Bank {
    pub port: u16,
    state: Arc<State>,
}

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]))
}

impl Bank {
    pub async fn open(name: &str) -> Bank {
        let root = std::env::temp_dir().join(format!("drawbridge-sftp-{}-{name}", std::process::id()));
        for part in ["out", "in"] {
            fs::create_dir_all(root.join(part)).expect("a directory");
        }
        let pem = key(2).to_openssh(LineEnding::LF).expect("a key");
        fs::write(root.join("key"), pem.as_bytes()).expect("written");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State { root, ..State::default() });
        tokio::spawn(serve(listener, Arc::clone(&state)));
        Bank { port, state }
    }

    pub fn fingerprint(&self) -> String {
        key(1).public_key().fingerprint(HashAlg::Sha256).to_string()
    }

    pub fn private_key_file(&self) -> PathBuf {
        self.path("key")
    }

    pub fn path(&self, part: &str) -> PathBuf {
        self.state.root.join(part)
    }

    pub fn names(&self, part: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(part)).expect("a directory").map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = entries.filter_map(|name| name.into_string().ok()).collect();
        names.sort();
        names
    }

    /// Takes away what was sent.
    pub fn take(&self) -> Vec<(String, Vec<u8>)> {
        let mut taken = Vec::new();
        for name in self.names("out").into_iter().filter(|name| !name.starts_with('.')) {
            let path = self.path("out").join(&name);
            taken.push((name, fs::read(&path).expect("a file")));
            fs::remove_file(path).expect("removed");
        }
        taken
    }

    /// Lets the connection break at the request with this number, from 1.
    pub fn break_at(&self, count: usize, when: When) {
        *self.state.fault.lock().expect("no panic") = (Some(count), when);
    }

    /// Lets no more connection break. Whether none has.
    pub fn mend(&self) -> bool {
        self.state.fault.lock().expect("no panic").0.take().is_some()
    }

    /// Lets nobody write below a directory.
    pub fn forbid(&self, directory: &str) {
        *self.state.forbidden.lock().expect("no panic") = Some(directory.to_owned());
    }

    /// How often somebody said who they are.
    pub fn logins(&self) -> usize {
        self.state.logins.load(Ordering::SeqCst)
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.state.root);
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let config = Arc::new(Config {
        keys: vec![key(1)],
        auth_rejection_time: std::time::Duration::ZERO,
        auth_rejection_time_initial: Some(std::time::Duration::ZERO),
        ..Config::default()
    });
    while let Ok((mut socket, _)) = listener.accept().await {
        let (config, state) = (Arc::clone(&config), Arc::clone(&state));
        tokio::spawn(async move {
            let broken = Arc::new(Notify::new());
            let (mut near, far) = tokio::io::duplex(64 * 1024);
            let ssh = Ssh { state, broken: Arc::clone(&broken), channels: HashMap::new() };
            let run = tokio::spawn(async move {
                if let Ok(session) = russh::server::run_stream(config, far, ssh).await {
                    let _ = session.await;
                }
            });
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut socket, &mut near) => {}
                () = broken.notified() => {}
            }
            run.abort();
        });
    }
}

struct Ssh {
    state: Arc<State>,
    broken: Arc<Notify>,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

impl russh::server::Handler for Ssh {
    type Error = russh::Error;

    async fn auth_publickey(&mut self, user: &str, shown: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        self.state.logins.fetch_add(1, Ordering::SeqCst);
        let known = user == "rocket" && shown.public_key.key_data() == key(2).public_key().key_data();
        Ok(if known { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(&mut self, id: ChannelId, name: &str, session: &mut Session) -> Result<(), russh::Error> {
        match self.channels.remove(&id) {
            Some(channel) if name == "sftp" => {
                session.channel_success(id)?;
                let files = Files { state: Arc::clone(&self.state), broken: Arc::clone(&self.broken), open: HashMap::new() };
                russh_sftp::server::run(channel.into_stream(), files).await;
                Ok(())
            }
            _ => session.channel_failure(id),
        }
    }
}

/// What a handle stands for.
enum Opened {
    File(fs::File),
    /// What of a directory is still to be told.
    Directory(Vec<File>),
}

struct Files {
    state: Arc<State>,
    broken: Arc<Notify>,
    open: HashMap<String, Opened>,
}

fn code(error: &std::io::Error) -> StatusCode {
    match error.kind() {
        ErrorKind::NotFound => StatusCode::NoSuchFile,
        ErrorKind::PermissionDenied => StatusCode::PermissionDenied,
        _ => StatusCode::Failure,
    }
}

fn done(id: u32) -> Status {
    Status { id, status_code: StatusCode::Ok, error_message: "done".into(), language_tag: "en".into() }
}

impl Files {
    /// Does a request, or breaks the connection, after which nothing is answered.
    async fn request<T>(&mut self, work: impl FnOnce(&mut Files) -> Result<T, StatusCode>) -> Result<T, StatusCode> {
        let breaks = {
            let (left, when) = &mut *self.state.fault.lock().expect("no panic");
            *left = left.map(|left| left - 1);
            (*left == Some(0)).then(|| {
                *left = None;
                *when
            })
        };
        if breaks == Some(When::Before) {
            self.broken.notify_one();
            std::future::pending::<()>().await;
        }
        let answer = work(self);
        if breaks == Some(When::After) {
            self.broken.notify_one();
            std::future::pending::<()>().await;
        }
        answer
    }

    fn path(&self, path: &str) -> PathBuf {
        self.state.root.join(path.trim_start_matches('/'))
    }

    fn writable(&self, path: &str) -> Result<PathBuf, StatusCode> {
        let forbidden = self.state.forbidden.lock().expect("no panic");
        match forbidden.as_deref() {
            Some(directory) if path.starts_with(directory) => Err(StatusCode::PermissionDenied),
            _ => Ok(self.path(path)),
        }
    }

    fn keep(&mut self, id: u32, opened: Opened) -> Handle {
        let handle = id.to_string();
        self.open.insert(handle.clone(), opened);
        Handle { id, handle }
    }

    fn file(&mut self, handle: &str, offset: u64) -> Result<&mut fs::File, StatusCode> {
        let Some(Opened::File(file)) = self.open.get_mut(handle) else { return Err(StatusCode::Failure) };
        file.seek(SeekFrom::Start(offset)).map_err(|error| code(&error))?;
        Ok(file)
    }
}

fn attributes(path: &Path) -> Result<FileAttributes, StatusCode> {
    fs::metadata(path).map(|meta| FileAttributes::from(&meta)).map_err(|error| code(&error))
}

impl russh_sftp::server::Handler for Files {
    type Error = StatusCode;

    fn unimplemented(&self) -> StatusCode {
        StatusCode::OpUnsupported
    }

    async fn open(&mut self, id: u32, path: String, flags: OpenFlags, _: FileAttributes) -> Result<Handle, StatusCode> {
        let work = |files: &mut Files| {
            let writes = flags.contains(OpenFlags::WRITE);
            let at = if writes { files.writable(&path)? } else { files.path(&path) };
            let mut options = fs::OpenOptions::new();
            options.read(!writes).write(writes).create_new(flags.contains(OpenFlags::EXCLUDE));
            let file = options.open(at).map_err(|error| code(&error))?;
            Ok(files.keep(id, Opened::File(file)))
        };
        self.request(work).await
    }

    async fn close(&mut self, id: u32, handle: String) -> Result<Status, StatusCode> {
        self.request(|files| files.open.remove(&handle).map(|_| done(id)).ok_or(StatusCode::Failure)).await
    }

    async fn read(&mut self, id: u32, handle: String, offset: u64, len: u32) -> Result<Data, StatusCode> {
        let work = |files: &mut Files| {
            let mut data = Vec::new();
            let mut part = files.file(&handle, offset)?.take(u64::from(len));
            part.read_to_end(&mut data).map_err(|error| code(&error))?;
            if data.is_empty() { Err(StatusCode::Eof) } else { Ok(Data { id, data }) }
        };
        self.request(work).await
    }

    async fn write(&mut self, id: u32, handle: String, offset: u64, data: Vec<u8>) -> Result<Status, StatusCode> {
        let work = |files: &mut Files| {
            files.file(&handle, offset)?.write_all(&data).map_err(|error| code(&error))?;
            Ok(done(id))
        };
        self.request(work).await
    }

    async fn stat(&mut self, id: u32, path: String) -> Result<Attrs, StatusCode> {
        self.request(|files| Ok(Attrs { id, attrs: attributes(&files.path(&path))? })).await
    }

    async fn opendir(&mut self, id: u32, path: String) -> Result<Handle, StatusCode> {
        let work = |files: &mut Files| {
            let mut found = Vec::new();
            for entry in fs::read_dir(files.path(&path)).map_err(|error| code(&error))? {
                let entry = entry.map_err(|error| code(&error))?;
                // Another connection may have taken it away since.
                if let Ok(attributes) = attributes(&entry.path()) {
                    found.push(File::new(entry.file_name().to_string_lossy(), attributes));
                }
            }
            Ok(files.keep(id, Opened::Directory(found)))
        };
        self.request(work).await
    }

    async fn readdir(&mut self, id: u32, handle: String) -> Result<Name, StatusCode> {
        let work = |files: &mut Files| match files.open.get_mut(&handle) {
            Some(Opened::Directory(left)) if !left.is_empty() => Ok(Name { id, files: std::mem::take(left) }),
            _ => Err(StatusCode::Eof),
        };
        self.request(work).await
    }

    async fn remove(&mut self, id: u32, path: String) -> Result<Status, StatusCode> {
        let work = |files: &mut Files| {
            fs::remove_file(files.writable(&path)?).map_err(|error| code(&error))?;
            Ok(done(id))
        };
        self.request(work).await
    }

    async fn mkdir(&mut self, id: u32, path: String, _: FileAttributes) -> Result<Status, StatusCode> {
        let work = |files: &mut Files| {
            fs::create_dir(files.writable(&path)?).map_err(|error| code(&error))?;
            Ok(done(id))
        };
        self.request(work).await
    }

    /// Fails if something has the new name, as the protocol wants it.
    async fn rename(&mut self, id: u32, from: String, to: String) -> Result<Status, StatusCode> {
        let work = |files: &mut Files| {
            let (from, to) = (files.writable(&from)?, files.writable(&to)?);
            fs::hard_link(&from, to).and_then(|()| fs::remove_file(from)).map_err(|error| code(&error))?;
            Ok(done(id))
        };
        self.request(work).await
    }
}
