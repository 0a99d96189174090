//! The one holder of plaintext personal data.

use std::fmt;

use zeroize::Zeroize;

/// Plaintext personal data: no `Display`, `Serialize`, `Deref` or `Clone`; `Debug` prints the type's name; zeroised on drop.
///
/// Opening one needs [`Guarded::reveal`], and `tests/layering.rs` lists the files that may call it.
pub struct Guarded<T: Zeroize>(T);

impl<T: Zeroize> Guarded<T> {
    /// Takes a value into custody.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Lends the plaintext. Only the places listed in `tests/layering.rs` may call this.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// Lends the plaintext for change in place, under the same rule as [`Guarded::reveal`].
    pub fn reveal_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// Computes something that is itself in custody, without the caller seeing the plaintext.
    pub fn map<U: Zeroize>(&self, f: impl FnOnce(&T) -> U) -> Guarded<U> {
        Guarded(f(&self.0))
    }
}

impl<T: Zeroize + Clone> Guarded<T> {
    /// A second holder of the same value. Named, so that copies are seen in review.
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> Drop for Guarded<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guarded<{}>", std::any::type_name::<T>())
    }
}

/// Gives value types of personal data a `Debug` that prints the type's name and nothing else.
macro_rules! opaque_debug {
    ($($t:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $t {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($t), "(..)"))
            }
        }
    )+};
}
pub(crate) use opaque_debug;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_the_type_and_never_the_value() {
        let secret = Guarded::new(String::from("张三"));
        assert_eq!(format!("{secret:?}"), "Guarded<alloc::string::String>");
    }
}
