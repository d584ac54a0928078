//! The audit's chains: whatever is done to them behind the portal's back shows.
use crate::world::{World, everywhere};
use portal::Broken;

/// Some history: a workspace, four members, and all of it in two chains.
async fn history(world: &World) {
    world.user("owner").await;
    let team = world.workspace("devops-team", "owner").await;
    for name in ["a", "b", "c", "d"] {
        world.user(name).await;
        world.member(&team, name, model::Role::Viewer).await;
    }
    assert_eq!(world.portal.verify_audit().await.unwrap(), []);
}

async fn broken(world: &World) -> Option<(String, i64, &'static str)> {
    let found = world.portal.verify_audit().await.unwrap();
    let Broken { chain, number, how } = found.first()?.clone();
    assert_eq!(found.len(), 1, "{found:?}");
    Some((chain, number, how))
}

#[tokio::test]
async fn an_altered_column_shows_whichever_it_is() {
    everywhere(async |world| {
        history(world).await;
        let columns = [
            ("at", "at + 1", "at - 1"),
            ("actor", "actor || 'x'", "substr(actor, 1, length(actor) - 1)"),
            ("actor_id", "'x'", "NULL"),
            ("action", "'vm.delete'", "'member.add'"),
            ("outcome", "'denied'", "'succeeded'"),
            ("environment", "'prod'", "NULL"),
            ("target_kind", "'vm'", "'user'"),
            ("target_id", "target_id || 'x'", "substr(target_id, 1, length(target_id) - 1)"),
            ("target_name", "target_name || 'x'", "substr(target_name, 1, length(target_name) - 1)"),
            ("detail", "detail || ' '", "substr(detail, 1, length(detail) - 1)"),
            ("request_id", "request_id || 'x'", "substr(request_id, 1, length(request_id) - 1)"),
        ];
        for (column, bad, good) in columns {
            let set = |value: &str| {
                format!("UPDATE audit_events SET {column} = {value} WHERE chain = 'devops-team' AND number = 3")
            };
            assert_eq!(world.sql(set(bad)).await, 1);
            assert_eq!(broken(world).await, Some(("devops-team".to_owned(), 3, "altered")), "{column}");
            assert_eq!(world.sql(set(good)).await, 1);
            assert_eq!(broken(world).await, None, "{column} put back");
        }
    })
    .await;
}

#[tokio::test]
async fn an_altered_hash_or_link_shows() {
    everywhere(async |world| {
        for column in ["hash", "previous"] {
            history_of_its_own(world, column).await;
        }
    })
    .await;
}

async fn history_of_its_own(world: &World, column: &str) {
    if world.count("SELECT COUNT(*) AS n FROM users").await == 0 {
        history(world).await;
    }
    let there =
        format!("UPDATE audit_events SET {column} = 'f' || {column} WHERE chain = 'devops-team' AND number = 3");
    let back =
        format!("UPDATE audit_events SET {column} = substr({column}, 2) WHERE chain = 'devops-team' AND number = 3");
    world.sql(there).await;
    let (chain, number, _) = broken(world).await.unwrap();
    assert_eq!((chain.as_str(), number), ("devops-team", 3), "{column}");
    world.sql(back).await;
    assert_eq!(broken(world).await, None);
}

#[tokio::test]
async fn a_removed_event_shows() {
    everywhere(async |world| {
        history(world).await;
        world.sql("DELETE FROM audit_events WHERE chain = 'devops-team' AND number = 2".to_owned()).await;
        assert_eq!(broken(world).await, Some(("devops-team".to_owned(), 2, "removed")));
    })
    .await;
}

#[tokio::test]
async fn reordered_events_show() {
    everywhere(async |world| {
        history(world).await;
        for (from, to) in [(2, 99), (3, 2), (99, 3)] {
            let sql = format!("UPDATE audit_events SET number = {to} WHERE chain = 'devops-team' AND number = {from}");
            assert_eq!(world.sql(sql).await, 1);
        }
        let (chain, number, _) = broken(world).await.unwrap();
        assert_eq!((chain.as_str(), number), ("devops-team", 2));
    })
    .await;
}

