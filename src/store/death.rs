//! Deaths: the day and who told of it, one sealed fact a registration, never changed.

use std::collections::HashSet;

use sea_orm::QuerySelect;

use crate::domain::death::Death;
use crate::domain::id::DeathId;

super::sealed_fact::sealed_facts!(death_fact in Identity: DeathId of Death; PreparedDeath by prepare_death, DeathView; put_deaths, deaths_of);

impl Store {
    /// Everybody with whom a death is kept, whatever became of it since: few, of all who are on file.
    pub async fn with_a_death(&self) -> Result<HashSet<SubjectId>, StoreError> {
        let query = death_fact::Entity::find().select_only().column(death_fact::Column::SubjectId).distinct();
        Ok(query.into_tuple::<SubjectId>().all(&self.reader).await?.into_iter().collect())
    }
}
