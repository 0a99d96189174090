//! What is worked out from everybody's sealed data, takes seconds where many are on file, and is kept in memory while the registry is open:
//! one mechanism for every such list. It is worked out in the background, tells how far it is, gives way to whoever works at a page, and
//! ends and is dropped when the registry is sealed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::AppError;

/// How long somebody who waits for their turn looks away.
const NAP: Duration = Duration::from_millis(5);

/// How far a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Registrations looked through.
    pub done: u64,
    /// Of how many.
    pub of: u64,
}

/// A value that is kept.
#[derive(Debug)]
pub(super) struct Kept<T> {
    value: Mutex<Option<T>>,
    turn: tokio::sync::Mutex<()>,
    meter: Meter,
    failed: Mutex<Option<AppError>>,
}

#[derive(Debug, Default)]
struct Meter {
    done: AtomicU64,
    /// Zero while nothing is worked out from everybody.
    of: AtomicU64,
    /// How often the registry was sealed.
    sealed: AtomicU64,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { value: Mutex::new(None), turn: tokio::sync::Mutex::default(), meter: Meter::default(), failed: Mutex::new(None) }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Kept<T> {
    /// What `look` sees of the value; none where there is none.
    pub fn read<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        held(&self.value).as_ref().map(look)
    }

    /// How far the work on it is; none where nobody goes through everybody.
    pub fn progress(&self) -> Option<Progress> {
        let of = self.meter.of.load(Ordering::Relaxed);
        (of > 0).then(|| Progress { done: self.meter.done.load(Ordering::Relaxed).min(of), of })
    }

    /// Begins to work on it where nobody else does, resting between the parts: nobody waits for it.
    pub fn begin_behind(&self) -> Option<Turn<'_, T>> {
        self.try_begin(true)
    }

    /// Begins to work on it for somebody who waits, after whoever brings it up to date; none once somebody goes through everybody while
    /// there is a value to be shown as it was.
    pub async fn begin_shortly(&self) -> Option<Turn<'_, T>> {
        loop {
            if self.progress().is_some() && held(&self.value).is_some() {
                return None;
            }
            if let Some(turn) = self.try_begin(false) {
                return Some(turn);
            }
            tokio::time::sleep(NAP).await;
        }
    }

    fn try_begin(&self, rests: bool) -> Option<Turn<'_, T>> {
        self.turn.try_lock().ok().map(|turn| Turn { work: Work::on(&self.meter, rests), kept: self, _turn: turn })
    }

    /// Begins to work on it for somebody who waits, after whoever is at it.
    pub async fn begin(&self) -> Turn<'_, T> {
        let turn = self.turn.lock().await;
        Turn { work: Work::on(&self.meter, false), kept: self, _turn: turn }
    }

    /// The error that work in the background ended with, told once.
    pub fn take_failure(&self) -> Option<AppError> {
        held(&self.failed).take()
    }

    /// Whether work in the background failed and nobody was told yet.
    #[cfg(test)]
    fn has_failed(&self) -> bool {
        held(&self.failed).is_some()
    }

    /// The registry is sealed: the value is dropped, and whoever works on it ends at the next part.
    pub fn forget(&self) {
        let mut value = held(&self.value);
        self.meter.sealed.fetch_add(1, Ordering::AcqRel);
        *value = None;
        *held(&self.failed) = None;
    }
}

/// The turn of whoever works on a value.
#[derive(Debug)]
pub(super) struct Turn<'a, T> {
    /// What is told of the work.
    pub work: Work<'a>,
    kept: &'a Kept<T>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl<T> Turn<'_, T> {
    /// Keeps a value, unless the registry was sealed since the work began.
    pub fn put(&self, new: T) {
        let mut value = held(&self.kept.value);
        if !self.work.is_over() {
            *value = Some(new);
            *held(&self.kept.failed) = None;
        }
    }

    /// Changes the value where it stands.
    pub fn alter(&self, change: impl FnOnce(&mut T)) {
        if let Some(value) = held(&self.kept.value).as_mut() {
            change(value);
            *held(&self.kept.failed) = None;
        }
    }

    /// Keeps the error that work in the background ended with for whoever looks next, unless the work only ended since the registry was
    /// sealed.
    pub fn fail(&self, error: AppError) {
        if !self.work.is_over() {
            tracing::warn!(%error, "a list could not be worked out; it is tried again");
            *held(&self.kept.failed) = Some(error);
        }
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.kept.meter.of.store(0, Ordering::Relaxed);
        self.kept.meter.done.store(0, Ordering::Relaxed);
    }
}

/// Work that goes through everybody, part by part.
#[derive(Debug)]
pub(super) struct Work<'a> {
    meter: Option<&'a Meter>,
    under: u64,
    rests: bool,
    since: Instant,
}