#[tokio::test]
async fn a_cut_off_tail_shows() {
    everywhere(async |world| {
        history(world).await;
        world.sql("DELETE FROM audit_events WHERE chain = 'devops-team' AND number >= 4".to_owned()).await;
        let (chain, number, how) = broken(world).await.unwrap();
        assert_eq!((chain.as_str(), number), ("devops-team", 4));
        assert!(how.starts_with("cut off"), "{how}");
    })
    .await;
}

#[tokio::test]
async fn an_event_moved_to_another_chain_shows_in_both() {
    everywhere(async |world| {
        history(world).await;
        let last = "(SELECT MAX(number) FROM audit_events WHERE chain = 'devops-team')";
        let sql = format!(
            "UPDATE audit_events SET chain = 'platform', number = (SELECT MAX(number) + 1 FROM audit_events e WHERE \
             e.chain = 'platform') WHERE chain = 'devops-team' AND number = {last}"
        );
        assert_eq!(world.sql(sql).await, 1);
        assert_eq!(world.portal.verify_audit().await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_chain_survives_many_writers_at_once() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let before = world.chain(None).await.len();
        let writers = (0..20).map(|_| world.portal.sign_out(&alice));
        for done in futures_util::future::join_all(writers).await {
            done.unwrap();
        }
        assert_eq!(world.chain(None).await.len(), before + 20);
        assert_eq!(broken(world).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_head_that_was_kept_shows_a_chain_cut_off_together_with_its_head() {
    everywhere(async |world| {
        history(world).await;
        let heads = || async { world.portal.audit_heads(&portal::Ctx::cli()).await.unwrap() };
        let kept = heads().await;
        assert_eq!(kept, heads().await, "the same chain is signed alike");
        let team = kept.iter().find(|head| head.chain == "devops-team").unwrap();
        world.sql(format!("DELETE FROM audit_events WHERE chain = 'devops-team' AND number = {}", team.number)).await;
        let cut = "UPDATE audit_heads SET number = number - 1, hash = (SELECT e.hash FROM audit_events e
            WHERE e.chain = audit_heads.chain AND e.number = audit_heads.number - 1) WHERE chain = 'devops-team'";
        world.sql(cut.to_owned()).await;
        assert_eq!(world.portal.verify_audit().await.unwrap(), [], "the rest of the chain holds");
        let now = heads().await;
        let now = now.iter().find(|head| head.chain == "devops-team").unwrap();
        assert_eq!((now.number, now.signature == team.signature), (team.number - 1, false));
        let found = world.portal.verify_heads(&portal::Ctx::cli(), &kept).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].chain.as_str(), found[0].number), ("devops-team", team.number));
        assert!(found[0].how.starts_with("cut off"), "{}", found[0].how);
    })
    .await;
}

#[tokio::test]
async fn a_head_that_somebody_else_wrote_proves_nothing() {
    everywhere(async |world| {
        history(world).await;
        let cli = portal::Ctx::cli();
        let kept = world.portal.audit_heads(&cli).await.unwrap();
        assert_eq!(world.portal.verify_heads(&cli, &kept).await.unwrap(), []);
        for change in [
            |head: &mut portal::Head| head.number -= 1,
            |head: &mut portal::Head| head.hash.replace_range(..1, "g"),
            |head: &mut portal::Head| head.signature.replace_range(..2, "zz"),
            |head: &mut portal::Head| head.signature.clear(),
        ] {
            let mut forged = kept[0].clone();
            change(&mut forged);
            let found = world.portal.verify_heads(&cli, &[forged]).await.unwrap();
            assert!(found.len() == 1 && found[0].how.contains("not signed"), "{found:?}");
        }
        let olga = world.user("olga").await;
        assert!(world.portal.verify_heads(&olga, &kept).await.is_err());
    })
    .await;
}
