//! What does not fit in a definition, all of it at once.

use crate::definition::{Dimension, Group, Measure, Ratio, TableDefinition, Unit};
use crate::error::Fault;

/// The word for all categories of a dimension together.
pub(crate) const TOTAL: &str = "total";

/// Columns that every released table has.
const COLUMNS: [&str; 6] = ["region", "level", "measure", "value", "status", "year"];

impl TableDefinition {
    /// Everything that contradicts itself, in the order of the file; empty where it is sound.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.check_names(&mut faults);
        for dimension in &self.dimensions {
            check_dimension(&mut faults, dimension);
        }
        for measure in &self.measures {
            self.check_measure(&mut faults, measure);
        }
        if self.counted().next().is_none() {
            faults.push(Fault::contradiction("measures", "none of them is counted; a ratio needs two that are"));
        }
        faults
    }

    fn check_names(&self, faults: &mut Vec<Fault>) {
        let dimensions = self.dimensions.iter().map(|dimension| ("dimension", dimension.name.as_str()));
        let measures = self.measures.iter().map(|measure| ("measure", measure.name.as_str()));
        let mut seen = COLUMNS.to_vec();
        for (what, name) in dimensions.chain(measures) {
            if seen.contains(&name) {
                faults.push(Fault::repeated("the columns of the table", what, name));
            }
            seen.push(name);
        }
        repeated(faults, "departments", "department", self.departments.iter().map(String::as_str));
        repeated(faults, "datasets", "dataset", self.datasets.iter().map(String::as_str));
    }

    fn check_measure(&self, faults: &mut Vec<Fault>, measure: &Measure) {
        let place = format!("measure `{}`", measure.name);
        match (&measure.ratio, measure.unit.is_of_ratios()) {
            (None, true) => faults.push(Fault::contradiction(
                &place,
                "its unit is that of a ratio; say of what to what, or give what is counted",
            )),
            (Some(_), false) => {
                faults.push(Fault::contradiction(&place, "a ratio is in percent, per_thousand or yuan_each"));
            }
            _ => {}
        }
        if let Some(ratio) = &measure.ratio {
            self.check_ratio(faults, &place, (measure.unit, ratio));
        }
        if let Some(whole) = &measure.part_of {
            self.check_part(faults, &place, (measure, whole));
        }
    }

    fn check_ratio(&self, faults: &mut Vec<Fault>, place: &str, (unit, ratio): (Unit, &Ratio)) {
        let [of, to] = [&ratio.of, &ratio.to].map(|name| {
            let found = self.counted().find(|measure| measure.name == *name);
            if found.is_none() {
                let counted = self.counted().map(|measure| measure.name.as_str());
                faults.push(Fault::unknown(place, "counted measure", name, counted));
            }
            found.map(|measure| measure.unit)
        });
        let (Some(of), Some(to)) = (of, to) else { return };
        let money = |unit: Unit| unit == Unit::Yuan;
        let fits = match unit {
            Unit::YuanEach => money(of) && !money(to),
            Unit::PerThousand => !money(of) && !money(to) && of != Unit::Hour && to != Unit::Hour,
            _ => money(of) == money(to) && (of == Unit::Hour) == (to == Unit::Hour),
        };
        if !fits {
            faults.push(Fault::contradiction(place, "the units of its two measures do not make this ratio"));
        }
    }

    fn check_part(&self, faults: &mut Vec<Fault>, place: &str, (measure, whole): (&Measure, &String)) {
        if measure.ratio.is_some() {
            faults.push(Fault::contradiction(place, "a ratio is part of nothing"));
            return;
        }
        let others = || self.counted().filter(|other| other.name != measure.name);
        match others().find(|other| other.name == *whole) {
            None => {
                faults.push(Fault::unknown(place, "counted measure", whole, others().map(|other| other.name.as_str())));
            }
            Some(other) if other.unit != measure.unit => {
                faults.push(Fault::contradiction(place, "it is part of a measure with another unit"));
            }
            Some(_) if self.leads_back(measure) => {
                faults.push(Fault::contradiction(place, "it is part of something that is part of it"));
            }
            Some(_) => {}
        }
    }

    /// Whether the wholes of a measure come to no end.
    fn leads_back(&self, measure: &Measure) -> bool {
        let mut current = Some(measure);
        for _ in 0..=self.measures.len() {
            let Some(whole) = current.and_then(|measure| measure.part_of.as_deref()) else { return false };
            current = self.measure(whole);
        }
        true
    }
}

