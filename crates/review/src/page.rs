//! The report as one page of HTML that needs nothing else, in Chinese and English.

use minijinja::{Environment, context};

use crate::error::ReviewError;
use crate::report::Report;

const TEMPLATE: &str = include_str!("report.html");

/// The page; every text in it is escaped.
///
/// # Errors
/// [`ReviewError::Page`] if the template is not sound.
pub fn html(report: &Report) -> Result<String, ReviewError> {
    let mut environment = Environment::new();
    environment.add_template("report.html", TEMPLATE)?;
    let page = environment.get_template("report.html")?;
    Ok(page.render(context! { report, passes => report.passes() })?)
}
