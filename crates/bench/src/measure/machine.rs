//! On what was measured.

use std::path::Path;
use std::process::Command;

/// A line for each fact.
pub(super) fn describe(work: &Path) -> Vec<String> {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = field(&processors, "model name").unwrap_or("unknown").to_owned();
    let cores = processors.lines().filter(|line| line.starts_with("processor")).count();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory: u64 = field(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(0);
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let changed = !said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty();
    let work = work.display().to_string();
    let disk = said("df", &["--output=fstype", &work]);
    vec![
        format!("Date: {}", said("date", &["-u", "+%F"])),
        format!("Commit: {}{}", said("git", &["rev-parse", "--short", "HEAD"]), if changed { ", with changes" } else { "" }),
        format!("Processor: {model}, {cores} cores"),
        format!("Memory: {} GiB", memory.div_ceil(1024 * 1024)),
        format!("System: {}, {}", said("uname", &["-sr"]), disk.lines().last().unwrap_or("")),
        format!("Compiler: {}", said("rustc", &["--version"])),
    ]
}

fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':')).map(str::trim)
}
