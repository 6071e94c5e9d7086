//! The least that a command costs: to start, to print a line, to end.

fn main() {
    println!("at_000000_hello");
}
