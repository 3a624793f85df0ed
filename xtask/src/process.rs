//! Running other programs: their output is shown as it comes and kept for reading their summaries.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a program printed and whether it ended well.
pub struct Outcome {
    /// True when the exit status is zero.
    pub success: bool,
    /// Everything it wrote to both outputs, line by line as it came.
    pub output: String,
}

/// Cargo as the one that runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::workspace::root());
    command
}

/// Runs a program to its end, showing its output.
pub fn run(command: &mut Command) -> Outcome {
    run_with(command, true)
}

/// Runs a program to its end, keeping its output to ourselves.
pub fn run_quietly(command: &mut Command) -> Outcome {
    run_with(command, false)
}

fn run_with(command: &mut Command, shown: bool) -> Outcome {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let output = format!("{}: {error}", command.get_program().to_string_lossy());
            eprintln!("{output}");
            return Outcome { success: false, output };
        }
    };
    let kept = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|stream| copy_lines(stream, &kept, shown)),
        child.stderr.take().map(|stream| copy_lines(stream, &kept, shown)),
    ];
    let success = child.wait().is_ok_and(|status| status.success());
    for reader in readers.into_iter().flatten() {
        // A reader that panicked lost some lines; the exit status still counts.
        let _ = reader.join();
    }
    let output = kept.lock().map(|text| text.clone()).unwrap_or_default();
    Outcome { success, output }
}

fn copy_lines(stream: impl Read + Send + 'static, kept: &Arc<Mutex<String>>, shown: bool) -> JoinHandle<()> {
    let kept = Arc::clone(kept);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if shown {
                // Whoever reads us may have gone; the tests still run to their end.
                let _ = writeln!(std::io::stdout(), "{line}");
            }
            if let Ok(mut text) = kept.lock() {
                text.push_str(&line);
                text.push('\n');
            }
        }
    })
}

/// Asks a child to end with the named signal and waits; kills it when it does not within the time given.
///
/// True when it ended by itself.
pub fn stop(child: &mut Child, signal: &str, patience: Duration) -> bool {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return true;
    }
    run_quietly(Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()));
    let ended = until(patience, || matches!(child.try_wait(), Ok(Some(_))).then_some(()));
    if ended.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    ended.is_some()
}

/// Asks again and again until there is an answer or the time is over.
pub fn until<T>(patience: Duration, mut answer: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(value) = answer() {
            return Some(value);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
