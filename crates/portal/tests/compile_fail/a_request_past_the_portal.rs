//! Whoever has a scoped cloud still cannot send requests of their own: that is the portal's.
use portal::ScopedCloud;

async fn send(cloud: &ScopedCloud, request: &openstack::Request) {
    let _ = cloud.send(request).await;
}

fn main() {
    let _ = send;
}
