//! A cluster gets plans over the wire: each model's plan must survive it.

use std::path::Path;

use datafusion_proto::bytes::{logical_plan_from_bytes, logical_plan_to_bytes};
use yilian_engine::{Engine, EngineOptions};
use yilian_pipeline::run::{Definition, Layers, rehearse};

/// Plans are trees that are walked by recursion, and the union of all datasets is a deep one.
const STACK_BYTES: usize = 64 << 20;

#[test]
fn every_model_has_a_plan_that_survives_the_wire() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let test = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || runtime.block_on(send_every_plan()));
    test.unwrap().join().unwrap();
}

async fn send_every_plan() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/nightly.yaml");
    let definition = Definition::load_with(&pipeline, Layers::Release).unwrap();
    let options = EngineOptions { memory_bytes: 1 << 28, threads: 1, spill_folder: folder.path().join("spill") };
    let engine = Engine::new(&options).unwrap();
    let plans = rehearse(&definition, &engine, folder.path()).await.unwrap();
    assert_eq!(plans.len(), definition.graph.in_order().len());
    let context = engine.session().task_ctx();
    for (model, plan) in &plans {
        let bytes = logical_plan_to_bytes(plan).unwrap_or_else(|error| panic!("{model} cannot be sent: {error}"));
        let back =
            logical_plan_from_bytes(&bytes, &context).unwrap_or_else(|error| panic!("{model} cannot be read: {error}"));
        assert_eq!(plan.display_indent_schema().to_string(), back.display_indent_schema().to_string(), "{model}");
    }
}
