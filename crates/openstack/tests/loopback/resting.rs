//! A service that does not answer: how long it is waited for, when it is left alone, and whom it holds up.
use crate::{
    ID,
    cloud::{Say, SmallCloud},
    create, list, project,
};
use openstack::{
    Error,
    client::{Cloud, Patience},
};
use std::time::{Duration, Instant};

fn patience(pause: Duration) -> Patience {
    Patience { failures: 2, pause, longest: pause }
}

#[tokio::test]
async fn a_service_that_fails_twice_is_sent_nothing_more_and_a_create_is_then_not_in_doubt() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.patience = patience(Duration::from_secs(3600));
    let cloud = Cloud::new(config).unwrap();
    for _ in 0..2 {
        small.next(Say::Status(503));
        assert!(cloud.send(&project(), "One", &create(), ID).await.unwrap_err().maybe_done());
    }
    let error = cloud.send(&project(), "One", &create(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Resting { service: "Compute", .. }), "{error}");
    assert!(!error.maybe_done());
    assert_eq!(small.count("POST /v2.1/servers"), 2);
    let health = cloud.health().into_iter().find(|health| health.service_type == "compute").unwrap();
    assert!(health.resting.is_some() && health.region == "One", "{health:?}");
}

#[tokio::test]
async fn one_region_left_alone_is_no_other() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.patience = patience(Duration::from_secs(3600));
    let cloud = Cloud::new(config).unwrap();
    // A read tries several times.
    cloud.send(&project(), "Down", &list(), ID).await.unwrap_err();
    let error = cloud.send(&project(), "Down", &list(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Resting { .. }), "{error}");
    cloud.send(&project(), "One", &list(), ID).await.unwrap();
}

#[tokio::test]
async fn after_its_pause_it_is_asked_again_and_goes_on_as_before() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.patience = patience(Duration::from_millis(20));
    let cloud = Cloud::new(config).unwrap();
    for _ in 0..2 {
        small.next(Say::Cut);
        cloud.send(&project(), "One", &create(), ID).await.unwrap_err();
    }
    while let Err(error) = cloud.send(&project(), "One", &create(), ID).await {
        assert!(matches!(error, Error::Resting { .. }), "{error}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let health = cloud.health().into_iter().find(|health| health.service_type == "compute").unwrap();
    assert_eq!((health.failures, health.resting), (0, None));
}

#[tokio::test]
async fn refusals_and_faults_of_its_own_are_signs_of_life() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.patience = patience(Duration::from_secs(3600));
    let cloud = Cloud::new(config).unwrap();
    for status in [500, 404, 409, 500] {
        small.next(Say::Status(status));
        let error = cloud.send(&project(), "One", &create(), ID).await.unwrap_err();
        assert!(matches!(error, Error::Status { .. }), "{error}");
    }
    cloud.send(&project(), "One", &create(), ID).await.unwrap();
}

#[tokio::test]
async fn reads_that_hang_leave_turns_for_a_create() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.concurrency = 4;
    config.timeout = Duration::from_secs(60);
    let cloud = Cloud::new(config).unwrap();
    let readers: Vec<_> = (0..6)
        .map(|_| {
            small.next(Say::Hang);
            let cloud = cloud.clone();
            tokio::spawn(async move { cloud.send(&project(), "One", &list(), ID).await })
        })
        .collect();
    while small.count("GET /v2.1/servers") < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // What is left in the script would be said to the create.
    small.forget_script();
    cloud.send(&project(), "One", &create(), ID).await.unwrap();
    assert_eq!(small.count("GET /v2.1/servers"), 3, "three quarters of the turns, and no more");
    for reader in readers {
        reader.abort();
    }
}

#[tokio::test]
async fn a_service_may_have_less_time_than_others() {
    let small = SmallCloud::start().await;
    let mut config = small.config();
    config.timeout = Duration::from_secs(3600);
    config.timeouts.insert("compute".to_owned(), Duration::from_millis(300));
    let cloud = Cloud::new(config).unwrap();
    cloud.send(&project(), "One", &list(), ID).await.unwrap();
    small.next(Say::Hang);
    let begun = Instant::now();
    let error = cloud.send(&project(), "One", &create(), ID).await.unwrap_err();
    assert!(matches!(error, Error::Lost { maybe_done: true, .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(600));
}
