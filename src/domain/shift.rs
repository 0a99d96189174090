//! A drive's shifts (班次), and a volunteer's place in one: planned, came, did not come.

use chrono::NaiveTime;

use super::outside::{NotNow, words};
use super::volunteer::Quarters;

/// From when to when a shift lasts on the day of its drive: minutes after midnight, in quarter hours, so that the hours of who came need no
/// rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShiftTime {
    from: u16,
    to: u16,
}

impl ShiftTime {
    /// The time of two minutes of a day; none where it does not begin and end on a quarter of an hour, or ends before it begins.
    pub const fn of(from: i64, to: i64) -> Option<Self> {
        if 0 <= from && from < to && to <= 24 * 60 && from % 15 == 0 && to % 15 == 0 {
            // Both are at most 1,440.
            Some(Self { from: from as u16, to: to as u16 })
        } else {
            None
        }
    }

    /// The time of two texts such as `09:00` and `12:30`.
    pub fn parse(from: &str, to: &str) -> Option<Self> {
        let minute = |text: &str| {
            let text = super::written::plain(text);
            let text = text.replace('：', ":");
            if text == "24:00" {
                return Some(24 * 60);
            }
            let time = NaiveTime::parse_from_str(&text, "%H:%M").ok()?;
            Some(i64::from(chrono::Timelike::num_seconds_from_midnight(&time) / 60))
        };
        Self::of(minute(from)?, minute(to)?)
    }

    /// The minutes after midnight, as they are stored.
    pub const fn minutes(self) -> (i64, i64) {
        (self.from as i64, self.to as i64)
    }

    /// How long it lasts.
    pub const fn length(self) -> Quarters {
        Quarters((self.to - self.from) as u32 / 15)
    }
}

impl std::fmt::Display for ShiftTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.to / 60, self.to % 60)
    }
}

/// Where a volunteer's place in a shift stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnState {
    /// Expected.
    Planned,
    /// Came: the hours of the shift are served.
    Came,
    /// Did not come.
    Absent,
    /// Taken off the shift again.
    Off,
}

words!(TurnState: Planned = "planned", Came = "came", Absent = "absent", Off = "off");

/// What is noted of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TurnAct {
    /// Put on the shift, again where they were taken off.
    Plan,
    /// Came.
    Came,
    /// Did not come.
    Absent,
    /// Taken off.
    Off,
}

words!(TurnAct: Plan = "plan", Came = "came", Absent = "absent", Off = "off");

impl TurnState {
    /// Where it stands after an act. Whether somebody came can be put right either way.
    ///
    /// # Errors
    /// [`NotNow`] with the reason.
    pub const fn after(self, act: TurnAct) -> Result<Self, NotNow> {
        match (self, act) {
            (Self::Planned | Self::Absent, TurnAct::Came) => Ok(Self::Came),
            (Self::Planned | Self::Came, TurnAct::Absent) => Ok(Self::Absent),
            (Self::Planned, TurnAct::Off) => Ok(Self::Off),
            (Self::Off, TurnAct::Plan) => Ok(Self::Planned),
            (Self::Came | Self::Absent, TurnAct::Off) => Err(NotNow { key: "turn-noted-already" }),
            (Self::Off, TurnAct::Came | TurnAct::Absent) => Err(NotNow { key: "turn-taken-off" }),
            (Self::Planned | Self::Came | Self::Absent, TurnAct::Plan)
            | (Self::Came, TurnAct::Came)
            | (Self::Absent, TurnAct::Absent)
            | (Self::Off, TurnAct::Off) => Err(NotNow { key: "turn-so-already" }),
        }
    }
}

/// What a step means for the hours served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursChange {
    /// The hours of the shift are entered.
    Enter,
    /// The hours entered are undone.
    Undo,
    /// Nothing.
    Keep,
}

/// What a step from one state to another means for the hours served: they follow from who came, and from nothing else.
pub const fn hours_change(from: TurnState, to: TurnState) -> HoursChange {
    match (from, to) {
        (TurnState::Came, TurnState::Came) => HoursChange::Keep,
        (_, TurnState::Came) => HoursChange::Enter,
        (TurnState::Came, _) => HoursChange::Undo,
        _ => HoursChange::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_shift_begins_and_ends_on_a_quarter_of_an_hour_of_one_day() {
        let time = ShiftTime::parse("08:30", " １２：１５ ").unwrap();
        assert_eq!((time.to_string().as_str(), time.length()), ("08:30-12:15", Quarters(15)));
        assert_eq!(ShiftTime::parse("18:00", "24:00").unwrap().minutes(), (1_080, 1_440));
        for (from, to) in [("09:00", "09:00"), ("12:00", "09:00"), ("09:10", "10:00"), ("", "10:00"), ("9", "10"), ("23:00", "25:00")] {
            assert!(ShiftTime::parse(from, to).is_none(), "{from} {to}");
        }
        assert!(ShiftTime::of(-15, 30).is_none() && ShiftTime::of(0, 1_455).is_none());
    }

    #[test]
    fn who_came_or_not_can_be_put_right_and_who_was_noted_is_not_taken_off() {
        use TurnState::{Absent, Came, Off, Planned};
        assert_eq!(Planned.after(TurnAct::Came), Ok(Came));
        assert_eq!(Came.after(TurnAct::Absent), Ok(Absent));
        assert_eq!(Absent.after(TurnAct::Came), Ok(Came));
        assert_eq!(Came.after(TurnAct::Off), Err(NotNow { key: "turn-noted-already" }));
        assert_eq!(Planned.after(TurnAct::Off), Ok(Off));
        assert_eq!(Off.after(TurnAct::Came), Err(NotNow { key: "turn-taken-off" }));
        assert_eq!(Off.after(TurnAct::Plan), Ok(Planned));
        for (state, act) in [(Planned, TurnAct::Plan), (Came, TurnAct::Came), (Absent, TurnAct::Absent), (Off, TurnAct::Off)] {
            assert_eq!(state.after(act), Err(NotNow { key: "turn-so-already" }));
        }
        for state in TurnState::ALL {
            assert_eq!(TurnState::from_word(state.word()), Some(*state));
        }
    }

    proptest! {
        #[test]
        fn the_hours_entered_and_not_undone_are_those_of_who_came(acts in prop::collection::vec(prop::sample::select(TurnAct::ALL.to_vec()), 0..30)) {
            let (mut state, mut entered) = (TurnState::Planned, 0i32);
            for act in acts {
                if let Ok(next) = state.after(act) {
                    match hours_change(state, next) {
                        HoursChange::Enter => entered += 1,
                        HoursChange::Undo => entered -= 1,
                        HoursChange::Keep => {}
                    }
                    state = next;
                }
                prop_assert_eq!(entered, i32::from(state == TurnState::Came));
            }
        }
    }
}
