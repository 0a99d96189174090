//! Donations, deferrals and blood groups: one sealed fact a row, never changed.

use crate::domain::eligibility::HealthFact;
use crate::domain::id::HealthId;

super::sealed_fact::sealed_facts!(health_fact in Health: HealthId of HealthFact; PreparedHealth by prepare_health, HealthView; put_health, health_of);
