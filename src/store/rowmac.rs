//! Which columns of which rows are protected by a MAC, and under which names. The order is part of what is protected and never changes.

use uuid::Uuid;

use crate::vault::{MacRow, Sealed, Vault};

use super::entity::value::{Day, Opaque};
use super::entity::{
    activity, activity_strike, barcode, care, consent, contact_again, death_fact, disclosure, enrolment, grid, health_fact,
    identifier_claim, leave_fact, matter, matter_step, membership, opening, outside, outside_step, record, service_fact, staff,
    standing_step, subject, told_fact, turn,
};
use super::error::StoreError;

/// A row with a MAC.
pub(super) trait Protected {
    const TABLE: &'static str;

    /// The row's id.
    fn row(&self) -> Uuid;
    /// The protected columns.
    fn canonical(&self) -> MacRow;
    /// Where the MAC is kept.
    fn mac_mut(&mut self) -> &mut Opaque;
    /// The stored MAC.
    fn mac(&self) -> &[u8];

    /// Computes the MAC of the row as it stands.
    fn protect(&mut self, vault: &Vault) -> Result<(), StoreError> {
        let mac = vault.mac(&self.canonical())?;
        *self.mac_mut() = Opaque(mac.to_vec());
        Ok(())
    }

    /// Checks the row as it was read.
    fn check(&self, vault: &Vault) -> Result<(), StoreError> {
        vault.check_mac(&self.canonical(), self.mac()).map_err(|_| StoreError::Tampered { table: Self::TABLE, row: self.row() })
    }
}

fn start(table: &str, row: Uuid, version: i64) -> MacRow {
    MacRow::new(table, row, version.unsigned_abs())
}

fn day(day: Option<Day>) -> Option<String> {
    day.map(|d| d.0.format("%Y-%m-%d").to_string())
}

fn sealed(value: Option<&Opaque>) -> Option<Sealed> {
    value.map(|v| Sealed::from_bytes(v.0.clone()))
}

/// Ids as the MAC takes them.
trait RowId: Copy {
    fn uuid(self) -> Uuid;
}

impl RowId for Uuid {
    fn uuid(self) -> Uuid {
        self
    }
}

macro_rules! row_ids {
    ($($id:ident),+ $(,)?) => {$(
        impl RowId for crate::domain::id::$id {
            fn uuid(self) -> Uuid {
                self.0
            }
        }
    )+};
}

row_ids!(
    SubjectId,
    MembershipId,
    RecordId,
    EnrolmentId,
    ConsentId,
    ClaimId,
    StaffId,
    HealthId,
    ServiceId,
    DeathId,
    LeaveId,
    ToldId,
    TurnId,
    ActivityId,
    OutsideId,
    MatterId,
    OpeningId,
    DisclosureId
);

macro_rules! protected {
    ($entity:ident, $table:literal, $columns:expr) => {
        impl Protected for $entity::Model {
            const TABLE: &'static str = $table;

            fn row(&self) -> Uuid {
                self.id.uuid()
            }
            fn canonical(&self) -> MacRow {
                let columns: fn(&Self, MacRow) -> MacRow = $columns;
                columns(self, start($table, self.id.uuid(), self.row_version))
            }
            fn mac_mut(&mut self) -> &mut Opaque {
                &mut self.row_mac
            }
            fn mac(&self) -> &[u8] {
                &self.row_mac.0
            }
        }
    };
}

protected!(subject, "subject", |row, mac| {
    mac.text("origin", Some(row.origin.word()))
        .int("created_at", Some(row.created_at.0))
        .int("first_contact_at", row.first_contact_at.map(|t| t.0))
        .int("erased_at", row.erased_at.map(|t| t.0))
});

protected!(membership, "membership", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .uuid("person_id", Some(row.person_id.0))
        .int("since", Some(row.since.0))
        .int("until", row.until.map(|t| t.0))
        .text("decision", Some(row.decision.word()))
        .uuid("decided_by", row.decided_by.map(|s| s.0))
});

