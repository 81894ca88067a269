//! The program holds its flows, texts and page assets within itself (`rust-embed`), which notices a file
//! that changed, and not one that is new.

fn main() {
    for folder in ["flows", "locales", "src/console/assets"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