fn check_dimension(faults: &mut Vec<Fault>, dimension: &Dimension) {
    let place = format!("dimension `{}`", dimension.name);
    let codes = || dimension.categories.iter().map(|category| category.code.as_str());
    if dimension.categories.is_empty() {
        faults.push(Fault::contradiction(&place, "it has no categories"));
    }
    if dimension.categories.iter().any(|category| !category.of.is_empty()) {
        faults.push(Fault::contradiction(&place, "a category sums nothing; sums stand under `township`"));
    }
    let groups = dimension.township.iter().map(|group| group.code.as_str());
    repeated(faults, &place, "code", codes().chain(groups.clone()));
    if codes().chain(groups).any(|code| code.is_empty() || code == TOTAL) {
        faults.push(Fault::contradiction(
            &place,
            "a code is empty or `total`, which is kept for all categories together",
        ));
    }
    repeated(faults, &place, "sensitive category", dimension.sensitive.iter().map(String::as_str));
    for sensitive in dimension.sensitive.iter().filter(|sensitive| !codes().any(|code| code == **sensitive)) {
        faults.push(Fault::unknown(&place, "category", sensitive, codes()));
    }
    if !dimension.adds_up && !dimension.township.is_empty() {
        faults
            .push(Fault::contradiction(&place, "its categories do not add up, so the townships have no sums of them"));
    }
    for group in &dimension.township {
        check_group(faults, &place, (dimension, group));
    }
}

fn check_group(faults: &mut Vec<Fault>, place: &str, (dimension, group): (&Dimension, &Group)) {
    let place = format!("township group `{}` of {place}", group.code);
    let codes = || dimension.categories.iter().map(|category| category.code.as_str());
    if group.of.is_empty() {
        faults.push(Fault::contradiction(&place, "it sums nothing; name its categories under `of`"));
    }
    repeated(faults, &place, "category", group.of.iter().map(String::as_str));
    for part in group.of.iter().filter(|part| !codes().any(|code| code == **part)) {
        faults.push(Fault::unknown(&place, "category", part, codes()));
    }
}

fn repeated<'a>(faults: &mut Vec<Fault>, place: &str, what: &'static str, names: impl Iterator<Item = &'a str>) {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            faults.push(Fault::repeated(place, what, name));
        }
        seen.push(name);
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::TableDefinition;
    use crate::definitions::TableDefinitions;
    use crate::error::ReleaseError;

    const SOUND: &str = "title: { zh: 表, en: Table }
universe: { zh: 老年人, en: older people }
base: residence
timing: stock
departments: [civil_affairs]
datasets: [elder_register]
formula: { zh: 人数, en: a count }
dimensions:
  - name: band
    title: { zh: 年龄组, en: Age band }
    categories: [{ code: 60-64, zh: 60, en: 60 }, { code: 65-79, zh: 65, en: 65 }, { code: 80+, zh: 80, en: 80 }]
    adds_up: true
    sensitive: [80+]
    township: [{ code: 65+, zh: 65, en: 65, of: [65-79, 80+] }]
measures:
  - { name: persons, title: { zh: 人数, en: Persons }, unit: person }
  - { name: visited, title: { zh: 探访, en: Visited }, unit: person, part_of: persons }
  - { name: amount, title: { zh: 金额, en: Amount }, unit: yuan }
  - { name: rate, title: { zh: 率, en: Rate }, unit: percent, ratio: { of: visited, to: persons } }