protected!(record, "record", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("registry", Some(row.registry.code().into()))
        .uuid("import_row_id", row.import_row_id.map(|i| i.0))
        .uuid("drive_id", row.drive_id.map(|d| d.0))
        .int("recorded_at", Some(row.recorded_at.0))
        .text("told_on", day(row.told_on).as_deref())
        .sealed("sealed_identity", sealed(Some(&row.sealed_identity)).as_ref())
        .sealed("sealed_contact", sealed(Some(&row.sealed_contact)).as_ref())
        .sealed("sealed_health", sealed(row.sealed_health.as_ref()).as_ref())
        .sealed("sealed_details", sealed(row.sealed_details.as_ref()).as_ref())
        .int("schema", Some(row.schema))
});

protected!(enrolment, "enrolment", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("registry", Some(row.registry.code().into()))
        .int("status", Some(row.status.code().into()))
        .text("since", day(Some(row.since)).as_deref())
});

protected!(consent, "consent", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("purpose", Some(row.purpose.code().into()))
        .text("text_version", Some(&row.text_version))
        .bytes("text_sha256", Some(&row.text_sha256.0))
        .int("how", Some(row.how.code().into()))
        .int("given_at", Some(row.given_at.0))
        .int("withdrawn_at", row.withdrawn_at.map(|t| t.0))
        .uuid("staff_id", row.staff_id.map(|s| s.0))
        .sealed("sealed_witness", sealed(row.sealed_witness.as_ref()).as_ref())
});

protected!(health_fact, "health_fact", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("recorded_at", Some(row.recorded_at.0))
        .uuid("staff_id", row.staff_id.map(|s| s.0))
        .sealed("sealed", sealed(Some(&row.sealed)).as_ref())
        .int("schema", Some(row.schema))
});

protected!(service_fact, "service_fact", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("recorded_at", Some(row.recorded_at.0))
        .uuid("staff_id", row.staff_id.map(|s| s.0))
        .sealed("sealed", sealed(Some(&row.sealed)).as_ref())
        .int("schema", Some(row.schema))
});

protected!(death_fact, "death_fact", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("recorded_at", Some(row.recorded_at.0))
        .uuid("staff_id", row.staff_id.map(|s| s.0))
        .sealed("sealed", sealed(Some(&row.sealed)).as_ref())
        .int("schema", Some(row.schema))
});

protected!(leave_fact, "leave_fact", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("recorded_at", Some(row.recorded_at.0))
        .uuid("staff_id", row.staff_id.map(|s| s.0))
        .sealed("sealed", sealed(Some(&row.sealed)).as_ref())
        .int("schema", Some(row.schema))
});

protected!(told_fact, "told_fact", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("recorded_at", Some(row.recorded_at.0))
        .uuid("staff_id", row.staff_id.map(|s| s.0))
        .sealed("sealed", sealed(Some(&row.sealed)).as_ref())
        .int("schema", Some(row.schema))
});

protected!(identifier_claim, "identifier_claim", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .int("kind", Some(row.kind))
        .bytes("index_value", Some(&row.index_value.0))
        .int("key_version", Some(row.key_version))
        .flag("verified", Some(row.verified))
});

protected!(staff, "staff", |row, mac| {
    mac.text("login", Some(&row.login))
        .text("phc", Some(&row.phc))
        .int("roles", Some(row.roles.bits().into()))
        .flag("disabled", Some(row.disabled))
});

protected!(outside, "outside", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .text("system", Some(row.system.word()))
        .text("state", Some(row.state.word()))
        .text("since", day(Some(row.since)).as_deref())
        .text("cause", row.cause.map(crate::domain::outside::OutsideCause::word))
        .sealed("sealed_number", sealed(row.sealed_number.as_ref()).as_ref())
        .bytes("number_tag", row.number_tag.as_ref().map(|t| t.0.as_slice()))
});

protected!(outside_step, "outside_step", |row, mac| {
    mac.uuid("outside_id", Some(row.outside_id.0))
        .uuid("subject_id", Some(row.subject_id.0))
        .text("act", Some(row.act.word()))
        .text("cause", row.cause.map(crate::domain::outside::OutsideCause::word))
        .text("day", day(Some(row.day)).as_deref())
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
        .sealed("sealed_evidence", sealed(row.sealed_evidence.as_ref()).as_ref())
});

protected!(standing_step, "standing_step", |row, mac| {
    mac.uuid("act_id", Some(row.act_id))
        .uuid("enrolment_id", Some(row.enrolment_id.0))
        .uuid("subject_id", Some(row.subject_id.0))
        .int("registry", Some(row.registry.code().into()))
        .int("status", Some(row.status.code().into()))
        .int("before_status", Some(row.before_status.code().into()))
        .text("before_since", day(Some(row.before_since)).as_deref())
        .int("version", Some(row.version))
        .flag("death", Some(row.death))
        .uuid("undoes", row.undoes)
        .text("why", row.why.as_deref())
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
});

