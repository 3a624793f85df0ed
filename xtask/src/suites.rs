//! The suites that drive the built binary from outside: official SDKs and a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::serve::{Proxy, Server, tail};
use crate::tally::Tally;
use crate::{contract, process, tally, tools, workspace};

/// The Node SDK against a fresh server.
pub fn node() -> Result<Tally, String> {
    let (Some(node), true) = (tools::require(&tools::NODE), packages()?) else {
        return Ok(Tally::skipped());
    };
    against_server("node", true, |command| {
        *command = node_test(&node, "node");
        tally::of_node
    })
}

/// The Python SDK against a fresh server.
pub fn python() -> Result<Tally, String> {
    let Some(interpreter) = environment()? else {
        return Ok(Tally::skipped());
    };
    against_server("python", true, |command| {
        *command = Command::new(&interpreter);
        command
            .args(["-m", "unittest", "discover", "--pattern", "test_*.py"])
            .current_dir(compat().join("python"))
            .env("PYTHONDONTWRITEBYTECODE", "1");
        tally::of_unittest
    })
}

/// Every pane of the linking flow in Chromium.
pub fn browser() -> Result<Tally, String> {
    let Some(chromium) = tools::require(&tools::CHROMIUM) else {
        return Ok(Tally::skipped());
    };
    let (Some(node), true) = (tools::require(&tools::NODE), packages()?) else {
        return Ok(Tally::skipped());
    };
    against_server("browser", false, |command| {
        *command = node_test(&node, "browser");
        command.env("DRAWBRIDGE_CHROMIUM", &chromium);
        tally::of_node
    })
}

fn compat() -> PathBuf {
    workspace::root().join("tests/compat")
}

/// Starts a server, and the contract proxy where there is one, and runs one suite against them.
fn against_server(name: &str, checked: bool, prepare: impl FnOnce(&mut Command) -> fn(&str) -> Tally) -> Result<Tally, String> {
    let mut server = Server::start(name)?;
    let proxy = if checked { start_proxy(&server)? } else { None };
    let address = proxy.as_ref().map_or_else(|| server.address.clone(), Proxy::address);
    let mut command = Command::new(name);
    let count = prepare(&mut command);
    command.env("DRAWBRIDGE_URL", address).env("DRAWBRIDGE_DIRECT", &server.address);
    let outcome = process::run(&mut command);
    let mut sum = count(&outcome.output).checked(outcome.success);
    if let Some(proxy) = proxy {
        sum += judge(&proxy)?;
    } else if checked {
        println!("contract check skipped: no contract found");
        sum += Tally::skipped();
    }
    if !server.stop() {
        println!("The server did not end within 20 seconds of SIGTERM.");
        sum += Tally::one(false);
    }
    if sum.failed > 0 {
        println!("The end of the server's log ({}):\n{}", server.log.display(), tail(&server.log));
    }
    Ok(sum)
}

fn start_proxy(server: &Server) -> Result<Option<Proxy>, String> {
    let (Some(script), Some(node)) = (contract::proxy_script(), tools::require(&tools::NODE)) else {
        return Ok(None);
    };
    Proxy::start(&node, &script, &server.address).map(Some)
}

fn judge(proxy: &Proxy) -> Result<Tally, String> {
    let complaints = contract::complaints(&proxy.report()?);
    for complaint in &complaints {
        println!("contract: {complaint}");
    }
    if complaints.is_empty() {
        let count = contract::required().count();
        println!("contract: {count} endpoints exercised, no violation, no unknown field");
    }
    Ok(Tally::one(complaints.is_empty()))
}

fn node_test(node: &Path, folder: &str) -> Command {
    let mut command = Command::new(node);
    // Every wait in the suites has an end of its own; this one is for a file as a whole.
    command
        .args(["--test", "--test-reporter=spec", "--test-timeout=900000"])
        .args(workspace::files(&compat().join(folder), &[".test.mjs"]))
        .current_dir(compat());
    command
}

/// Installs the pinned packages of the Node suites; false when npm is missing.
fn packages() -> Result<bool, String> {
    let Some(npm) = tools::require(&tools::NPM) else {
        return Ok(false);
    };
    let outcome = process::run_quietly(
        Command::new(npm).args(["ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"]).current_dir(compat()),
    );
    if outcome.success { Ok(true) } else { Err(format!("npm ci failed:\n{}", outcome.output)) }
}

/// A virtual environment with the pinned packages of the Python suites; none when Python is missing.
fn environment() -> Result<Option<PathBuf>, String> {
    let Some(python) = tools::require(&tools::PYTHON) else {
        return Ok(None);
    };
    let directory = workspace::target().join("xtask").join("python");
    let interpreter = directory.join("bin/python");
    let create = || process::run_quietly(Command::new(&python).args(["-m", "venv", "--clear"]).arg(&directory));
    let usable = |interpreter: &Path| {
        interpreter.exists() && process::run_quietly(Command::new(interpreter).args(["-m", "pip", "--version"])).success
    };
    if !usable(&interpreter) && !create().success {
        println!("Python 3 cannot make virtual environments (Debian package python3-venv).");
        if !tools::is_root() || !tools::install(&["python3-venv"]) || !create().success {
            return Ok(None);
        }
    }
    let outcome = process::run_quietly(
        Command::new(&interpreter)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(compat().join("python/requirements.txt")),
    );
    if outcome.success { Ok(Some(interpreter)) } else { Err(format!("pip install failed:\n{}", outcome.output)) }
}
