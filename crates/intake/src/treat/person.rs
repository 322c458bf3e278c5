//! The person block: who a row is about, whether it may leave, and the two tokens of a person.

use chrono::{Datelike, NaiveDate};
use yilian_contract::Subject;
use yilian_token::Tokeniser;

use super::named::Named;
use super::recall::{Asked, PersonTokens};
use super::{Shared, Worker};
use crate::canonical::{CanonicalId, IdQuality, NoId, canonical_id};
use crate::cell::{self, CodeTable, Precision, days_from_civil};
use crate::damage::Damage;
use crate::finding::FindingKind;
use crate::header;
use crate::layout::Field;
use crate::memo::{Meaning, Memo};
use crate::name::{self, canonical_name};
use crate::reject::{NO_COLUMN, Reason};
use crate::source::Cells;
use crate::totals::Fate;

/// Older people are those of this age on 31 December of the period's year.
const AGE: i32 = 60;
/// Text with which a cell below the last row begins.
const FOOTERS: [&str; 24] = [
    "合计",
    "总计",
    "小计",
    "累计",
    "共计",
    "本页",
    "制表",
    "填表",
    "填报",
    "制单",
    "审核",
    "复核",
    "核对",
    "经办",
    "负责人",
    "单位负责人",
    "单位盖章",
    "单位(盖章)",
    "联系电话",
    "打印",
    "备注",
    "说明",
    "注:",
    "栏次",
];
/// A row with so many digits where its ID number should be is about a person, whatever it begins with.
const DIGITS_OF_AN_ID: usize = 12;

/// The people of the part under way.
pub(crate) struct People {
    ids: Vec<CanonicalId>,
    /// Day of birth for the name token; `None` if it is not known to the day.
    births: Vec<Option<NaiveDate>>,
    /// `1` or `2` for the name token, 0 if unknown.
    sexes: Vec<u8>,
    sex_memo: Memo,
    birth_memo: Memo,
}

/// Sex and birth as the columns say.
struct Written {
    sex: Option<u8>,
    birth: Option<(NaiveDate, Precision)>,
}

impl People {
    pub(crate) fn new() -> Self {
        Self::with_sizes(6, 12)
    }

    /// A stand-in that is never asked.
    pub(crate) fn empty() -> Self {
        Self::with_sizes(1, 1)
    }

    fn with_sizes(sexes: u32, births: u32) -> Self {
        Self {
            ids: Vec::new(),
            births: Vec::new(),
            sexes: Vec::new(),
            sex_memo: Memo::new(sexes),
            birth_memo: Memo::new(births),
        }
    }

    pub(crate) fn is_upgraded(&self, at: usize) -> bool {
        self.ids.get(at).is_some_and(|id| id.quality() == IdQuality::Upgraded15)
    }

    pub(crate) fn is_unknown(&self, at: usize) -> bool {
        self.ids.get(at).is_none_or(|id| id.bytes().is_none())
    }

    /// Reads the block of every row and writes what of it leaves as it is.
    pub(crate) fn read(&mut self, worker: &mut Worker<'_>, cells: &Cells) -> Vec<Fate> {
        self.ids.clear();
        self.births.clear();
        self.sexes.clear();
        let shared = worker.shared;
        let Some((id_column, id_source)) = shared.person.id else {
            let fate = |record| if is_footer(cells, record) { Fate::Footer } else { Fate::Delivered };
            return (0..cells.len()).map(fate).collect();
        };
        let period_end = shared.period_end.unwrap_or(NaiveDate::MAX);
        let mut damage = Damage::default();
        let mut fates = Vec::with_capacity(cells.len());
        for record in 0..cells.len() {
            let text = cells.get(record, id_source);
            let id = canonical_id(text, period_end);
            let repeated = || shared.contract.column("id_number").is_some_and(|column| header::repeats(column, text));
            if id.bytes().is_none() && !is_about_a_person(text) && (is_footer(cells, record) || repeated()) {
                self.push(canonical_id("", period_end), None, 0);
                fates.push(Fate::Footer);
                continue;
            }
            damage.look(text.as_bytes());
            if let Some(kind) = finding(id.quality()) {
                worker.find(cells, record, id_column, kind);
            }
            if id.bytes().is_some_and(|id| text.as_bytes() != id) && id.quality() != IdQuality::Upgraded15 {
                worker.find(cells, record, id_column, FindingKind::IdRewritten);
            }
            look_at_name(worker, cells, record);
            fates.push(self.row(worker, cells, record, id));
        }
        worker.add_damage(id_column, damage);
        fates
    }

    fn push(&mut self, id: CanonicalId, birth: Option<NaiveDate>, sex: u8) {
        self.ids.push(id);
        self.births.push(birth);
        self.sexes.push(sex);
    }

