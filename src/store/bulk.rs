//! Multi-row inserts.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Iterable};

use super::error::StoreError;

/// How many values one statement may bind: SQLite's limit is 32,766, PostgreSQL's 65,535. Smaller statements are parsed once and kept.
const BINDS: usize = 8_000;

/// Inserts rows, as many a statement as [`BINDS`] lets.
pub(super) async fn insert<E, M>(db: &impl ConnectionTrait, rows: impl IntoIterator<Item = M>) -> Result<(), StoreError>
where
    E: EntityTrait<Model = M>,
    M: IntoActiveModel<E::ActiveModel>,
{
    let a_statement = BINDS / E::Column::iter().count().max(1);
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let part: Vec<E::ActiveModel> = rows.by_ref().take(a_statement).collect();
        E::insert_many(part).exec_without_returning(db).await?;
    }
    Ok(())
}
