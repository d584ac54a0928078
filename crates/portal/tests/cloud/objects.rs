//! Containers and the objects in them: whose a container is, bytes in one piece and in parts, and what becomes of parts.
use crate::scene::{Scene, everywhere};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::{
    Error, Result, State,
    objects::{NewUpload, ObjectItem, ObjectQuery, Upload},
    view::ResourceView,
};
use portal::{Bytes, Incoming, SpecInput};
use serde_json::{Value, json};
use simulator::{Effect, Fault};
use std::io;

const NOTHING: (i64, i64, i64) = (0, 0, 0);
const MIB: usize = 1024 * 1024;
const DAYS: i64 = 24 * 3600;

/// Bytes that repeat in no place where parts would.
fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn bytes(all: &[u8]) -> Bytes {
    let pieces: Vec<_> = all.chunks(64 * 1024).map(|piece| Ok(piece.to_vec().into())).collect();
    stream::iter(pieces).boxed()
}

fn incoming(all: &[u8], overwrite: bool) -> Incoming {
    Incoming {
        content_type: Some("text/plain".to_owned()),
        length: Some(all.len() as u64),
        overwrite,
        body: bytes(all),
    }
}

async fn put(scene: &Scene<'_>, container: &str, name: &str, all: &[u8]) -> Result<ObjectItem> {
    scene.world.portal.upload_object(&scene.operator, &scene.place, container, name, incoming(all, false)).await
}

async fn get(scene: &Scene<'_>, container: &str, name: &str, range: Option<&str>) -> Result<Vec<u8>> {
    let down = scene.world.portal.download_object(&scene.operator, &scene.place, container, name, range).await?;
    let pieces: Vec<_> = down.body.try_collect().await.unwrap();
    Ok(pieces.concat())
}

async fn begin(scene: &Scene<'_>, container: &str, name: &str, length: usize) -> Upload {
    begin_as(scene, container, name, length, true, "").await
}

async fn begin_as(
    scene: &Scene<'_>,
    container: &str,
    name: &str,
    length: usize,
    overwrite: bool,
    fingerprint: &str,
) -> Upload {
    let (bytes, fingerprint) = (i64::try_from(length).unwrap(), fingerprint.to_owned());
    let new = NewUpload { bytes, content_type: None, overwrite, fingerprint };
    scene.world.portal.begin_upload(&scene.operator, &scene.place, container, name, new).await.unwrap()
}

async fn send(scene: &Scene<'_>, container: &str, upload: &Upload, part: u32, all: &[u8]) -> Result<()> {
    let size = usize::try_from(upload.part_bytes).unwrap();
    let piece = all.chunks(size).nth(part as usize - 1).unwrap();
    let (portal, length) = (&scene.world.portal, Some(piece.len() as u64));
    portal.upload_part(&scene.operator, &scene.place, container, &upload.id, part, length, bytes(piece)).await
}

async fn finish(scene: &Scene<'_>, container: &str, id: &str) -> Result<Upload> {
    scene.world.portal.finish_upload(&scene.operator, &scene.place, container, id).await
}

async fn names(scene: &Scene<'_>, container: &str, prefix: &str) -> Vec<String> {
    let query = ObjectQuery { prefix: prefix.to_owned(), marker: String::new() };
    let page = scene.world.portal.objects(&scene.operator, &scene.place, container, &query).await.unwrap();
    page.folders.into_iter().chain(page.objects.into_iter().map(|object| object.name)).collect()
}

async fn container(scene: &Scene<'_>) -> ResourceView {
    scene.made("swift_container", json!({"name": "box"})).await
}

/// Lets the reconciler delete what belongs to nothing, and look whether it is gone.
async fn swept(scene: &Scene<'_>) {
    for _ in 0..4 {
        scene.pass(1).await;
    }
}

