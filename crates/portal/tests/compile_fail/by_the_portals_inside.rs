//! The portal does not hand its cloud out.
use portal::Portal;

fn connect(portal: &Portal) {
    let _ = portal.inner.clouds.cloud();
}

fn main() {
    let _ = connect;
}
