//! Front door: everything is in the library.

/// What the first walk learns lives through the whole run and is given back in large pieces by many
/// threads; this allocator gives freed memory back to the system where the C library's keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    scrubjay::cli::main()
}
