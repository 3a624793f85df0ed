//! The command line.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use api::core::sandboxes;
use clap::{Parser, Subcommand};
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::wiring::{self, Running, StartError, Surroundings};
use crate::{ach, books};

/// Bank linking and ACH that you run yourself, behind the Stripe API
#[derive(Debug, Parser)]
#[command(name = "drawbridge", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests (what happens without a command)
    Serve,
    /// Show the keys of the local sandbox
    Keys {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make an account and show its keys, once
    CreateAccount {
        /// The business's name, as people see it when they link a bank
        #[arg(long)]
        name: String,
        /// With keys for live mode as well; unknown test keys then open no sandboxes any more
        #[arg(long)]
        live: bool,
    },
    /// Show, check, convert and merge Nacha (ACH) files; needs neither data nor a server
    #[command(subcommand)]
    Ach(ach::Command),
    /// Look after the books: every movement of money of every account
    #[command(subcommand)]
    Ledger(books::Command),
}

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { command, config } = Cli::parse();
    match command.unwrap_or(Command::Serve) {
        Command::Serve => on_runtime(serve(&config)),
        Command::Keys { json } => on_runtime(keys(&config, json)),
        Command::CreateAccount { name, live } => on_runtime(create_account(&config, &name, live)),
        Command::Ach(command) => on_files(&command),
        Command::Ledger(books::Command::Check) => on_runtime(check_books(&config)),
    }
}

/// Runs a command that opens the data.
fn on_runtime(work: impl Future<Output = Result<(), StartError>>) -> ExitCode {
    let filter = EnvFilter::try_from_env("DRAWBRIDGE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&StartError(error.to_string())),
    };
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Runs a command on Nacha files.
fn on_files(command: &ach::Command) -> ExitCode {
    let mut output = BufWriter::new(std::io::stdout().lock());
    let streams =
        ach::Streams { input: &mut std::io::stdin().lock(), output: &mut output, messages: &mut std::io::stderr().lock() };
    ach::run(command, streams).into()
}

fn fail(error: &StartError) -> ExitCode {
    eprintln!("drawbridge: {error}");
    ExitCode::FAILURE
}

async fn serve(config: &Config) -> Result<(), StartError> {
    let running = wiring::start(config, Surroundings::default(), wiring::metrics()).await?;
    greet(&running);
    running.serve(stopped()).await;
    Ok(())
}

fn greet(running: &Running) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "listening on {}", running.base_url);
    if let Some(keys) = &running.keys {
        let _ = writeln!(out, "secret key       {}", keys.secret_key);
        let _ = writeln!(out, "publishable key  {}", keys.publishable_key);
    }
    let _ = writeln!(out, "open {}/ in a browser", running.base_url);
    let _ = out.flush();
}

/// Waits for an interrupt or the signal to end.
async fn stopped() {
    let mut ended = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(ended) => ended,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}

async fn keys(config: &Config, as_json: bool) -> Result<(), StartError> {
    let core = wiring::open_core(config, &Surroundings::default()).await?;
    let pair = sandboxes::kept_keys(&core).await.map_err(|error| StartError(format!("{error:?}")))?;
    let pair = pair.ok_or_else(|| StartError("this data has no local sandbox; start `drawbridge serve` once".into()))?;
    if as_json {
        let base_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
        println!(
            "{}",
            json!({"account": pair.account, "base_url": base_url, "publishable_key": pair.publishable_key, "secret_key": pair.secret_key})
        );
    } else {
        println!("secret key       {}\npublishable key  {}", pair.secret_key, pair.publishable_key);
    }
    core.store.close().await;
    Ok(())
}

async fn check_books(config: &Config) -> Result<(), StartError> {
    let core = wiring::open_core(config, &Surroundings::default()).await?;
    let wrong = books::check(&core).await.map_err(|error| StartError(format!("{error:?}")))?;
    core.store.close().await;
    for one in &wrong {
        println!("{one}");
    }
    match wrong.len() {
        0 => {
            println!("the books are right");
            Ok(())
        }
        count => Err(StartError(format!("the books disagree in {count} places"))),
    }
}

async fn create_account(config: &Config, name: &str, live: bool) -> Result<(), StartError> {
    let own = |error: kernel::ApiError| StartError(format!("{error:?}"));
    let core = wiring::open_core(config, &Surroundings::default()).await?;
    let test = sandboxes::create_account(&core, name, false, false).await.map_err(own)?;
    println!("account          {}", test.account);
    println!("secret key       {}\npublishable key  {}", test.secret_key, test.publishable_key);
    if live {
        let live = sandboxes::add_keys(&core, &test.account, name, true, false).await.map_err(own)?;
        println!("live secret key  {}\nlive publishable {}", live.secret_key, live.publishable_key);
    }
    println!("These keys are shown only now; the server keeps their hashes.");
    core.store.close().await;
    Ok(())
}
