//! Makes JSON of the provider files that come with the program: JSON is parsed faster than YAML.

#![expect(clippy::disallowed_methods, reason = "it makes files, as the shell does")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("assets/providers");
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if let Some(name) = path.file_stem() {
            let read: serde_json::Value = serde_yaml::from_str(&fs::read_to_string(&path)?)?;
            fs::write(out.join(name).with_extension("json"), read.to_string())?;
        }
    }
    Ok(())
}
