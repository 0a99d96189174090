//! What the tests of composing and sending share.

use uuid::Uuid;

use super::*;

/// Not a secure function: only its signature matters here.
pub(in crate::followup) struct TestKey(pub(in crate::followup) u8);

impl crate::domain::Keyed for TestKey {
    fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        let mut state = u64::from(self.0);
        let mut step = |b: u8| {
            state = (state ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
            state
        };
        for b in label.bytes().chain(bytes.iter().copied()) {
            step(b);
        }
        std::array::from_fn(|_| step(0).to_le_bytes()[3])
    }
}

pub(in crate::followup) const LINK: &str = "https://dj.example.org/l/0123456789abcdefghjkmnpqrstvwxyz";
pub(in crate::followup) const ONE_CLICK: &str = "https://dj.example.org/l/zyxwvtsrqpnmkjhgfedcba9876543210";

pub(in crate::followup) fn sender() -> Sender {
    Sender::new("雁江区红十字会", "Yanjiang Red Cross", "noreply@redcross.example", "office@redcross.example", "bounce.redcross.example")
        .unwrap()
}

pub(in crate::followup) fn order(kind: Kind, language: Language) -> Order {
    Order {
        outbox: OutboxId(Uuid::from_u128(0x0198_7654_3210_7abc_8def_0123_4567_89ab)),
        kind,
        language,
        to: Guarded::new(MailAddress::parse("zhang.san1990@mail.example").unwrap()),
        salutation: Guarded::new(Some(PersonName::parse("张三丰").unwrap())),
        link: Guarded::new(LINK.into()),
        unsubscribe: Guarded::new(ONE_CLICK.into()),
        date: "2026-12-07".parse().unwrap(),
    }
}

/// A mail of its own ready for the wire.
pub(in crate::followup) fn wire() -> WireMail {
    let mut order = order(Kind::ContactCheck, Language::Zh);
    order.outbox = OutboxId(Uuid::now_v7());
    let mail = compose(&Texts::shipped(), &sender(), order).unwrap();
    mail.wire(&sender(), &TestKey(7), crate::domain::time::Timestamp(1_790_000_000_000_000), chrono_tz::Asia::Shanghai).unwrap()
}