impl<'a> Work<'a> {
    fn on(meter: &'a Meter, rests: bool) -> Self {
        Self { under: meter.sealed.load(Ordering::Acquire), meter: Some(meter), rests, since: Instant::now() }
    }

    /// Work whose progress nobody watches.
    pub fn unwatched() -> Self {
        Self { meter: None, under: 0, rests: false, since: Instant::now() }
    }

    /// Whether it rests between its parts: nobody waits for it.
    pub fn rests(&self) -> bool {
        self.rests
    }

    /// Says how many there are to go through.
    pub fn goes_through(&self, of: u64) {
        if let Some(meter) = self.meter {
            meter.done.store(0, Ordering::Relaxed);
            meter.of.store(of.max(1), Ordering::Relaxed);
        }
    }

    /// Says that so many more are done. In the background it then rests as long as the part took, so that pages have half of the machine at
    /// least.
    ///
    /// # Errors
    /// [`AppError::Busy`] where the registry was sealed: what was worked out so far is to be dropped.
    pub async fn did(&mut self, more: usize) -> Result<(), AppError> {
        if let Some(meter) = self.meter {
            meter.done.fetch_add(more as u64, Ordering::Relaxed);
        }
        if self.rests && !self.is_over() {
            tokio::time::sleep(self.since.elapsed()).await;
        }
        self.since = Instant::now();
        if self.is_over() { Err(AppError::Busy) } else { Ok(()) }
    }

    fn is_over(&self) -> bool {
        self.meter.is_some_and(|meter| meter.sealed.load(Ordering::Acquire) != self.under)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_work_tells_how_far_it_is_and_what_it_found_is_kept() {
        let kept: Kept<u32> = Kept::default();
        assert!(kept.read(|n| *n).is_none() && kept.progress().is_none());
        let mut turn = kept.begin_behind().unwrap();
        assert!(kept.begin_behind().is_none(), "one at a time");
        turn.work.goes_through(10);
        turn.work.did(4).await.unwrap();
        assert_eq!(kept.progress(), Some(Progress { done: 4, of: 10 }));
        turn.work.did(40).await.unwrap();
        assert_eq!(kept.progress(), Some(Progress { done: 10, of: 10 }), "people who came in meanwhile");
        turn.put(7);
        turn.alter(|n| *n += 1);
        drop(turn);
        assert_eq!((kept.read(|n| *n), kept.progress()), (Some(8), None));
    }

    #[tokio::test]
    async fn sealing_drops_the_value_ends_the_work_and_keeps_nothing_of_it() {
        let kept: Kept<u32> = Kept::default();
        kept.begin().await.put(1);
        let mut turn = kept.begin_behind().unwrap();
        turn.work.did(1).await.unwrap();
        kept.forget();
        assert!(kept.read(|n| *n).is_none());
        assert!(matches!(turn.work.did(1).await, Err(AppError::Busy)), "it ends at the next part");
        turn.put(2);
        turn.fail(AppError::Busy);
        drop(turn);
        assert!(kept.read(|n| *n).is_none(), "what was read before the sealing is not kept after it");
        assert!(kept.take_failure().is_none(), "an end is no failure");
        kept.begin().await.put(3);
        assert_eq!(kept.read(|n| *n), Some(3), "opened anew, it is worked out anew");
    }

    #[tokio::test]
    async fn whoever_waits_goes_on_with_the_last_value_once_everybody_is_gone_through() {
        let kept: Kept<u32> = Kept::default();
        kept.begin_shortly().await.unwrap().put(1);
        let turn = kept.begin_behind().unwrap();
        turn.work.goes_through(10);
        assert!(kept.begin_shortly().await.is_none());
        drop(turn);
        assert!(kept.begin_shortly().await.is_some());
    }

    #[tokio::test]
    async fn a_failure_in_the_background_is_told_once() {
        let kept: Kept<u32> = Kept::default();
        kept.begin().await.fail(AppError::Missing("person"));
        assert!(kept.has_failed());
        assert!(matches!(kept.take_failure(), Some(AppError::Missing(_))));
        assert!(!kept.has_failed() && kept.take_failure().is_none());
    }

    #[tokio::test]
    async fn in_the_background_the_work_rests_as_long_as_a_part_took() {
        let kept: Kept<u32> = Kept::default();
        let mut turn = kept.begin_behind().unwrap();
        let begun = Instant::now();
        std::thread::sleep(std::time::Duration::from_millis(40));
        turn.work.did(1).await.unwrap();
        assert!(begun.elapsed() >= std::time::Duration::from_millis(80));
    }
}