/// What the audit says of uploads, oldest first.
async fn told(scene: &Scene<'_>) -> Vec<String> {
    let sql = "SELECT outcome FROM audit_events WHERE action = 'swift_container.upload_object' ORDER BY number";
    scene.world.rows(sql.to_owned()).await.iter().map(|row| row.text("outcome").unwrap()).collect()
}

#[tokio::test]
async fn a_container_whose_name_is_taken_is_refused_and_the_other_one_stays_as_it_is() {
    everywhere(NOTHING, async |scene| {
        scene.make_outside("swift_container", json!({"name": "box", "x-container-meta-whose": "theirs"})).await;
        let refused = scene.provision("swift_container", json!({"name": "box"})).await.unwrap_err();
        assert!(refused.fields()["name"][0].contains("another object container of this name"), "{refused:?}");
        let (cloud, scope) = scene.past();
        let collection = services::find("swift_container").unwrap().collection;
        let theirs = cloud.send(&scope, "RegionOne", &collection.get("box"), "").await.unwrap().body;
        assert_eq!(
            (&theirs["x-container-meta-whose"], &theirs["x-container-meta-atonix-id"]),
            (&json!("theirs"), &Value::Null)
        );
    })
    .await;
}

#[tokio::test]
async fn a_container_made_outside_is_adopted_with_the_mark_that_it_has() {
    everywhere(NOTHING, async |scene| {
        scene.make_outside("swift_container", json!({"name": "box"})).await;
        let portal = &scene.world.portal;
        portal.check_drift(&scene.operator, &scene.place).await.unwrap();
        let found = portal.drift(&scene.operator, &scene.place, &model::drift::DriftQuery::default()).await.unwrap();
        let finding = &found.items.iter().find(|one| one.resource_type == "swift_container").unwrap().id;
        portal.remedy(&scene.operator, &scene.place, finding, model::drift::Remedy::Adopt).await.unwrap();
        let rows = scene.world.rows("SELECT id FROM resources".to_owned()).await;
        let id = model::ResourceId::new(rows[0].text("id").unwrap());
        scene.pass(600).await;
        assert_eq!(scene.view(&id).await.status, State::Active);
        put(&scene, "box", "a", b"hello").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_comes_back_and_parts_of_it_too() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let all = noise(3 * MIB + 17);
        let made = put(&scene, "box", "a folder/ä?.txt", &all).await.unwrap();
        assert_eq!(usize::try_from(made.bytes).unwrap(), all.len());
        assert_eq!(get(&scene, "box", "a folder/ä?.txt", None).await.unwrap(), all);
        assert_eq!(get(&scene, "box", "a folder/ä?.txt", Some("bytes=10-19")).await.unwrap(), all[10..20]);
        assert_eq!(names(&scene, "box", "").await, ["a folder/"]);
        assert_eq!(names(&scene, "box", "a folder/").await, ["a folder/ä?.txt"]);
        let again = put(&scene, "box", "a folder/ä?.txt", b"other").await.unwrap_err();
        assert!(matches!(again, Error::Conflict { .. }), "{again:?}");
        assert_eq!(get(&scene, "box", "a folder/ä?.txt", None).await.unwrap(), all);
        assert_eq!(told(&scene).await, ["attempted", "succeeded", "attempted", "failed"]);
    })
    .await;
}

