//! Every OAuth account you have, side by side in one terminal window, and kept alive.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes all memory that is given back, also what libraries copied of a token.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    authtui::cli::main()
}
