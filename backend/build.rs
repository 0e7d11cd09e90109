//! The migrations are embedded by a macro that cannot see a new file in their folder.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
