//! kuaichu

pub mod settle;
pub mod web;