protected!(matter, "matter", |row, mac| {
    mac.text("kind", Some(row.kind.word()))
        .uuid("subject_id", row.subject_id.map(|s| s.0))
        .text("phase", Some(&row.phase))
        .int("received_at", Some(row.received_at.0))
        .int("answer_by", row.answer_by.map(|t| t.0))
        .int("happened_at", row.happened_at.map(|t| t.0))
        .sealed("sealed", sealed(row.sealed.as_ref()).as_ref())
        .uuid("opened_by", row.opened_by.map(|s| s.0))
        .int("opened_at", Some(row.opened_at.0))
        .int("closed_at", row.closed_at.map(|t| t.0))
});

protected!(matter_step, "matter_step", |row, mac| {
    let mac = mac
        .uuid("matter_id", Some(row.matter_id.0))
        .int("number", Some(row.number))
        .text("act", Some(&row.act))
        .text("code", row.code.as_deref())
        .text("day", day(Some(row.day)).as_deref())
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
        .sealed("sealed_note", sealed(row.sealed_note.as_ref()).as_ref());
    // Steps of before the column have a MAC without it.
    match row.happened_at {
        Some(at) => mac.int("happened_at", Some(at.0)),
        None => mac,
    }
});

protected!(opening, "opening", |row, mac| {
    mac.uuid("matter_id", Some(row.matter_id.0))
        .uuid("staff_id", Some(row.staff_id.0))
        .text("reason", Some(&row.reason))
        .int("at", Some(row.at.0))
        .text("review_by", day(Some(row.review_by)).as_deref())
        .uuid("reviewed_by", row.reviewed_by.map(|s| s.0))
        .int("reviewed_at", row.reviewed_at.map(|t| t.0))
        .text("verdict", row.verdict.map(crate::store::word::Verdict::word))
});

protected!(disclosure, "disclosure", |row, mac| {
    mac.uuid("person_id", Some(row.person_id.0))
        .uuid("asked_by", Some(row.asked_by.0))
        .text("reason", Some(&row.reason))
        .int("asked_at", Some(row.asked_at.0))
        .uuid("decided_by", row.decided_by.map(|s| s.0))
        .int("decided_at", row.decided_at.map(|t| t.0))
        .int("until", row.until.map(|t| t.0))
});

protected!(grid, "grid", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .sealed("sealed", sealed(Some(&row.sealed)).as_ref())
        .bytes("tag", Some(&row.tag.0))
        .text("day", day(Some(row.day)).as_deref())
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
});

protected!(contact_again, "contact_again", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0))
        .text("why", Some(&row.why))
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
});

protected!(barcode, "barcode", |row, mac| {
    mac.uuid("subject_id", Some(row.subject_id.0)).bytes("tag", Some(&row.tag.0)).int("at", Some(row.at.0))
});

protected!(care, "care", |row, mac| {
    mac.text("kind", Some(&row.kind))
        .uuid("notice_id", row.notice_id.map(|n| n.0))
        .int("cents", row.cents)
        .text("fund", row.fund.as_deref())
});

protected!(turn, "turn", |row, mac| {
    mac.uuid("shift_id", Some(row.shift_id.0))
        .uuid("subject_id", Some(row.subject_id.0))
        .text("state", Some(row.state.word()))
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
});

protected!(activity, "activity", |row, mac| {
    mac.text("kind", Some(row.kind.word()))
        .int("registry", Some(row.registry.code().into()))
        .text("held_on", day(Some(row.held_on)).as_deref())
        .text("place", Some(row.place.word()))
        .int("town", row.town.map(|t| t.0.into()))
        .int("reached", Some(row.reached))
        .int("leaflets", Some(row.leaflets))
        .int("staff_there", Some(row.staff_there))
        .int("volunteers_there", Some(row.volunteers_there))
        .int("at", Some(row.at.0))
        .uuid("by_staff", row.by_staff.map(|s| s.0))
});

protected!(activity_strike, "activity_strike", |row, mac| { mac.int("at", Some(row.at.0)).uuid("by_staff", row.by_staff.map(|s| s.0)) });
