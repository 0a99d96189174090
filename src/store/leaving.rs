//! How it was told that a registry was left: one sealed fact a registration, never changed.

use crate::domain::id::LeaveId;
use crate::domain::leaving::Leaving;

super::sealed_fact::sealed_facts!(leave_fact in Identity: LeaveId of Leaving; PreparedLeaving by prepare_leaving, LeavingView; put_leavings, leavings_of);
