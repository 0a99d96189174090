//! What is recorded of volunteers: teams, hours, certificates, skills. One sealed fact a row, never changed.

use crate::domain::id::ServiceId;
use crate::domain::volunteer::ServiceFact;

super::sealed_fact::sealed_facts!(service_fact in Contact: ServiceId of ServiceFact; PreparedService by prepare_service, ServiceView; put_service, service_of);
