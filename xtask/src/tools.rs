//! Programs that the tests need and that are not ours: finding them, and installing them where that is allowed.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::process;

/// A program that tests need.
pub struct Tool {
    /// What people call it.
    pub name: &'static str,
    /// Names of its executable, the usual one first.
    pub executables: &'static [&'static str],
    /// Directories to look in besides `PATH`; a `*` stands for any version.
    pub directories: &'static [&'static str],
    /// Debian packages that bring it.
    pub packages: &'static [&'static str],
    /// Environment variable that names the executable and goes before everything else.
    pub variable: Option<&'static str>,
}

/// Runs the Node suites.
pub const NODE: Tool =
    Tool { name: "Node.js", executables: &["node"], directories: &[], packages: &["nodejs", "npm"], variable: None };
/// Installs the Node suites' packages.
pub const NPM: Tool = Tool { name: "npm", executables: &["npm"], ..NODE };
/// Runs the Python suites.
pub const PYTHON: Tool = Tool {
    name: "Python 3",
    executables: &["python3"],
    directories: &[],
    packages: &["python3", "python3-venv"],
    variable: None,
};
/// Drives the pages.
pub const CHROMIUM: Tool = Tool {
    name: "Chromium",
    executables: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    directories: &["/Applications/Chromium.app/Contents/MacOS"],
    packages: &["chromium"],
    variable: Some("DRAWBRIDGE_CHROMIUM"),
};
/// Makes a PostgreSQL cluster; the server's own programs lie beside it.
pub const POSTGRES: Tool = Tool {
    name: "PostgreSQL",
    executables: &["initdb"],
    directories: &["/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin"],
    packages: &["postgresql"],
    variable: None,
};

/// Finds a tool; when it is absent, says so and tries to install it if we are root on a Debian system.
pub fn require(tool: &Tool) -> Option<PathBuf> {
    if let Some(path) = find(tool) {
        return Some(path);
    }
    println!("{} is not installed ({}).", tool.name, tool.executables.join(", "));
    let packages = tool.packages.join(" ");
    if !is_root() || on_path("apt-get").is_none() {
        println!("Install it to run these tests; on Debian: apt-get install {packages}");
        return None;
    }
    println!("Installing it system-wide: apt-get install {packages}");
    install(tool.packages);
    let found = find(tool);
    if found.is_none() {
        println!("{} is still missing.", tool.name);
    }
    found
}

/// Installs Debian packages; false when that fails.
pub fn install(packages: &[&str]) -> bool {
    static UPDATED: AtomicBool = AtomicBool::new(false);
    let apt = |arguments: &[&str]| {
        process::run_quietly(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if !UPDATED.swap(true, Ordering::Relaxed) {
        apt(&["update"]);
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    let outcome = apt(&arguments);
    if !outcome.success {
        println!("{}", outcome.output);
    }
    outcome.success
}

/// True when we may install packages and must not run PostgreSQL as ourselves.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn find(tool: &Tool) -> Option<PathBuf> {
    let named = tool.variable.and_then(std::env::var_os).map(PathBuf::from);
    named
        .or_else(|| tool.executables.iter().find_map(|name| on_path(name)))
        .or_else(|| tool.directories.iter().find_map(|pattern| in_versions(pattern, tool)))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// Looks into the directory with the highest version in place of the `*`.
fn in_versions(pattern: &str, tool: &Tool) -> Option<PathBuf> {
    let Some((start, end)) = pattern.split_once('*') else {
        return tool.executables.iter().map(|name| Path::new(pattern).join(name)).find(|p| p.is_file());
    };
    let (parent, prefix) = start.rsplit_once('/')?;
    let mut versions: Vec<(u32, String)> = std::fs::read_dir(parent)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some((name.strip_prefix(prefix)?.parse().ok()?, name)))
        .collect();
    versions.sort();
    versions
        .iter()
        .rev()
        .flat_map(|(_, name)| {
            let directory = format!("{parent}/{name}{end}");
            tool.executables.iter().map(move |executable| Path::new(&directory).join(executable))
        })
        .find(|path| path.is_file())
}
