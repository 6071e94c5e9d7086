//! Every OAuth account you have, side by side in one terminal window, and kept alive.

use std::process::ExitCode;

fn main() -> ExitCode {
    authtui::cli::main()
}
