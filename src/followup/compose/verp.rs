//! The return path: `b+<outbox id>.<tag>@domain` (VERP). It tells a bounce's mail without an address in it, and nobody can forge one.

use uuid::Uuid;

use crate::domain::Keyed;
use crate::domain::id::OutboxId;

const LABEL: &str = "followup/verp";
/// Hexadecimal digits of the tag: 64 bits, of which a forger has one guess a mail.
const TAG: usize = 16;

fn tag(outbox: OutboxId, keyed: &dyn Keyed) -> String {
    let digest = keyed.tag(LABEL, &outbox.bytes());
    digest.iter().take(TAG / 2).map(|b| format!("{b:02x}")).collect()
}

/// The return path of a mail. Lower case only: relays may change the case of a local part.
pub fn bounce_address(outbox: OutboxId, domain: &str, keyed: &dyn Keyed) -> String {
    format!("b+{}.{}@{domain}", outbox.0.simple(), tag(outbox, keyed))
}

/// The mail that a return path belongs to; `None` where it is not ours or its tag is wrong.
pub fn outbox_of(address: &str, keyed: &dyn Keyed) -> Option<OutboxId> {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>').to_ascii_lowercase();
    let local = address.rsplit_once('@').map_or(address.as_str(), |(local, _)| local);
    let (id, told) = local.strip_prefix("b+")?.split_once('.')?;
    if id.len() != 32 || told.len() != TAG {
        return None;
    }
    let outbox = OutboxId(Uuid::try_parse(id).ok()?);
    let right = tag(outbox, keyed);
    // Every digit is looked at, so that the time tells nothing about the first wrong one.
    let differs = right.bytes().zip(told.bytes()).fold(0u8, |all, (a, b)| all | (a ^ b));
    (differs == 0).then_some(outbox)
}
