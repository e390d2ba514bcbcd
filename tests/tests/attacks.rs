//! Safe code that tries to get round the rules: what it must not be able to do.

#[test]
fn refused() {
    trybuild::TestCases::new().compile_fail("ui/attacks/*.rs");
}
