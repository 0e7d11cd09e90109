//! kuaichu

pub mod settle;
