//! The micro data of the signed releases behind questions: what may be asked, how it is counted, and what is answered.
//!
//! A question is a [`Shape`] (the micro tables it joins on the person, and the dimensions that it speaks of) and a
//! [`Measure`]. [`MicroYear::answers`] gives an answer for every cell of the shape: the number of the release where the cell
//! is one, nothing where it is too small or lies within a number that the release withholds, else the count with noise.
//! Noise is additive: the parts of a cell have together the noise of the cell, so that no sum of answers says more than one
//! answer does (`docs/disclosure.md`).
//!
//! **Invariant:** no query engine, no token; a row about a person is read in [`count`](self) and nowhere else, and what is
//! counted leaves through [`MicroYear::answers`] alone.

mod answer;
mod catalogue;
mod contributions;
mod count;
mod dimension;
mod error;
mod file;
mod noise;
mod released;
mod shape;
mod year;

pub use answer::{Answered, Status};
pub use catalogue::{Catalogue, MicroMeasure, MicroTable, Noise, RowsOf, Surroundings};
pub use dimension::{Category, Dimension, DimensionOf, Level};
pub use error::MicroError;
pub use shape::{Grid, Measure, Shape};
pub use year::{MicroYear, VersionReader, YearInput};
