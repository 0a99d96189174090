//! Canonical byte strings: every variable part is preceded by its length, every number has a fixed width.

use zeroize::Zeroize;

/// Builds a canonical byte string; zeroised on drop, since blind indexes are computed over personal data.
pub(super) struct Canon(Vec<u8>);

impl Canon {
    /// Starts with a length-prefixed label that no other kind of string of this program starts with.
    pub fn new(label: &'static str) -> Self {
        let mut canon = Self(Vec::with_capacity(256));
        canon.lp(label.as_bytes());
        canon
    }

    /// Starts with nothing: for vectors of functions that know no labels.
    #[cfg(test)]
    pub fn empty() -> Self {
        Self(Vec::new())
    }

    /// Appends a part with its length (u32, big-endian).
    pub fn lp(&mut self, part: &[u8]) -> &mut Self {
        let len = u32::try_from(part.len()).expect("a part of a canonical string is far below 4 GiB");
        self.u32(len).raw(part)
    }

    pub fn u8(&mut self, v: u8) -> &mut Self {
        self.raw(&[v])
    }

    pub fn u16(&mut self, v: u16) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    pub fn u32(&mut self, v: u32) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    pub fn u64(&mut self, v: u64) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    pub fn i64(&mut self, v: i64) -> &mut Self {
        self.raw(&v.to_be_bytes())
    }

    /// Appends bytes whose length is fixed by their kind.
    pub fn raw(&mut self, part: &[u8]) -> &mut Self {
        grow(&mut self.0, part.len());
        self.0.extend_from_slice(part);
        self
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Canon {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Makes room for `more` bytes; when the buffer must move, its old place is zeroised, which `Vec` would not do.
pub(super) fn grow(buffer: &mut Vec<u8>, more: usize) {
    if buffer.capacity() - buffer.len() < more {
        let mut larger = Vec::with_capacity((buffer.len() + more).max(buffer.capacity() * 2));
        larger.extend_from_slice(buffer);
        buffer.zeroize();
        *buffer = larger;
    }
}

/// A writer into a buffer of secrets: see [`grow`].
pub(super) struct SecretWriter<'a>(pub &'a mut Vec<u8>);

impl std::io::Write for SecretWriter<'_> {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        grow(self.0, part.len());
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
