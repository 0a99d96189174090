//! Databases of a private PostgreSQL cluster, one a test.

use sea_orm::{ConnectionTrait, Database};

/// Makes an empty database and gives its address; `cluster` is the address of a superuser's database.
pub fn fresh(cluster: &str) -> String {
    let name = format!("it_{}", uuid::Uuid::now_v7().simple());
    let statement = format!("CREATE DATABASE {name}");
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a thread can wait").block_on(async {
        let connection = Database::connect(cluster).await.expect("the cluster that .ci/run started answers");
        connection.execute_unprepared(&statement).await.expect("a superuser may make databases");
        connection.close().await.expect("a connection closes");
    });
    let (server, _) = cluster.rsplit_once('/').expect("an address ends with the database's name");
    format!("{server}/{name}")
}
