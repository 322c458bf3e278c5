use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

/// Leaves at once where everything fits, and does not wrap the rows of a table.
const LESS: &str = "less -F -R -S -X";

/// Shows a text on the terminal a page at a time, by the reader's `PAGER` or `less`; elsewhere, and without either, writes it.
pub(crate) fn show(text: &[u8], out: &mut dyn Write) -> io::Result<()> {
    if !io::stdout().is_terminal() || !paged(text)? {
        out.write_all(text)?;
        out.flush()?;
    }
    Ok(())
}

/// Whether a pager has shown the text.
fn paged(text: &[u8]) -> io::Result<bool> {
    let own = std::env::var("PAGER").unwrap_or_default();
    for pager in [own.as_str(), LESS] {
        let mut words = pager.split_whitespace();
        let Some(program) = words.next() else { continue };
        let Ok(mut pager) = Command::new(program).args(words).stdin(Stdio::piped()).spawn() else { continue };
        if let Some(mut input) = pager.stdin.take() {
            // Whoever leaves the pager early has seen enough.
            let _ = input.write_all(text);
        }
        pager.wait()?;
        return Ok(true);
    }
    Ok(false)
}