#[tokio::test]
async fn a_sender_that_breaks_off_leaves_no_object_and_a_word_in_the_audit() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let broken = stream::iter([Ok(vec![1; MIB].into()), Err(io::Error::other("gone"))]).boxed();
        let sent = Incoming { content_type: None, length: Some(2 * MIB as u64), overwrite: false, body: broken };
        let failed = scene.world.portal.upload_object(&scene.operator, &scene.place, "box", "a", sent).await;
        assert!(failed.is_err());
        assert_eq!(names(&scene, "box", "").await, Vec::<String>::new());
        assert_eq!(told(&scene).await, ["attempted", "failed"]);
        // It says nothing of the service, which is asked as before.
        put(&scene, "box", "a", b"whole").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_upload_in_parts_goes_on_where_it_stopped_and_becomes_one_object() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let all = noise(33 * MIB);
        let upload = begin(&scene, "box", "large.bin", all.len()).await;
        assert_eq!((upload.parts, upload.part_bytes), (3, 16 * 1024 * 1024));
        send(&scene, "box", &upload, 1, &all).await.unwrap();
        send(&scene, "box", &upload, 3, &all).await.unwrap();
        let early = finish(&scene, "box", &upload.id).await.unwrap_err();
        assert!(early.to_string().contains("part 2 first"), "{early}");
        // The same file once more: what is there need not be sent again.
        let again = begin(&scene, "box", "large.bin", all.len()).await;
        assert_eq!((&again.id, again.done), (&upload.id, vec![1, 3]));
        send(&scene, "box", &upload, 2, &all).await.unwrap();
        assert!(finish(&scene, "box", &upload.id).await.unwrap().complete);
        assert!(finish(&scene, "box", &upload.id).await.unwrap().complete, "asked again, it says the same");
        assert_eq!(get(&scene, "box", "large.bin", None).await.unwrap(), all);
        assert_eq!(told(&scene).await, ["attempted", "succeeded"]);
    })
    .await;
}

#[tokio::test]
async fn a_part_of_another_size_or_number_is_refused() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let upload = begin(&scene, "box", "large.bin", 20 * MIB).await;
        let portal = &scene.world.portal;
        let part = async |part: u32, length: usize| {
            let piece = noise(length);
            let (id, length) = (&upload.id, Some(length as u64));
            portal.upload_part(&scene.operator, &scene.place, "box", id, part, length, bytes(&piece)).await.unwrap_err()
        };
        assert!(part(1, 5).await.fields().contains_key("bytes"));
        assert!(part(3, 5).await.fields().contains_key("part"));
        assert!(part(0, 5).await.fields().contains_key("part"));
        assert_eq!(names(&scene, "box", "").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn an_object_goes_with_its_parts_and_the_parts_of_one_that_was_replaced_are_swept() {
    everywhere(NOTHING, async |scene| {
        let view = container(&scene).await;
        let all = noise(17 * MIB);
        for _ in 0..2 {
            let upload = begin(&scene, "box", "large.bin", all.len()).await;
            send(&scene, "box", &upload, 1, &all).await.unwrap();
            send(&scene, "box", &upload, 2, &all).await.unwrap();
            finish(&scene, "box", &upload.id).await.unwrap();
        }
        assert_eq!(names(&scene, "box", ".segments/").await.len(), 2);
        swept(&scene).await;
        assert_eq!(names(&scene, "box", ".segments/").await.len(), 1, "those of the first belong to nothing");
        assert_eq!(get(&scene, "box", "large.bin", None).await.unwrap(), all);
        let busy = scene.remove(&view).await;
        let fault = busy.map(|view| view.fault).unwrap_or_default().unwrap_or_default();
        assert!(fault.contains("not empty"), "{fault}");
        scene.act(&view, "delete_object", json!({"object": "large.bin"})).await.unwrap();
        assert_eq!(names(&scene, "box", "").await, Vec::<String>::new());
        let missing = scene.act(&view, "delete_object", json!({"object": "large.bin"})).await.unwrap_err();
        assert!(missing.to_string().contains("no such object"), "{missing}");
    })
    .await;
}

#[tokio::test]
async fn parts_that_nobody_goes_on_with_are_swept_after_a_week() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let all = noise(17 * MIB);
        let upload = begin(&scene, "box", "large.bin", all.len()).await;
        send(&scene, "box", &upload, 1, &all).await.unwrap();
        scene.pass(6 * DAYS).await;
        swept(&scene).await;
        assert_eq!(names(&scene, "box", "").await, [".segments/"]);
        scene.pass(2 * DAYS).await;
        swept(&scene).await;
        assert_eq!(names(&scene, "box", "").await, Vec::<String>::new());
        assert_eq!(told(&scene).await, ["attempted", "failed"]);
    })
    .await;
}

