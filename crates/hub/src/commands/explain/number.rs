//! A number of a release in words: what it is, why it is withheld, and the models, rows and deliveries behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use yilian_pipeline::publication;
use yilian_pipeline::receive::{Accepted, all_deliveries};
use yilian_pipeline::run::{Definition, Layers, Model};
use yilian_pipeline::site::Site;
use yilian_release::{Number, Place, TableDefinitions, VersionState, find_number};

use crate::arguments::{ExplainArguments, ExplainAs};
use crate::commands::year;
use crate::error::HubError;
use crate::library;

/// How the file of a model ends that counts a table's finest cells.
const CELL: &str = "_cell";

/// A model that a number is made by.
struct ModelFile {
    path: String,
    sha256: String,
}

/// The explanation for a person and for a machine.
pub(super) fn explain(
    arguments: &ExplainArguments,
    (year, table): (i32, &str),
    site: &Path,
    schemas: Option<&Path>,
) -> Result<(String, Value), HubError> {
    let site = Site::open(site)?;
    let folder = year::version_folder(&site, year, arguments.version)?;
    let state = VersionState::read(&folder)?;
    let pipeline = library::pipelines(&library::folder(schemas)?).join("nightly.yaml");
    let definition = Definition::load_with(&pipeline, Layers::Release)?;
    let tables = TableDefinitions::load(&definition.release_folder());
    let tables = tables.map_err(|faults| HubError::Definitions { faults })?;
    let place = Place {
        table: table.to_owned(),
        region: arguments.region.clone(),
        codes: arguments.codes.iter().cloned().collect(),
        measure: arguments.measure.clone().unwrap_or_default(),
    };
    let number = find_number(&folder, &tables, &place)?;
    let found = Found {
        number: &number,
        place: &place,
        state: &state,
        models: models(&definition, table)?,
        same_models: definition.sql_digest == state.models,
        deliveries: deliveries(&site, &state, &number, &place.region)?,
        counts: number.why.is_none() || arguments.role == ExplainAs::Release,
    };
    Ok((found.text(), found.machine()))
}

/// The model that counts a table and all that it reads, each after those it reads.
fn models(definition: &Definition, table: &str) -> Result<Vec<ModelFile>, HubError> {
    let graph = definition.graph.in_order();
    let counting = format!("{table}{CELL}");
    let mut wanted = BTreeSet::new();
    let mut needed: Vec<&Model> = Vec::new();
    for model in graph.iter().rev() {
        if model.name.table == counting || wanted.contains(&model.name) {
            wanted.extend(model.reads.iter().cloned());
            needed.push(model);
        }
    }
    let digest = |model: &&Model| {
        let path = definition.sql.join(&model.file);
        let bytes = fs::read(&path).map_err(|source| HubError::Io { path, source })?;
        Ok(ModelFile { path: model.file.display().to_string(), sha256: hex::encode(Sha256::digest(&bytes)) })
    };
    needed.iter().rev().map(digest).collect()
}

/// The deliveries of a version's run with a dataset of the table that speak of a region; `None` where one is no longer kept.
fn deliveries(
    site: &Site,
    state: &VersionState,
    number: &Number<'_>,
    region: &str,
) -> Result<Option<Vec<Accepted>>, HubError> {
    let found = super::super::block_on(async {
        let publication = publication::find(site.store(), &state.run).await?;
        Ok((publication, all_deliveries(site.store()).await?))
    });
    let (publication, mut kept) = match found {
        Err(error) if year::is_gone(&error) => return Ok(None),
        found => found?,
    };
    let read: BTreeSet<&str> = publication.inputs.deliveries.iter().map(String::as_str).collect();
    kept.retain(|delivery| read.contains(delivery.delivery_id.as_str()));
    if kept.len() < read.len() {
        return Ok(None);
    }
    let speaks_of = |place: &str| region == "total" || region.starts_with(place) || place.starts_with(region);
    kept.retain(|delivery| {
        number.definition.datasets.contains(&delivery.manifest.dataset) && speaks_of(&delivery.manifest.place)
    });
    Ok(Some(kept))
}

/// Everything that is said of a number.
struct Found<'a> {
    number: &'a Number<'a>,
    place: &'a Place,
    state: &'a VersionState,
    models: Vec<ModelFile>,
    same_models: bool,
    deliveries: Option<Vec<Accepted>>,
    /// Whether whoever asks may see counts.
    counts: bool,
}

