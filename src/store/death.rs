//! Deaths: the day and who told of it, one sealed fact a registration, never changed.

use crate::domain::death::Death;
use crate::domain::id::DeathId;

super::sealed_fact::sealed_facts!(death_fact in Identity: DeathId of Death; PreparedDeath by prepare_death, DeathView; put_deaths, deaths_of);