#[tokio::test]
async fn a_manifest_whose_answer_was_lost_is_found_again() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let all = noise(17 * MIB);
        let upload = begin(&scene, "box", "large.bin", all.len()).await;
        send(&scene, "box", &upload, 1, &all).await.unwrap();
        send(&scene, "box", &upload, 2, &all).await.unwrap();
        let (service, method) = (Some("object-store".to_owned()), Some("PUT".to_owned()));
        scene.cloud.add(Fault { service: service.clone(), method, effect: Effect::LostAnswer, ..Fault::default() });
        let (method, effect) = (Some("HEAD".to_owned()), Effect::InternalError);
        scene.cloud.add(Fault { service, method, effect, ..Fault::default() });
        finish(&scene, "box", &upload.id).await.unwrap_err();
        scene.cloud.clear();
        scene.pass(3600).await;
        let found = scene.world.portal.upload(&scene.operator, &scene.place, "box", &upload.id).await.unwrap();
        assert!(found.complete, "{found:?}");
        assert_eq!(get(&scene, "box", "large.bin", None).await.unwrap(), all);
        assert_eq!(told(&scene).await, ["attempted", "succeeded"]);
    })
    .await;
}

#[tokio::test]
async fn a_temporary_link_opens_one_object_for_one_purpose_and_no_other() {
    everywhere(NOTHING, async |scene| {
        let view = container(&scene).await;
        // The cloud's clock is the machine's.
        scene.world.clock.advance(portal::clock::Clock::system().now() - scene.world.clock.now());
        put(&scene, "box", "a folder/ä.txt", b"hello").await.unwrap();
        let fields = json!({"object": "a folder/ä.txt", "seconds": 600});
        let link = scene.act(&view, "generate_temp_url", fields).await.unwrap().output.unwrap();
        let asked = async |link: &str| reqwest::get(link).await.unwrap();
        assert_eq!(asked(&link).await.text().await.unwrap(), "hello");
        assert_eq!(asked(&link.replace("%C3%A4.txt", "other.txt")).await.status(), 401);
        let put = reqwest::Client::new().put(&link).body("x").send().await.unwrap();
        assert_eq!(put.status(), 401);
        // A second one leaves the first as it is.
        scene.act(&view, "generate_temp_url", json!({"object": "other"})).await.unwrap();
        assert_eq!(asked(&link).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_copy_takes_no_place_that_is_taken_unless_it_is_told_to() {
    everywhere(NOTHING, async |scene| {
        let view = container(&scene).await;
        put(&scene, "box", "a", b"one").await.unwrap();
        put(&scene, "box", "b", b"two").await.unwrap();
        let refused = scene.act(&view, "copy_object", json!({"object": "a", "to_name": "b"})).await.unwrap_err();
        assert!(refused.to_string().contains("there already"), "{refused}");
        scene.act(&view, "copy_object", json!({"object": "a", "to_name": "b", "overwrite": true})).await.unwrap();
        assert_eq!(get(&scene, "box", "b", None).await.unwrap(), b"one");
        let missing = scene.act(&view, "copy_object", json!({"object": "none", "to_name": "c"})).await.unwrap_err();
        assert!(missing.to_string().contains("no such object"), "{missing}");
    })
    .await;
}

#[tokio::test]
async fn nobody_puts_anything_among_the_parts_of_others() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let refused = put(&scene, "box", ".segments/x/000001", b"evil").await.unwrap_err();
        assert!(refused.fields().contains_key("object"), "{refused:?}");
    })
    .await;
}

/// A large object in the container, of two parts.
async fn large(scene: &Scene<'_>, name: &str, all: &[u8]) -> Upload {
    let upload = begin(scene, "box", name, all.len()).await;
    send(scene, "box", &upload, 1, all).await.unwrap();
    send(scene, "box", &upload, 2, all).await.unwrap();
    finish(scene, "box", &upload.id).await.unwrap()
}

#[tokio::test]
async fn what_an_object_is_made_of_stays_whatever_the_database_thinks_of_it() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        let all = noise(17 * MIB);
        let upload = large(&scene, "large.bin", &all).await;
        // As if another's transaction had come after the one of this, whose manifest was the later one.
        scene.world.sql("UPDATE uploads SET standing = 'dropped', due_at = 1".to_owned()).await;
        swept(&scene).await;
        assert_eq!(get(&scene, "box", "large.bin", None).await.unwrap(), all);
        let found = scene.world.portal.upload(&scene.operator, &scene.place, "box", &upload.id).await.unwrap();
        assert!(found.complete, "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_changed_begins_anew_and_the_last_word_on_replacing_holds() {
    everywhere(NOTHING, async |scene| {
        container(&scene).await;
        put(&scene, "box", "large.bin", b"there").await.unwrap();
        let all = noise(17 * MIB);
        let first = begin_as(&scene, "box", "large.bin", all.len(), false, "monday").await;
        send(&scene, "box", &first, 1, &all).await.unwrap();
        send(&scene, "box", &first, 2, &all).await.unwrap();
        let taken = finish(&scene, "box", &first.id).await.unwrap_err();
        assert!(matches!(taken, Error::Conflict { .. }), "{taken:?}");
        let changed = begin_as(&scene, "box", "large.bin", all.len(), false, "tuesday").await;
        assert_ne!(changed.id, first.id);
        let again = begin_as(&scene, "box", "large.bin", all.len(), true, "monday").await;
        assert_eq!((&again.id, again.done), (&first.id, vec![1, 2]));
        finish(&scene, "box", &first.id).await.unwrap();
        assert_eq!(get(&scene, "box", "large.bin", None).await.unwrap(), all);
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_failed_is_not_told_as_done_under_its_key() {
    everywhere(NOTHING, async |scene| {
        let view = container(&scene).await;
        put(&scene, "box", "a", b"one").await.unwrap();
        put(&scene, "box", "b", b"two").await.unwrap();
        let copy = async || {
            let fields = json!({"object": "a", "to_name": "b"}).as_object().unwrap().clone();
            let (portal, id, input) = (&scene.world.portal, view.id.as_str(), SpecInput::Json(fields));
            portal.act(&scene.operator, &scene.place, "swift_container", id, "copy_object", input, Some("key")).await
        };
        for _ in 0..2 {
            assert!(copy().await.unwrap_err().to_string().contains("there already"));
        }
        scene.act(&view, "delete_object", json!({"object": "b"})).await.unwrap();
        for _ in 0..2 {
            copy().await.unwrap();
        }
        assert_eq!(get(&scene, "box", "b", None).await.unwrap(), b"one");
    })
    .await;
}

#[tokio::test]
async fn a_copy_onto_a_large_object_leaves_none_of_its_parts_and_puts_nothing_among_parts() {
    everywhere(NOTHING, async |scene| {
        let view = container(&scene).await;
        put(&scene, "box", "a", b"one").await.unwrap();
        large(&scene, "large.bin", &noise(17 * MIB)).await;
        let copy = json!({"object": "a", "to_name": "large.bin", "overwrite": true});
        scene.act(&view, "copy_object", copy).await.unwrap();
        swept(&scene).await;
        assert_eq!(names(&scene, "box", "").await, ["a", "large.bin"]);
        let among =
            scene.act(&view, "copy_object", json!({"object": "a", "to_name": ".segments/x"})).await.unwrap_err();
        assert!(among.fields().contains_key("to_name"), "{among:?}");
    })
    .await;
}
