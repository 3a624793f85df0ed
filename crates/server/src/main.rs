//! The `drawbridge` program.

use std::process::ExitCode;

/// Measured: a tenth more writes a second, because SQLite allocates with it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
