//! Running other programs: announced, echoed, and with what they said kept for counting.
//!
//! Nothing here knows what a program means; callers read the text and the exit status.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// What a program answered.
pub struct Said {
    pub status: ExitStatus,
    /// Standard output and standard error, in the order the lines arrived.
    pub text: String,
}

/// The folder that holds the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Cargo's target folder: the one this very program was built into, wherever that is.
///
/// # Errors
/// If the system does not tell where this program lies.
pub fn built_folder() -> Result<PathBuf> {
    let me = std::env::current_exe().context("this program does not know where it lies")?;
    me.ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .context("this program was not built by cargo")
}

/// One line for a step that begins now, with the time since the command began.
pub fn announce(step: &str) {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let seconds = BEGAN.get_or_init(Instant::now).elapsed().as_secs();
    println!("[{:02}:{:02}] {step}", seconds / 60, seconds % 60);
}

/// The program `name` in the workspace's folder.
pub fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root());
    command
}

/// Cargo itself, the one that runs us, so that toolchains do not mix.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), args);
    // What cargo told us about ourselves would make build scripts run again that a cargo typed by hand
    // has run already, and a minute of crates behind them.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_MANIFEST") || name.starts_with("CARGO_PKG_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs to the end, echoing every line as it comes.
///
/// # Errors
/// If the program cannot be started; a failing program is an answer, not an error.
pub fn listen(command: &mut Command) -> Result<Said> {
    let what = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {what}"))?;
    let (lines, heard) = std::sync::mpsc::channel();
    let out = child.stdout.take().map(|pipe| forward(pipe, lines.clone()));
    let err = child.stderr.take().map(|pipe| forward(pipe, lines));
    let mut text = String::new();
    for line in heard {
        let mut screen = std::io::stdout().lock();
        // A closed terminal must not end a test run half-way.
        let _ = writeln!(screen, "{line}");
        text.push_str(&line);
        text.push('\n');
    }
    for reader in [out, err].into_iter().flatten() {
        let _ = reader.join();
    }
    let status = child.wait().with_context(|| format!("lost sight of {what}"))?;
    Ok(Said { status, text })
}

fn forward(
    pipe: impl Read + Send + 'static,
    lines: std::sync::mpsc::Sender<String>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line)
                .trim_end_matches(['\n', '\r'])
                .to_string();
            if lines.send(text).is_err() {
                break;
            }
            line.clear();
        }
    })
}

/// Runs quietly and answers standard output, or fails with what the program complained of.
///
/// # Errors
/// If the program cannot be started or does not succeed.
pub fn quiet(command: &mut Command) -> Result<String> {
    let what = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {what}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let said = String::from_utf8_lossy(&output.stdout);
        bail!("{what} failed ({})\n{said}{complaint}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program of this name can be found on the path.
pub fn is_there(name: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
