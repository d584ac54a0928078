//! The kill matrix: a server dies at each point of a resource's way, or the cloud's answer does not come, for each kind
//! and each operation, on both databases. Afterwards rows, cloud and quota agree, and what was asked for has come about.
//!
//! Each cell is a real server that kills itself (`portal::failpoints`), a second one that is started after it, and a
//! caller who asks again under the same key. Which points an operation passes is not written down anywhere: it is first
//! carried out undisturbed, and traced.
pub(crate) mod books;
mod lane;
mod matrix;
mod ops;
mod table;

use crate::site::postgres;

#[tokio::test]
async fn the_books_agree_wherever_a_server_dies_on_sqlite() {
    matrix::Matrix::reduced(None, 6).await.check();
}

#[tokio::test]
async fn the_books_agree_wherever_a_server_dies_on_postgresql() {
    let Some(url) = postgres() else { return };
    matrix::Matrix::reduced(Some(url), 6).await.check();
}

#[tokio::test]
#[ignore = "lasts long; make test-crash runs it"]
async fn every_cell() {
    let sqlite = matrix::Matrix::whole(None, 10);
    let postgres = async {
        match postgres() {
            Some(url) => Some(matrix::Matrix::whole(Some(url), 10).await),
            None => None,
        }
    };
    let (sqlite, postgres) = tokio::join!(sqlite, postgres);
    let all: Vec<_> =
        std::iter::once(("sqlite", sqlite)).chain(postgres.map(|matrix| ("postgresql", matrix))).collect();
    println!("{}", table::table(&all));
    for (_, matrix) in all {
        matrix.check();
    }
}