    fn row(&mut self, worker: &mut Worker<'_>, cells: &Cells, record: usize, id: CanonicalId) -> Fate {
        let shared = worker.shared;
        let written = self.written(worker, cells, record, &id);
        let birth = id.birth().map(|birth| (birth, Precision::Day)).or(written.birth);
        let sex = id.sex().or(written.sex);
        let day = birth.and_then(|(birth, precision)| (precision == Precision::Day).then_some(birth));
        self.push(id, day, sex.filter(|sex| matches!(sex, 1 | 2)).unwrap_or(0));
        shared.person.put(worker.record(record), sex, birth.map(|(birth, _)| birth), id.quality());
        if id.bytes().is_some_and(|id| shared.excluded.contains(id)) {
            return Fate::Excluded;
        }
        let id_column = shared.person.id.map_or(NO_COLUMN, |(column, _)| column);
        if self.ids.last().and_then(CanonicalId::bytes).is_some_and(|id| shared.canaries.contains(id)) {
            worker.reject(cells, record, id_column, Reason::Canary);
        }
        let (Subject::Person | Subject::Bridge, Some(period_end)) = (shared.contract.subject, shared.period_end) else {
            return Fate::Delivered;
        };
        if shared.contract.subject == Subject::Bridge && self.ids.last().is_none_or(|id| id.bytes().is_none()) {
            worker.reject(cells, record, id_column, Reason::NoToken);
        }
        match birth {
            None => {
                worker.reject(cells, record, id_column, Reason::AgeUnknown);
                Fate::Delivered
            }
            Some((birth, _)) if birth.year() + AGE > period_end.year() => Fate::OutOfScope,
            Some(_) => Fate::Delivered,
        }
    }