impl Found<'_> {
    /// Delivered rows by dataset.
    fn rows(&self) -> BTreeMap<&str, u64> {
        let mut rows = BTreeMap::new();
        for delivery in self.deliveries.iter().flatten() {
            *rows.entry(delivery.manifest.dataset.as_str()).or_default() += delivery.manifest.counts.delivered;
        }
        rows
    }

    fn text(&self) -> String {
        let definition = self.number.definition;
        let measure = definition.measure(&self.place.measure);
        let mut lines = vec![
            format!("{} / {}", definition.title.zh, definition.title.en),
            format!("版本 / version: {} {} ({})", self.state.year, self.state.version, self.state.stage),
            format!("地区 / region: {} {}", self.place.region, self.number.region_name),
        ];
        for (dimension, code) in definition.dimensions.iter().zip(&self.number.codes) {
            lines.push(format!("{} / {}: {code}", dimension.title.zh, dimension.title.en));
        }
        lines.extend(measure.map(|measure| format!("指标 / measure: {} / {}", measure.title.zh, measure.title.en)));
        lines.push(match self.number.value.as_str() {
            "" => format!("状态 / status: {}", self.number.status),
            value => format!("数值 / value: {value} ({})", self.number.status),
        });
        if let Some(why) = self.number.why {
            let [(rule_zh, rule_en), (method_zh, method_en)] = [why.rule(), why.method()];
            lines.push(format!("规则 / rule: {rule_zh} / {rule_en}"));
            lines.push(format!("方法 / method: {method_zh} / {method_en}"));
        }
        lines.push(format!("计算 / formula: {} / {}", definition.formula.zh, definition.formula.en));
        lines.push("\n模型 / models:".to_owned());
        lines.extend(self.models.iter().map(|model| format!("  {} sha256 {}", model.path, model.sha256)));
        if !self.same_models {
            lines.push("  模型在此版本之后有改动 / the models were changed after this version was made".to_owned());
        }
        lines.extend(self.text_of_deliveries());
        lines.join("\n")
    }

    fn text_of_deliveries(&self) -> Vec<String> {
        let Some(deliveries) = &self.deliveries else {
            return vec!["\n交付文件已超过保存期限 / deliveries of its run are no longer kept".to_owned()];
        };
        let mut lines = Vec::new();
        if self.counts {
            lines.push("\n该地区的交付行数 / rows delivered for the region:".to_owned());
            lines.extend(self.rows().iter().map(|(dataset, rows)| format!("  {dataset}: {rows}")));
        }
        lines.push("\n交付文件 / deliveries:".to_owned());
        lines.extend(deliveries.iter().map(|delivery| {
            let manifest = &delivery.manifest;
            format!("  {} {} {} {}", delivery.delivery_id, manifest.place, manifest.dataset, manifest.period)
        }));
        lines
    }

    fn machine(&self) -> Value {
        let number = self.number;
        let models = self.models.iter().map(|model| json!({ "file": model.path, "sha256": model.sha256 }));
        let dimensions = number.definition.dimensions.iter().map(|dimension| dimension.name.as_str());
        let codes: BTreeMap<&str, &String> = dimensions.zip(&number.codes).collect();
        let withheld = number.why.map(|why| {
            let words = |(zh, en): (&str, &str)| json!({ "zh": zh, "en": en });
            json!({ "why": why.code(), "rule": words(why.rule()), "method": words(why.method()) })
        });
        let deliveries = self.deliveries.as_ref().map(|deliveries| {
            let line = |delivery: &Accepted| {
                let manifest = &delivery.manifest;
                json!({
                    "delivery_id": delivery.delivery_id, "place": manifest.place, "dataset": manifest.dataset,
                    "period": manifest.period.to_string(),
                })
            };
            deliveries.iter().map(line).collect::<Vec<_>>()
        });
        json!({
            "year": self.state.year, "version": self.state.version, "table": self.place.table,
            "region": self.place.region, "codes": codes, "measure": self.place.measure, "status": number.status,
            "value": Some(&number.value).filter(|value| !value.is_empty()), "withheld": withheld,
            "models": models.collect::<Vec<_>>(), "models_unchanged": self.same_models,
            "rows": (self.counts && self.deliveries.is_some()).then(|| self.rows()), "deliveries": deliveries,
        })
    }
}
