//! The data structure definitions that a reader of SDMX-CSV needs: dataflows, code lists, concepts, structures.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::super::columns::{Kind, Named, codes_of};
use super::super::rows::Checked;
use super::super::{FilesError, Version, words};
use super::code::{self, dataflow_id, structure_id, upper};
use super::{AGENCY, CONF_STATUS, MEASURE, OBS_STATUS, REGION, TIME, UNIT, VALUE};
use crate::definition::Text;

pub(in super::super) const STRUCTURE: &str = "sdmx/structure.xml";

const CONCEPTS: &str = "CS_RELEASE";
const SCHEMAS: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0";
const URN: &str = "urn:sdmx:org.sdmx.infomodel";

/// Names of codes that are the release's own; the lists of SDMX say more about each.
const OBS_STATUSES: [Named<'static>; 5] = [
    Named { code: "A", zh: "正常数值", en: "Normal value" },
    Named { code: "P", zh: "初步数", en: "Provisional value" },
    Named { code: "Q", zh: "缺失：未公布", en: "Missing value; suppressed" },
    Named { code: "O", zh: "缺失", en: "Missing value" },
    Named { code: "M", zh: "缺失：不可能存在", en: "Missing value; data cannot exist" },
];
const CONF_STATUSES: [Named<'static>; 3] = [
    Named { code: "F", zh: "可公开", en: "Free (free for publication)" },
    Named { code: "N", zh: "内部资料", en: "Not for publication, restricted for internal use only" },
    Named { code: "C", zh: "保密统计信息", en: "Confidential statistical information" },
];

type Xml = Writer<Vec<u8>>;

/// A code list or the concepts: id, name, and items by their id.
struct List {
    id: String,
    name: Text,
    items: Vec<(String, Text)>,
}

/// Everything that the structures of a folder refer to.
struct Structures<'t> {
    tables: &'t [Checked<'t>],
    version: String,
    lists: Vec<List>,
    concepts: List,
}