    /// Reads the columns sex and birth date and compares them with the ID.
    fn written(&mut self, worker: &mut Worker<'_>, cells: &Cells, record: usize, id: &CanonicalId) -> Written {
        let mut written = Written { sex: None, birth: None };
        if let Some((column, source, table)) = &worker.shared.person.sex {
            let span = cells.span(record, *source);
            match self.sex_memo.meaning(cells.bytes(), span, || (sex(table, cells.text(span.0, span.1)), None)) {
                (Meaning::Value(value, _), _) => written.sex = u8::try_from(value).ok(),
                (Meaning::Bad(_), _) => worker.find(cells, record, *column, FindingKind::SexUnreadable),
                (Meaning::None, _) => {}
            }
            if let (Some(own), Some(said @ (1 | 2))) = (id.sex(), written.sex)
                && own != said
            {
                worker.find(cells, record, *column, FindingKind::SexDiffers);
            }
        }
        if let Some((column, source)) = worker.shared.person.birth {
            let span = cells.span(record, source);
            if id.bytes().is_some_and(|id| is_same_day(id, cells.text(span.0, span.1).as_bytes())) {
                return written;
            }
            match self.birth_memo.meaning(cells.bytes(), span, || (birth(cells.text(span.0, span.1)), None)) {
                (Meaning::Value(days, precision), _) => {
                    let date = NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).unwrap_or(0) + 719_163);
                    let precision = if precision == 0 { Precision::Day } else { Precision::Month };
                    written.birth = date.map(|date| (date, precision));
                }
                (Meaning::Bad(_), _) => worker.find(cells, record, column, FindingKind::BirthUnreadable),
                (Meaning::None, _) => {}
            }
            if let (Some(own), Some((said, precision))) = (id.birth(), written.birth)
                && !agree(own, said, precision)
            {
                worker.find(cells, record, column, FindingKind::BirthDiffers);
            }
        }
        written
    }

    /// Makes the tokens of the rows that leave.
    pub(crate) fn tokenise(&self, shared: &Shared<'_>, cells: &Cells, fates: &[Fate], records: &mut [u8]) {
        let (Some(tokens), Some(first)) = (&shared.tokens, &shared.person.token) else { return };
        if let (Some(second), Some(next)) = (&shared.person.next_token, &tokens.next_person) {
            return self.bridge([(first, &tokens.person), (second, next)], shared.layout.width, (fates, records));
        }
        let label = if shared.contract.subject == Subject::Worker { &tokens.worker } else { &tokens.person };
        let second = shared.person.name_token.as_ref();
        let named: Vec<_> = (0..cells.len()).map(|at| second.and_then(|_| self.named(shared, cells, at))).collect();
        let mut asked = Vec::with_capacity(cells.len());
        let rows = fates.iter().zip(&self.ids).zip(&named).zip(records.chunks_exact_mut(shared.layout.width));
        for (((_, id), named), record) in rows.filter(|(((fate, _), _), _)| **fate == Fate::Delivered) {
            if let Some(id) = id.bytes() {
                asked.push(((record, named), Asked { id, name: named.as_ref().map(|named| &*named.name) }));
            } else if let (Some(second), Some(named)) = (second, named) {
                second.put_token(record, &named.token(&tokens.name));
            }
        }
        let put = |record: &mut [u8], tokens: &PersonTokens| {
            first.put_token(record, &tokens.person);
            if let (Some(second), Some(token)) = (second, &tokens.name) {
                second.put_token(record, token);
            }
        };
        let unknown = shared.recall.split(asked, |(record, _), tokens| put(record, tokens));
        let mut made: Vec<(Asked<'_>, PersonTokens)> = Vec::with_capacity(unknown.len());
        for ((record, named), asked) in unknown {
            // The rows of a person often stand together.
            let tokens = match made.last() {
                Some((last, tokens)) if *last == asked => *tokens,
                _ => PersonTokens {
                    person: label.token(&[asked.id]),
                    name: named.as_ref().map(|named| named.token(&tokens.name)),
                },
            };
            put(record, &tokens);
            made.push((asked, tokens));
        }
        shared.recall.remember(made);
    }

    /// Makes the tokens of the present and of the next link key.
    fn bridge(&self, made: [(&Field, &Tokeniser<'_>); 2], width: usize, (fates, records): (&[Fate], &mut [u8])) {
        for ((fate, id), record) in fates.iter().zip(&self.ids).zip(records.chunks_exact_mut(width)) {
            if let (Fate::Delivered, Some(id)) = (fate, id.bytes()) {
                for (field, tokeniser) in made {
                    field.put_token(record, &tokeniser.token(&[id]));
                }
            }
        }
    }

    /// What the name token of a row is made of; `None` if a part of it is not known.
    fn named<'c>(&self, shared: &Shared<'_>, cells: &'c Cells, at: usize) -> Option<Named<'c>> {
        let (_, source) = shared.person.name?;
        let name = canonical_name(cells.get(at, source))?;
        let birth = self.births.get(at).copied().flatten()?;
        let sex = self.sexes.get(at).copied().filter(|sex| *sex != 0)?;
        (!name::is_unreadable(&name)).then_some(Named { name, birth, sex })
    }
}

fn sex(table: &CodeTable, text: &str) -> Meaning {
    match table.read(text) {
        Ok(None) => Meaning::None,
        Ok(Some(at)) => match table.codes().get(at).and_then(|code| code.parse().ok()) {
            Some(code) => Meaning::Value(code, 0),
            None => Meaning::Bad(Reason::Code),
        },
        Err(reason) => Meaning::Bad(reason),
    }
}

fn birth(text: &str) -> Meaning {
    match cell::birth(text) {
        Ok(None) => Meaning::None,
        Ok(Some((date, precision))) => {
            Meaning::Value(days_from_civil(date).into(), u8::from(precision == Precision::Month))
        }
        Err(reason) => Meaning::Bad(reason),
    }
}

/// Whether the cell is, digit by digit, the birth date of the ID; most are, and need no reading.
fn is_same_day(id: &[u8; 18], cell: &[u8]) -> bool {
    let [_, _, _, _, _, _, own @ .., _, _, _, _] = id;
    match <&[u8; 10]>::try_from(cell) {
        Ok([y1, y2, y3, y4, _, m1, m2, _, d1, d2]) => [*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2] == *own,
        Err(_) => cell == own,
    }
}

fn agree(own: NaiveDate, said: NaiveDate, precision: Precision) -> bool {
    match precision {
        Precision::Day => own == said,
        Precision::Month => own.with_day(1) == said.with_day(1),
    }
}

fn finding(quality: IdQuality) -> Option<FindingKind> {
    Some(match quality {
        IdQuality::Valid18 => return None,
        IdQuality::Upgraded15 => FindingKind::Upgraded15,
        IdQuality::ResidencePermit => FindingKind::ResidencePermit,
        IdQuality::None(NoId::Empty) => FindingKind::IdEmpty,
        IdQuality::None(NoId::Length) => FindingKind::IdLength,
        IdQuality::None(NoId::Character) => FindingKind::IdCharacter,
        IdQuality::None(NoId::BirthDate) => FindingKind::IdBirthDate,
        IdQuality::None(NoId::CheckCharacter) => FindingKind::IdCheckCharacter,
        IdQuality::None(NoId::Placeholder) => FindingKind::IdPlaceholder,
        IdQuality::None(NoId::Centenarian15) => FindingKind::Centenarian15,
    })
}

fn is_about_a_person(id: &str) -> bool {
    id.chars().filter(|c| c.is_numeric()).count() >= DIGITS_OF_AN_ID
}

/// Finds what makes a name weak evidence.
fn look_at_name(worker: &mut Worker<'_>, cells: &Cells, record: usize) {
    let Some((column, source)) = worker.shared.person.name else { return };
    for kind in name::oddities(cells.get(record, source)) {
        worker.find(cells, record, column, kind);
    }
}

/// Whether the first filled cell is one of those below a table: a sum, a signature, a remark.
fn is_footer(cells: &Cells, record: usize) -> bool {
    let first = (0..cells.width()).map(|column| cells.get(record, column)).find(|cell| !cell.is_empty());
    first.is_some_and(|cell| {
        let text: String = cell::folded(cell).split_whitespace().collect();
        FOOTERS.iter().any(|footer| text.starts_with(footer))
    })
}
