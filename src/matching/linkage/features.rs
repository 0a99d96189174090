//! What the index keeps of a person: normalised values in one packed, zeroised block.

use zeroize::Zeroize;

use super::name::Name;
use super::rows::grow;

/// The values of one subject in the form in which they are compared. `Debug` prints nothing of them; zeroised on drop.
#[derive(Clone, Default)]
pub struct Features {
    /// Days from 0001-01-01, or the negative year where only that is known; 0 unknown.
    pub(super) birth: i32,
    /// Town code, 0 unknown.
    pub(super) town: u32,
    /// 1 male, 2 female, 0 unknown.
    pub(super) sex: u8,
    /// Tagged, length-prefixed values.
    packed: Vec<u8>,
}

impl std::fmt::Debug for Features {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Features(..)")
    }
}

impl Zeroize for Features {
    fn zeroize(&mut self) {
        self.birth = 0;
        self.town = 0;
        self.sex = 0;
        self.packed.zeroize();
    }
}

impl Drop for Features {
    fn drop(&mut self) {
        self.zeroize();
    }
}

/// What a packed value is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Name = 1,
    FormerName = 2,
    /// Kind code and number.
    Document = 3,
    Phone = 4,
    Mail = 5,
    /// Street or village, without the numbers.
    Street = 6,
    /// Group, house, building, unit and room numbers.
    House = 7,
    RelativePhone = 8,
}

impl Features {
    pub(super) fn push(&mut self, tag: Tag, value: &[u8]) {
        // Longer values are cut: the longest that is compared is a mail address.
        let kept = value.get(..255).unwrap_or(value);
        grow(&mut self.packed, kept.len() + 2);
        self.packed.push(tag as u8);
        self.packed.push(u8::try_from(kept.len()).unwrap_or(u8::MAX));
        self.packed.extend_from_slice(kept);
    }

    /// Gives back what was reserved beyond need.
    pub(super) fn fit(&mut self) {
        let exact: Vec<u8> = self.packed.as_slice().to_vec();
        self.packed.zeroize();
        self.packed = exact;
    }

    /// The values of one kind, in the order told.
    pub(super) fn values(&self, tag: Tag) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || {
            loop {
                let [kind, length, tail @ ..] = rest else { return None };
                let (value, next) = tail.split_at_checked(usize::from(*length))?;
                rest = next;
                if *kind == tag as u8 {
                    return Some(value);
                }
            }
        })
    }

    /// The names in use and former, taken apart.
    pub(super) fn names(&self) -> impl Iterator<Item = (bool, Name<'_>)> {
        let current = self.values(Tag::Name).map(|v| (false, v));
        let former = self.values(Tag::FormerName).map(|v| (true, v));
        current.chain(former).filter_map(|(was, v)| Some((was, Name::new(std::str::from_utf8(v).ok()?))))
    }

    /// The name in use.
    pub(super) fn name(&self) -> Option<Name<'_>> {
        self.names().find(|(former, _)| !former).map(|(_, n)| n)
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        self.packed.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_by_kind_and_debug_tells_nothing() {
        let mut f = Features::default();
        f.push(Tag::Name, "张伟".as_bytes());
        f.push(Tag::Phone, b"13800000000");
        f.push(Tag::Phone, b"13800000001");
        assert_eq!(f.values(Tag::Phone).count(), 2);
        assert_eq!(f.name().map(|n| n.text().to_owned()), Some("张伟".to_owned()));
        assert_eq!(format!("{f:?}"), "Features(..)");
    }

    #[test]
    fn a_value_too_long_is_cut_and_the_next_is_still_read() {
        let mut f = Features::default();
        f.push(Tag::Name, "长".repeat(10_000).as_bytes());
        f.push(Tag::Mail, b"a@b.cn");
        assert_eq!(f.values(Tag::Mail).next(), Some(b"a@b.cn".as_slice()));
    }
}
