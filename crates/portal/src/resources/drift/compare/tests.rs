//! Each rule of the comparison by an example that it decides.
use super::*;
use model::{Environment, Region, RequestId, Spec, Usage, WorkspaceSlug};
use services::Facts;

const NOW: i64 = 1_000_000_000;
const QUIET: i64 = 90_000_000;
const OLD: i64 = NOW - 10 * QUIET;
const BINDING: &str = "binding-1";

fn id(text: &str) -> ExternalId {
    ExternalId::new(text)
}

/// A volume of ours: `row-a` is `a` in the cloud.
fn row(name: &str, standing: Standing) -> Row {
    Row {
        id: ResourceId::new(format!("row-{name}")),
        binding_id: BindingId::new(BINDING),
        slug: WorkspaceSlug::new("team"),
        environment: Environment::Dev,
        project_name: "project".to_owned(),
        region: Region::new("RegionOne"),
        kind: services::find("volume").unwrap(),
        name: name.to_owned(),
        external_id: standing.id().cloned(),
        wanted: Wanted::Present,
        made: standing.id().map(ToString::to_string).into_iter().collect(),
        standing,
        spec: Spec::from_iter([("name".to_owned(), json!(name)), ("size_gb".to_owned(), json!(5))]),
        sealed_spec: None,
        facts: Facts::default(),
        observed: Spec::new(),
        usage: Usage::storage(5),
        counted: true,
        created_by_name: "olga".to_owned(),
        request_id: RequestId::new("req"),
        created_at: OLD,
        updated_at: OLD,
        tries: 0,
        fence: 7,
        doubts: 0,
        busy: None,
        fault: None,
    }
}

fn active(name: &str) -> Row {
    row(name, Standing::Active { id: id(name) })
}

fn seen(name: &str) -> Seen {
    Seen::new(name, name, Some("project-1")).asking("name", name).asking("size_gb", 5)
}

/// What is said of a list when these rows stand, and these were there before it was begun.
fn verdict(rows: &[Row], marked: &[Row], list: &[Seen], complete: bool) -> Verdict {
    verdict_with(rows, marked, list, complete, |_| {})
}

fn verdict_with(
    rows: &[Row],
    marked: &[Row],
    list: &[Seen],
    complete: bool,
    change: impl Fn(&mut HashMap<ResourceId, i64>),
) -> Verdict {
    let mut fences = rows.iter().map(|row| (row.id.clone(), row.fence)).collect();
    change(&mut fences);
    let marked = marked.iter().map(|row| (row.id.to_string(), row.clone())).collect();
    let scene = Scene {
        kind: services::find("volume").unwrap(),
        binding: &BindingId::new(BINDING),
        project: "project-1",
        retired: false,
        begun: NOW,
        quiet: QUIET,
        fences: &fences,
        rows,
        marked: &marked,
    };
    scene.compare(list, complete)
}

fn classes(verdict: &Verdict) -> Vec<(Class, &str)> {
    verdict.found.iter().map(|found| (found.class, found.id.as_str())).collect()
}

#[test]
fn what_an_incomplete_list_lacks_may_still_be_there() {
    let rows = [active("a"), row("b", Standing::Vanished { id: id("b") })];
    let cut = verdict(&rows, &[], &[], false);
    assert_eq!(cut, Verdict::default());
    let whole = verdict(&rows, &[], &[], true);
    assert_eq!(classes(&whole), [(Class::Vanished, "b")]);
    assert_eq!(whole.missing, [ResourceId::new("row-a")], "to be looked at by itself");
}

#[test]
fn what_an_incomplete_list_has_is_found_all_the_same() {
    assert_eq!(classes(&verdict(&[], &[], &[seen("x")], false)), [(Class::CreatedOutside, "x")]);
}

#[test]
fn a_row_that_is_younger_than_the_list_or_changed_meanwhile_has_not_vanished() {
    let young = Row { created_at: NOW - QUIET + 1, ..active("a") };
    assert_eq!(verdict(&[young], &[], &[], true).missing, []);
    let rows = [active("a")];
    let touched = verdict_with(&rows, &[], &[], true, |fences| *fences.get_mut(&rows[0].id).unwrap() += 1);
    assert_eq!(touched.missing, []);
    let new = verdict_with(&rows, &[], &[], true, HashMap::clear);
    assert_eq!(new.missing, [], "it was not there when the list was begun");
}

#[test]
fn a_row_that_changed_while_the_list_was_read_is_not_compared() {
    let rows = [active("a")];
    let renamed = Seen { id: id("a"), ..seen("other") };
    assert_eq!(classes(&verdict(&rows, &[], std::slice::from_ref(&renamed), true)), [(Class::Changed, "a")]);
    let touched = verdict_with(&rows, &[], std::slice::from_ref(&renamed), true, |fences| {
        *fences.get_mut(&rows[0].id).unwrap() += 1
    });
    assert_eq!((classes(&touched), &touched.owned), (vec![], &vec![id("a")]));
    let busy = [Row { busy: Some("extend".to_owned()), ..active("a") }];
    assert_eq!(classes(&verdict(&busy, &[], std::slice::from_ref(&renamed), true)), []);
    let moving = Seen { moving: true, ..renamed };
    assert_eq!(classes(&verdict(&rows, &[], &[moving], true)), []);
}

#[test]
fn a_mark_of_a_row_that_is_under_way_is_no_orphan() {
    let marked = Seen { tag: Some("row-a".to_owned()), ..seen("x") };
    let list = [marked];
    let said = |row: Row| verdict(&[], &[row], &list, true).found.len();
    assert_eq!(said(row("a", Standing::Sending { attempt: 1, since: OLD })), 0, "a lost answer is looked for");
    assert_eq!(said(row("a", Standing::Requested)), 0);
    assert_eq!(said(row("a", Standing::Gone)), 1);
    assert_eq!(said(row("a", Standing::Failed { id: None, fault: String::new() })), 1);
    assert_eq!(said(active("a")), 1, "the row's own is another");
    assert_eq!(verdict(&[], &[], &list, true).found.len(), 1, "no row at all");
    assert_eq!(said(Row { updated_at: NOW, ..row("a", Standing::Gone) }), 0, "the list may be older than its deletion");
}

#[test]
fn a_part_of_a_row_and_what_belongs_to_others_are_not_made_outside() {
    let network = Row { made: vec!["n".to_owned(), "x".to_owned()], ..active("n") };
    assert_eq!(classes(&verdict(&[network], &[], &[seen("x")], true)), []);
    let shared = Seen { open: true, project: Some("other".to_owned()), ..seen("x") };
    let nobodys = Seen { project: None, ..seen("y") };
    let going = Seen { state: State::Deleting, ..seen("z") };
    assert_eq!(classes(&verdict(&[], &[], &[shared, nobodys, going], true)), []);
}

#[test]
fn what_was_chosen_by_name_or_by_id_is_the_same_thing() {
    let facts = json!({"volume_type": {"id": "type-1", "name": "fast"}});
    let mut ours = Row { facts: serde_json::from_value(facts).unwrap(), ..active("a") };
    ours.spec.insert("volume_type".to_owned(), json!("type-1"));
    assert_eq!(differences(&ours, &seen("a").asking("volume_type", "fast")), []);
    let [other] = &differences(&ours, &seen("a").asking("volume_type", "slow"))[..] else { panic!("no difference") };
    assert_eq!((&*other.ours, &*other.theirs), ("fast", "slow"));
    assert_eq!(differences(&active("a"), &seen("a").asking("volume_type", "slow")), [], "it was the cloud's to choose");
}
