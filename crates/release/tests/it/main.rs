//! The cube and its equations against a recount of the rows.

#![cfg(test)]

mod links;
mod operators;
mod oracle;
mod properties;
mod releasing;
mod versions;
mod worked;
mod world;
