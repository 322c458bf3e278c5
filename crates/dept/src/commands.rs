//! One module for each command, with one function that reads as the command's sentence.

pub(crate) mod answer;
pub(crate) mod feedback;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod pack;
pub(crate) mod subject;
