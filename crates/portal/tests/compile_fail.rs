//! The golden rule, held by types: there is no cloud without a binding. The wrong way does not build; the right one,
//! beside it, does.

#[test]
fn no_cloud_without_a_binding() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/compile_fail/by_a_place.rs");
    cases.compile_fail("tests/compile_fail/by_a_project_name.rs");
    cases.compile_fail("tests/compile_fail/by_its_fields.rs");
    cases.compile_fail("tests/compile_fail/by_the_portals_inside.rs");
    cases.compile_fail("tests/compile_fail/a_request_past_the_portal.rs");
    cases.compile_fail("tests/compile_fail/administrators_past_the_portal.rs");
}