";

    fn faults(changes: &[(&str, &str)]) -> Vec<String> {
        let text = changes.iter().fold(SOUND.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        let definition: TableDefinition = serde_saphyr::from_str(&text).unwrap();
        definition.faults().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_definition_has_no_faults() {
        assert_eq!(faults(&[]), [""; 0]);
    }

    #[test]
    fn every_kind_of_fault_is_named_with_its_place() {
        for (from, to, said) in [
            (
                "part_of: persons",
                "part_of: person",
                "measure `visited`: unknown counted measure `person`; the nearest valid one is `persons`",
            ),
            ("part_of: persons", "part_of: amount", "measure `visited`: it is part of a measure with another unit"),
            ("unit: person }", "unit: person, part_of: visited }", "it is part of something that is part of it"),
            (
                "of: visited",
                "of: visits",
                "measure `rate`: unknown counted measure `visits`; the nearest valid one is `visited`",
            ),
            ("of: visited", "of: amount", "measure `rate`: the units of its two measures do not make this ratio"),
            (
                "unit: percent",
                "unit: yuan_each",
                "measure `rate`: the units of its two measures do not make this ratio",
            ),
            ("unit: percent", "unit: person", "measure `rate`: a ratio is in percent"),
            ("unit: yuan", "unit: percent", "measure `amount`: its unit is that of a ratio"),
            ("name: amount", "name: visited", "measure `visited` stands twice"),
            ("name: amount", "name: region", "measure `region` stands twice"),
            ("code: 65-79", "code: 60-64", "dimension `band`: code `60-64` stands twice"),
            ("code: 65+", "code: 80+", "dimension `band`: code `80+` stands twice"),
            ("code: 60-64", "code: total", "a code is empty or `total`"),
            ("of: [65-79, 80+]", "of: [65-79, 80]", "unknown category `80`; the nearest valid one is `80+`"),
            ("of: [65-79, 80+]", "of: [65-79, 65-79]", "category `65-79` stands twice"),
            ("of: [65-79, 80+]", "of: []", "it sums nothing"),
            (
                "sensitive: [80+]",
                "sensitive: [81+]",
                "dimension `band`: unknown category `81+`; the nearest valid one is `80+`",
            ),
            ("adds_up: true", "adds_up: false", "the townships have no sums of them"),
            ("zh: 80, en: 80 }", "zh: 80, en: 80, of: [80+] }", "a category sums nothing"),
        ] {
            let found = faults(&[(from, to)]);
            assert!(found.iter().any(|fault| fault.contains(said)), "{to}: {found:?}");
        }
    }

    #[test]
    fn all_faults_come_at_once_and_those_of_all_files_together() {
        let folder = tempfile::tempdir().unwrap();
        let broken = SOUND.replace("of: visited", "of: visits").replace("[80+]", "[81+]");
        let unknown = SOUND.replace("timing:", "timings:");
        for (name, text) in [("b", SOUND), ("a", SOUND), ("c", &broken), ("d", &unknown)] {
            std::fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
        }
        std::fs::write(folder.path().join("a_cell.sql"), "select 1").unwrap();
        let errors = TableDefinitions::load(folder.path()).unwrap_err();
        assert!(matches!(&errors[..], [ReleaseError::Faults { .. }, ReleaseError::Definition { .. }]), "{errors:?}");
        let said = errors[0].to_string();
        assert!(said.contains("c.yaml") && said.contains("visits") && said.contains("81+"), "{said}");
        for name in ["c.yaml", "d.yaml"] {
            std::fs::remove_file(folder.path().join(name)).unwrap();
        }
        let definitions = TableDefinitions::load(folder.path()).unwrap();
        assert_eq!(definitions.names().collect::<Vec<_>>(), ["a", "b"]);
        assert!(definitions.get("bb").unwrap_err().to_string().ends_with("the nearest valid one is `b`"));
    }
}
