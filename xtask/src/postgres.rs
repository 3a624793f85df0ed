//! A private PostgreSQL for one run: its own data directory, port and socket, gone at the end.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{process, tools, workspace};

/// A running PostgreSQL. Dropping it stops it and removes its data.
pub struct Postgres {
    child: Child,
    directory: PathBuf,
    /// How tests reach it.
    pub url: String,
}

impl Postgres {
    /// Starts one; none when PostgreSQL is not installed and cannot be, which has been said by then.
    ///
    /// # Errors
    /// In words, when it is installed and does not start.
    pub fn start() -> Result<Option<Postgres>, String> {
        let Some(initdb) = tools::require(&tools::POSTGRES) else {
            return Ok(None);
        };
        // `/usr/local/bin/initdb` may be a link; the other programs lie beside its target.
        let initdb = initdb.canonicalize().unwrap_or(initdb);
        let programs = initdb.parent().unwrap_or(Path::new("/")).to_path_buf();
        let directory = workspace::temporary("postgres")?;
        let owner = if tools::is_root() { Some(unprivileged()?) } else { None };
        let started = create(&initdb, &directory, owner).and_then(|()| start_on_free_port(&programs, &directory, owner));
        match started {
            Ok((child, url)) => Ok(Some(Postgres { child, directory, url })),
            Err(error) => {
                let _ = std::fs::remove_dir_all(&directory);
                Err(error)
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: clients are cut off, nothing waits for them.
        process::stop(&mut self.child, "INT", Duration::from_secs(20));
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// User and group to run as, because PostgreSQL refuses to run as root.
type Owner = (u32, u32);

fn unprivileged() -> Result<Owner, String> {
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| {
            accounts.lines().find_map(|line| {
                let mut fields = line.split(':');
                let named = fields.next()? == *wanted;
                let identifiers = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
                named.then_some(identifiers)
            })
        })
        .ok_or_else(|| "PostgreSQL does not run as root, and there is no other user".to_owned())
}

fn as_owner(program: PathBuf, directory: &Path, owner: Option<Owner>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

fn create(initdb: &Path, directory: &Path, owner: Option<Owner>) -> Result<(), String> {
    if let Some((user, group)) = owner {
        chown(directory, Some(user), Some(group)).map_err(|error| error.to_string())?;
    }
    let outcome = process::run_quietly(
        as_owner(initdb.to_path_buf(), directory, owner)
            .args(["--username=drawbridge", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "-D"])
            .arg(directory.join("data")),
    );
    if outcome.success { Ok(()) } else { Err(format!("initdb failed:\n{}", outcome.output)) }
}

fn start_on_free_port(programs: &Path, directory: &Path, owner: Option<Owner>) -> Result<(Child, String), String> {
    let log = directory.join("log");
    for _ in 0..3 {
        // Someone may take the port between asking and starting, hence more than one try.
        let port = workspace::free_port()?.to_string();
        let file = std::fs::File::create(&log).map_err(|error| error.to_string())?;
        let copy = file.try_clone().map_err(|error| error.to_string())?;
        let mut child = as_owner(programs.join("postgres"), directory, owner)
            .arg("-D")
            .arg(directory.join("data"))
            .arg("-k")
            .arg(directory)
            .args(["-p", &port, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300"])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(copy)
            .spawn()
            .map_err(|error| format!("postgres: {error}"))?;
        let ready = process::until(Duration::from_secs(60), || {
            if matches!(child.try_wait(), Ok(Some(_))) {
                return Some(false);
            }
            let mut probe = Command::new(programs.join("pg_isready"));
            process::run_quietly(probe.arg("-h").arg(directory).args(["-p", &port])).success.then_some(true)
        });
        if ready == Some(true) {
            return Ok((child, format!("postgres://drawbridge@127.0.0.1:{port}/postgres")));
        }
        process::stop(&mut child, "INT", Duration::from_secs(5));
    }
    Err(format!("postgres did not start:\n{}", std::fs::read_to_string(log).unwrap_or_default()))
}
