use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use rustyline::Editor;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use tokio::runtime::Handle;

use crate::answer::{Format, new_table};
use crate::complete::Words;
use crate::error::AccessError;
use crate::pager;
use crate::session::Access;

/// Settings of the prompt.
#[derive(Debug, Clone, Default)]
pub struct PromptOptions {
    /// Where questions are remembered; `None` remembers them for this session alone.
    pub history: Option<PathBuf>,
    /// How answers are written.
    pub format: Format,
}

const HELP: &str = "\
SELECT …;        ask; a question may span lines and ends with ;
\\d               the tables
\\d TABLE         the columns of a table
\\timing          say how long an answer took, or stop saying so
\\h               this help
\\q               leave (also Ctrl-D)
";

/// What the Tab key offers of them.
const COMMANDS: [&str; 5] = ["\\d", "\\dt", "\\h", "\\q", "\\timing"];

/// What a line of the prompt asks for.
#[derive(Debug, PartialEq, Eq)]
enum Entry<'a> {
    Tables,
    Columns(&'a str),
    Help,
    Timing,
    Quit,
    UnknownCommand,
    Question(&'a str),
}

/// Asks and answers until the asker leaves; mistakes are said and the prompt goes on.
pub fn prompt(
    access: &Access,
    runtime: &Handle,
    options: &PromptOptions,
    out: &mut dyn Write,
) -> Result<(), AccessError> {
    let mut editor: Editor<Words, DefaultHistory> = Editor::new().map_err(unreadable)?;
    editor.set_helper(Some(Words::new(runtime.block_on(access.names()), &COMMANDS)));
    if let Some(history) = &options.history {
        // No history yet is no error.
        let _ = editor.load_history(history);
    }
    say(
        out,
        &format!(
            "{} tables for the role {}; \\h for help\n",
            access.catalogue().tables().len(),
            access.catalogue().role()
        ),
    )?;
    let mut unfinished = String::new();
    let mut timing = false;
    loop {
        let mark = if unfinished.is_empty() { "yilian> " } else { "   ...> " };
        match editor.readline(mark) {
            Ok(line) => {
                let Some(entry) = finished(&mut unfinished, &line) else { continue };
                let _ = editor.add_history_entry(entry.trim());
                let asked = Instant::now();
                match answer(access, runtime, options.format, &entry, out)? {
                    Answered::Quit => break,
                    Answered::Timing => {
                        timing = !timing;
                        say(out, if timing { "answers are timed\n" } else { "answers are not timed\n" })?;
                    }
                    Answered::GoOn if timing => say(out, &format!("{} ms\n", asked.elapsed().as_millis()))?,
                    Answered::GoOn => {}
                }
            }
            Err(ReadlineError::Interrupted) => unfinished.clear(),
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(unreadable(error)),
        }
    }
    if let Some(history) = &options.history {
        let _ = editor.save_history(history);
    }
    Ok(())
}

enum Answered {
    GoOn,
    Timing,
    Quit,
}

fn answer(
    access: &Access,
    runtime: &Handle,
    format: Format,
    entry: &str,
    out: &mut dyn Write,
) -> Result<Answered, AccessError> {
    let outcome = match understood(entry) {
        Entry::Quit => return Ok(Answered::Quit),
        Entry::Timing => return Ok(Answered::Timing),
        Entry::Help => say(out, HELP),
        Entry::UnknownCommand => say(out, "no such command; \\h for help\n"),
        Entry::Tables => say(out, &tables(access)),
        Entry::Columns(name) => {
            runtime.block_on(access.columns(name)).and_then(|columns| say(out, &columns_table(&columns)))
        }
        Entry::Question(text) => question(access, runtime, (format, text), out),
    };
    match outcome {
        Err(error @ AccessError::Output { .. }) => Err(error),
        Err(error) => {
            let hint = error.hint().map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
            say(out, &format!("error: {error}\n{hint}")).map(|()| Answered::GoOn)
        }
        Ok(()) => Ok(Answered::GoOn),
    }
}

/// Answers a question; a table, which has an end, a page at a time.
fn question(
    access: &Access,
    runtime: &Handle,
    (format, text): (Format, &str),
    out: &mut dyn Write,
) -> Result<(), AccessError> {
    let answer = runtime.block_on(access.ask(text))?;
    if format != Format::Table {
        return runtime.block_on(answer.write(format, out)).map(drop);
    }
    let mut table = Vec::new();
    runtime.block_on(answer.write(format, &mut table))?;
    pager::show(&table, out).map_err(|source| AccessError::Output { source })
}

/// Adds a line to what was typed before; `Some` when the entry is complete.
fn finished(unfinished: &mut String, line: &str) -> Option<String> {
    if unfinished.is_empty() && line.trim().is_empty() {
        return None;
    }
    let is_command = unfinished.is_empty() && line.trim_start().starts_with('\\');
    unfinished.push_str(line);
    unfinished.push('\n');
    (is_command || line.trim_end().ends_with(';')).then(|| std::mem::take(unfinished))
}

fn understood(entry: &str) -> Entry<'_> {
    let entry = entry.trim();
    let mut words = entry.split_whitespace();
    match (words.next(), words.next().map(|name| name.trim_end_matches(';'))) {
        (Some("\\q" | "exit;" | "quit;"), _) => Entry::Quit,
        (Some("\\h" | "\\?"), _) => Entry::Help,
        (Some("\\timing"), _) => Entry::Timing,
        (Some("\\d"), Some(name)) => Entry::Columns(name),
        (Some("\\d" | "\\dt"), None) => Entry::Tables,
        (Some(word), _) if word.starts_with('\\') => Entry::UnknownCommand,
        _ => Entry::Question(entry.trim_end_matches(';').trim_end()),
    }
}

fn tables(access: &Access) -> String {
    let mut table = new_table();
    table.set_header(["table", "rows", "", ""]);
    for source in access.catalogue().tables() {
        table.add_row([source.name(), source.rows.to_string(), source.title_zh.clone(), source.title_en.clone()]);
    }
    format!("{table}\n")
}

fn columns_table(columns: &[[String; 3]]) -> String {
    let mut table = new_table();
    table.set_header(["column", "type", ""]);
    for column in columns {
        table.add_row(column);
    }
    format!("{table}\n")
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), AccessError> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|source| AccessError::Output { source })
}

fn unreadable(error: ReadlineError) -> AccessError {
    AccessError::Output { source: std::io::Error::other(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_goes_on_until_its_semicolon() {
        let mut unfinished = String::new();
        assert_eq!(finished(&mut unfinished, "select 1"), None);
        assert_eq!(finished(&mut unfinished, ""), None);
        assert_eq!(finished(&mut unfinished, "  + 1; ").as_deref(), Some("select 1\n\n  + 1; \n"));
        assert!(unfinished.is_empty());
        assert_eq!(finished(&mut unfinished, "\\d person").as_deref(), Some("\\d person\n"));
    }

    #[test]
    fn commands_are_told_from_questions() {
        assert_eq!(understood("\\d hub.person;\n"), Entry::Columns("hub.person"));
        assert_eq!(understood("\\d\n"), Entry::Tables);
        assert_eq!(understood("\\x"), Entry::UnknownCommand);
        assert_eq!(understood("select 1 ;\n"), Entry::Question("select 1"));
        assert_eq!(understood("\\q"), Entry::Quit);
    }
}
