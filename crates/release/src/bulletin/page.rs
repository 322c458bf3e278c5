//! The page: chapters in the order of the outline, rendered from `templates/`.

use minijinja::{Environment, context};
use serde::Serialize;

use super::answers;
use super::block::Block;
use super::edition::{Edition, Language};
use super::notes;
use super::outline::{ANSWERS, CHAPTERS, REST, Title, UNKNOWN};
use super::view::View;
use crate::error::ReleaseError;
use crate::table::ReleasedTable;

/// A chapter with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Chapter {
    number: String,
    title: String,
    blocks: Vec<Block>,
}

const TEMPLATES: [(&str, &str); 6] = [
    ("page.html", include_str!("templates/page.html")),
    ("chart.html", include_str!("templates/chart.html")),
    ("grid.html", include_str!("templates/grid.html")),
    ("prose.zh.html", include_str!("templates/prose.zh.html")),
    ("prose.en.html", include_str!("templates/prose.en.html")),
    ("style.css", include_str!("templates/style.css")),
];

/// The bulletin in one language: one HTML page that needs nothing else.
///
/// `tables` are those of the edition's year; what is restricted among them is left out, but for what offices answered. A table of `earlier` that bears
/// the same name, is of the year before and counts in the same way gives the changes; others are not looked at.
///
/// # Errors
/// [`ReleaseError::Page`] if a template is not sound.
pub fn bulletin(
    language: Language,
    edition: &Edition,
    tables: &[ReleasedTable],
    earlier: &[ReleasedTable],
) -> Result<String, ReleaseError> {
    let answers = answers::block(tables, edition, language);
    let mut tables: Vec<&ReleasedTable> = tables.iter().filter(|table| !table.definition.restricted).collect();
    tables.sort_by_key(|table| place(&table.definition.name));
    let chapters = chapters(&tables, earlier, (edition, answers), language);
    let prose = language.pick("prose.zh.html", "prose.en.html");
    let environment = environment(language)?;
    let page = environment.get_template("page.html")?;
    Ok(page.render(context! {
        lang => language.tag(),
        prose,
        year => edition.year,
        place => language.text(&edition.place),
        publisher => language.text(&edition.publisher),
        version => edition.version,
        finality => language.finality(edition.finality),
        is_final => edition.finality == super::edition::Finality::Final,
        accepted_until => language.date(edition.accepted_until),
        published_on => edition.published_on.map(|day| language.date(day)),
        protection => edition.protection.as_ref().map(|text| language.text(text)),
        change_note => edition.change_note.as_ref().map(|text| language.text(text)),
        prepared => edition.signatures.prepared,
        reviewed => edition.signatures.reviewed,
        responsible => edition.signatures.responsible,
        definitions => notes::definitions(&tables, language),
        statuses => notes::statuses(&tables, language),
        chapters,
    })?)
}

/// Where a table stands in the outline; those that it does not know come last, by name.
fn place(name: &str) -> (usize, String) {
    let entries = CHAPTERS.iter().flat_map(|chapter| chapter.entries);
    let known = entries.enumerate().find(|(_, entry)| entry.table == name);
    known.map_or_else(|| (usize::MAX, name.to_owned()), |(place, _)| (place, String::new()))
}

fn environment(language: Language) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    // Both languages of a short text stand beside each other in the templates.
    environment.add_function("t", move |zh: String, en: String| match language {
        Language::Zh => zh,
        Language::En => en,
    });
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

fn chapters(
    tables: &[&ReleasedTable],
    earlier: &[ReleasedTable],
    (edition, answers): (&Edition, Option<Block>),
    language: Language,
) -> Vec<Chapter> {
    let mut chapters: Vec<(Title, Vec<Block>)> = Vec::new();
    for chapter in CHAPTERS {
        let mut blocks = Vec::new();
        for entry in chapter.entries {
            let table = tables.iter().find(|table| table.definition.name == entry.table);
            let view = table.and_then(|table| View::new(table, earlier));
            blocks.push(match view {
                Some(view) => Block::new(&view, *entry, edition, language),
                None => Block::absent(*entry, language),
            });
        }
        chapters.push((chapter.title, blocks));
    }
    let is_known = |name: &str| CHAPTERS.iter().flat_map(|chapter| chapter.entries).any(|entry| entry.table == name);
    let rest = tables.iter().filter(|table| !is_known(&table.definition.name));
    let views = rest.filter_map(|table| View::new(table, earlier));
    chapters.push((ANSWERS, answers.into_iter().collect()));
    chapters.push((REST, views.map(|view| Block::new(&view, UNKNOWN, edition, language)).collect()));
    chapters.retain(|(_, blocks)| !blocks.is_empty());
    let numbered = chapters.into_iter().zip(1..).map(|((title, blocks), number)| Chapter {
        number: language.ordinal(number),
        title: language.pick(title.zh, title.en).to_owned(),
        blocks,
    });
    numbered.collect()
}