/// # Errors
/// [`FilesError::SdmxCode`], [`FilesError::Text`].
pub(in super::super) fn structure(tables: &[Checked<'_>], version: &Version) -> Result<Vec<u8>, FilesError> {
    let structures =
        Structures { tables, version: version.semantic(), lists: lists(tables)?, concepts: concepts(tables)? };
    let failed = |source| FilesError::Text { file: STRUCTURE.to_owned(), source };
    structures.write(version).map_err(failed)
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn list(id: String, name: Text, codes: &[Named<'_>]) -> Result<List, FilesError> {
    let mut seen = BTreeSet::new();
    let mut items = Vec::with_capacity(codes.len());
    for Named { code, zh, en } in codes {
        let code = code::of(code);
        if !seen.insert(code.clone()) {
            return Err(FilesError::SdmxCode { list: id, code });
        }
        items.push((code, text(zh, en)));
    }
    Ok(List { id, name, items })
}

fn list_id(table: &str, component: &str) -> String {
    format!("CL_{}_{component}", upper(table))
}

fn lists(tables: &[Checked<'_>]) -> Result<Vec<List>, FilesError> {
    let units = words::UNITS.map(words::of_unit);
    let unit_codes = units.map(|unit| upper(unit.code));
    let unit_list: Vec<_> =
        unit_codes.iter().zip(units).map(|(code, unit)| Named { code, zh: unit.zh, en: unit.en }).collect();
    let mut lists = vec![
        list(format!("CL_{OBS_STATUS}"), text("观测值状态", "Observation status"), &OBS_STATUSES)?,
        list(format!("CL_{CONF_STATUS}"), text("保密状态", "Confidentiality status"), &CONF_STATUSES)?,
        list(format!("CL_{UNIT}"), text("计量单位", "Unit of measure"), &unit_list)?,
    ];
    for table in tables {
        let name = table.name();
        let regions: Vec<_> = table
            .regions
            .iter()
            .map(|region| Named { code: &region.code, zh: &region.name_zh, en: &region.name_en })
            .collect();
        lists.push(list(list_id(name, REGION), text("地区", "Region"), &regions)?);
        for dimension in &table.definition.dimensions {
            let id = list_id(name, &upper(&dimension.name));
            lists.push(list(id, dimension.title.clone(), &codes_of(dimension))?);
        }
        let measures = Kind::Measure(&table.definition.measures).codes();
        lists.push(list(list_id(name, MEASURE), text("指标", "Measure"), &measures)?);
    }
    Ok(lists)
}

/// One concept for each component; a dimension that several tables have is named as the first one does.
fn concepts(tables: &[Checked<'_>]) -> Result<List, FilesError> {
    let mut items = BTreeMap::from([
        (REGION.to_owned(), text("地区", "Region")),
        (MEASURE.to_owned(), text("指标", "Measure")),
        (TIME.to_owned(), text("年份", "Year")),
        (VALUE.to_owned(), text("数值", "Value")),
        (OBS_STATUS.to_owned(), text("观测值状态", "Observation status")),
        (CONF_STATUS.to_owned(), text("保密状态", "Confidentiality status")),
        (UNIT.to_owned(), text("计量单位", "Unit of measure")),
    ]);
    let id = CONCEPTS.to_owned();
    for table in tables {
        let mut seen = BTreeSet::new();
        for dimension in &table.definition.dimensions {
            let code = upper(&dimension.name);
            if !seen.insert(code.clone()) {
                return Err(FilesError::SdmxCode { list: id, code });
            }
            items.entry(code).or_insert_with(|| dimension.title.clone());
        }
    }
    Ok(List { id, name: text("概念", "Concepts"), items: items.into_iter().collect() })
}

impl Structures<'_> {
    fn write(&self, version: &Version) -> io::Result<Vec<u8>> {
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let spaces = ["message", "structure", "common"].map(|name| format!("{SCHEMAS}/{name}"));
        let [message, structure, common] = &spaces;
        let namespaces =
            [("xmlns:mes", message.as_str()), ("xmlns:str", structure.as_str()), ("xmlns:com", common.as_str())];
        xml.create_element("mes:Structure").with_attributes(namespaces).write_inner_content(|xml| {
            header(xml, version)?;
            xml.create_element("mes:Structures").write_inner_content(|xml| self.body(xml))?;
            Ok(())
        })?;
        let mut bytes = xml.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn body(&self, xml: &mut Xml) -> io::Result<()> {
        xml.create_element("str:Dataflows")
            .write_inner_content(|xml| self.tables.iter().try_for_each(|table| self.dataflow(xml, table)))?;
        xml.create_element("str:Codelists").write_inner_content(|xml| {
            self.lists.iter().try_for_each(|list| self.list(xml, ("str:Codelist", "str:Code"), list))
        })?;
        xml.create_element("str:ConceptSchemes")
            .write_inner_content(|xml| self.list(xml, ("str:ConceptScheme", "str:Concept"), &self.concepts))?;
        xml.create_element("str:DataStructures")
            .write_inner_content(|xml| self.tables.iter().try_for_each(|table| self.data_structure(xml, table)))?;
        Ok(())
    }

    fn dataflow(&self, xml: &mut Xml, table: &Checked<'_>) -> io::Result<()> {
        let urn =
            format!("{URN}.datastructure.DataStructure={AGENCY}:{}({})", structure_id(table.name()), self.version);
        self.maintained(xml, "str:Dataflow", &dataflow_id(table.name()), |xml| {
            names(xml, &table.definition.title)?;
            leaf(xml, "str:Structure", &urn)
        })
    }

    fn list(&self, xml: &mut Xml, (scheme, item): (&str, &str), list: &List) -> io::Result<()> {
        self.maintained(xml, scheme, &list.id, |xml| {
            names(xml, &list.name)?;
            list.items.iter().try_for_each(|(id, name)| {
                xml.create_element(item)
                    .with_attribute(("id", id.as_str()))
                    .write_inner_content(|xml| names(xml, name))?;
                Ok(())
            })
        })
    }

    fn data_structure(&self, xml: &mut Xml, table: &Checked<'_>) -> io::Result<()> {
        self.maintained(xml, "str:DataStructure", &structure_id(table.name()), |xml| {
            names(xml, &table.definition.title)?;
            xml.create_element("str:DataStructureComponents").write_inner_content(|xml| {
                xml.create_element("str:DimensionList").write_inner_content(|xml| self.dimensions(xml, table))?;
                xml.create_element("str:AttributeList").write_inner_content(|xml| self.attributes(xml))?;
                xml.create_element("str:MeasureList")
                    .write_inner_content(|xml| self.component(xml, ("str:Measure", VALUE), &[], Values::Numbers))?;
                Ok(())
            })?;
            Ok(())
        })
    }

    fn dimensions(&self, xml: &mut Xml, table: &Checked<'_>) -> io::Result<()> {
        let own = table.definition.dimensions.iter().map(|dimension| upper(&dimension.name));
        let all = [REGION.to_owned()].into_iter().chain(own).chain([MEASURE.to_owned()]);
        for (id, position) in all.zip(1..) {
            let position = format!("{position}");
            let list = list_id(table.name(), &id);
            let values = Values::Codes(&list);
            self.component(xml, ("str:Dimension", &id), &[("position", &position)], values)?;
        }
        self.component(xml, ("str:TimeDimension", TIME), &[], Values::Times)
    }

    fn attributes(&self, xml: &mut Xml) -> io::Result<()> {
        for id in [OBS_STATUS, CONF_STATUS, UNIT] {
            let list = format!("CL_{id}");
            self.component(xml, ("str:Attribute", id), &[("usage", "mandatory")], Values::Codes(&list))?;
        }
        Ok(())
    }

    fn component(
        &self,
        xml: &mut Xml,
        (element, id): (&str, &str),
        attributes: &[(&str, &str)],
        values: Values<'_>,
    ) -> io::Result<()> {
        let all = [("id", id)].into_iter().chain(attributes.iter().copied());
        let concept = format!("{URN}.conceptscheme.Concept={AGENCY}:{CONCEPTS}({}).{id}", self.version);
        xml.create_element(element).with_attributes(all).write_inner_content(|xml| {
            leaf(xml, "str:ConceptIdentity", &concept)?;
            xml.create_element("str:LocalRepresentation").write_inner_content(|xml| self.values(xml, values))?;
            if element == "str:Attribute" {
                xml.create_element("str:AttributeRelationship").write_inner_content(|xml| {
                    xml.create_element("str:Observation").write_empty()?;
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn values(&self, xml: &mut Xml, values: Values<'_>) -> io::Result<()> {
        let kind = match values {
            Values::Codes(list) => {
                let urn = format!("{URN}.codelist.Codelist={AGENCY}:{list}({})", self.version);
                return leaf(xml, "str:Enumeration", &urn);
            }
            Values::Numbers => "Decimal",
            Values::Times => "ObservationalTimePeriod",
        };
        xml.create_element("str:TextFormat").with_attribute(("textType", kind)).write_empty()?;
        Ok(())
    }

    fn maintained(
        &self,
        xml: &mut Xml,
        element: &str,
        id: &str,
        content: impl FnOnce(&mut Xml) -> io::Result<()>,
    ) -> io::Result<()> {
        let attributes = [("id", id), ("version", self.version.as_str()), ("agencyID", AGENCY)];
        xml.create_element(element).with_attributes(attributes).write_inner_content(content)?;
        Ok(())
    }
}

/// What may stand in a component.
#[derive(Clone, Copy)]
enum Values<'l> {
    /// Codes of the list.
    Codes(&'l str),
    Numbers,
    Times,
}

fn header(xml: &mut Xml, version: &Version) -> io::Result<()> {
    xml.create_element("mes:Header").write_inner_content(|xml| {
        leaf(xml, "mes:ID", &version.id)?;
        leaf(xml, "mes:Test", "false")?;
        leaf(xml, "mes:Prepared", &version.instant())?;
        xml.create_element("mes:Sender")
            .with_attribute(("id", AGENCY))
            .write_inner_content(|xml| names(xml, &version.publisher))?;
        Ok(())
    })?;
    Ok(())
}

fn names(xml: &mut Xml, name: &Text) -> io::Result<()> {
    for (language, name) in [("zh", &name.zh), ("en", &name.en)] {
        xml.create_element("com:Name")
            .with_attribute(("xml:lang", language))
            .write_text_content(BytesText::new(name))?;
    }
    Ok(())
}

fn leaf(xml: &mut Xml, element: &str, content: &str) -> io::Result<()> {
    xml.create_element(element).write_text_content(BytesText::new(content))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{table, version};
    use super::*;

    #[test]
    fn the_structure_of_a_table() {
        let (table, version) = (table(), version());
        let bytes = structure(&[Checked::new(&table, &version).unwrap()], &version).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap());
    }

    #[test]
    fn codes_that_would_become_one_are_refused() {
        let mut table = table();
        let categories = &mut table.definition.dimensions[0].categories;
        let mut twin = categories[0].clone();
        "GE".clone_into(&mut twin.code);
        let mut sum = twin.clone();
        "+".clone_into(&mut sum.code);
        categories.extend([twin, sum]);
        let error = structure(&[Checked::new(&table, &version()).unwrap()], &version()).unwrap_err();
        assert!(matches!(error, FilesError::SdmxCode { .. }), "{error}");
    }
}
