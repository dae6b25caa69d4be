//! Command lines and their exact output, as files in `tests/cmd`. `TRYCMD=overwrite cargo test`
//! writes them anew, for a person to read the difference.

#[test]
fn command_lines_print_what_their_files_say() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").run();
}
