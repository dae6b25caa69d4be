//! Front door.

fn main() {}
