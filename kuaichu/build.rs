//! The pages' folder is there when the binary is built, also before the first `npm run build`: a debug binary
//! reads it at run time and remembers only a folder that existed.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    if let Err(error) = std::fs::create_dir_all(&dist) {
        println!("cargo:warning={} cannot be made: {error}", dist.display());
    }
}
