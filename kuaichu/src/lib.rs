//! kuaichu
