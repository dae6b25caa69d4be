//! Front door: everything is in the library.

fn main() -> std::process::ExitCode {
    scrubjay::cli::main()
}
