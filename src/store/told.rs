//! What registrants tell on their own page: one sealed fact a row, never changed.

use crate::domain::id::ToldId;
use crate::domain::told::ToldFact;

super::sealed_fact::sealed_facts!(told_fact in Contact: ToldId of ToldFact; PreparedTold by prepare_told, ToldView; put_told, told_of);
