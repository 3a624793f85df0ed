//! The server as a process: started, killed, measured.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How to start a program that prints the address it listens on.
#[derive(Debug, Clone)]
pub struct Program {
    /// The binary.
    pub binary: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The one core that it may use; none: all.
    pub core: Option<u32>,
    /// Where its error output goes, appended.
    pub log: PathBuf,
}

impl Program {
    /// `drawbridge serve` on a free port, with data in a directory or in a PostgreSQL database.
    #[must_use]
    pub fn drawbridge(binary: &Path, data: &Path, database: Option<&str>, core: Option<u32>) -> Program {
        let mut arguments: Vec<String> = ["serve", "--listen", "127.0.0.1:0", "--data"].map(String::from).to_vec();
        arguments.push(data.display().to_string());
        if let Some(url) = database {
            arguments.extend(["--database".to_owned(), url.to_owned()]);
        }
        Program { binary: binary.to_owned(), arguments, core, log: data.join("server.log") }
    }

    /// Starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// In words, with its error output.
    pub fn start(&self) -> Result<Server, String> {
        let log = File::options().create(true).append(true).open(&self.log);
        let log = log.map_err(|error| format!("{}: {error}", self.log.display()))?;
        let mut command = match self.core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.arg("-c").arg(core.to_string()).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        command.env_remove("DRAWBRIDGE_DATABASE").env_remove("DRAWBRIDGE_DATA").env_remove("DRAWBRIDGE_LISTEN");
        let child = command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = child.map_err(|error| format!("{}: {error}", self.binary.display()))?;
        match listening(&mut child) {
            Some(address) => Ok(Server { child, address }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                let said = std::fs::read_to_string(&self.log).unwrap_or_default();
                Err(format!("{} did not start:\n{said}", self.binary.display()))
            }
        }
    }
}

/// The first address in the program's output. The rest of the output is read and dropped, so that it never blocks.
fn listening(child: &mut Child) -> Option<SocketAddr> {
    let mut output = BufReader::new(child.stdout.take()?);
    let mut line = String::new();
    loop {
        line.clear();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(address) = line.trim().strip_prefix("listening on http://").and_then(|text| text.parse().ok()) {
            std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            return Some(address);
        }
    }
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// SIGKILL, and waits until the process is gone.
    pub fn kill(&mut self) {
        // Both fail only if it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and waits until it has ended by itself.
    ///
    /// # Errors
    /// If it still runs after 60 seconds.
    pub fn stop(mut self) -> Result<(), String> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        asked.map_err(|error| format!("kill: {error}"))?;
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err("the server did not end within 60 seconds of SIGTERM".to_owned())
    }

    /// Resident memory in KiB; 0 if the system does not tell.
    #[must_use]
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// Processor time used so far, user and system together.
    #[must_use]
    pub fn processor_time(&self) -> Duration {
        processor_time(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Processor time of a process (`self` for the own one); zero if the system does not tell.
#[must_use]
pub fn processor_time(process: &str) -> Duration {
    /// Linux counts in hundredths of a second towards programs, on every machine.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; what follows it does not.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks: u32 = [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u32>().ok()).sum();
    TICK * ticks
}
