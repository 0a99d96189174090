# Blood donors: from when somebody may give; donations, deferrals, blood groups; rules.

donor = Blood donation
kind-whole-blood = Whole blood
kind-platelets = Platelets
span-years = {$n ->
    [one] 1 year
   *[other] {$n} years
}
span-months = {$n ->
    [one] 1 month
   *[other] {$n} months
}
span-days = {$n ->
    [one] 1 day
   *[other] {$n} days
}
cap-rolling = any 365 days
cap-calendar = a calendar year
cap-donations = at most {$n} in {$x}
cap-millilitres = at most {$n} mL in {$x}
donor-now = May give now, as the rules say
donor-from = May give from {$x}
donor-never = May not give any more
donor-no-rules = No rules are in force
donor-by = By
donor-station-decides = This counts intervals, ages and yearly caps only; the blood station decides on the day.
why-interval = After {$x}: {$y}
why-deferred = Deferred
why-for-good = Deferred for good
why-too-young = At least {$n} years old
why-too-old = Over {$n} years old
why-physician = Over {$n} years old: a physician decides
why-rules-begin = New rules come into force
why-age-unknown = The birth date is not known; the age was not checked
why-no-interval = These rules state no interval; the station's own counts
why-until = {$x}: {$y}
clause-unchecked = {$x} (to be checked against the text)
donor-known = Donations known
donor-times = {$n}
donor-last = The last ones
donor-units = {$n ->
    [one] 1 unit
   *[other] {$n} units
}
source-of-self-told = self-reported
source-of-station = confirmed by the station
donor-deferred-until = Deferred through {$x}
donor-deferred-for-good = Deferred for good
donor-recorded = Recorded
donor-undone = undone
donor-undo = Recorded by mistake: undo
donor-record = Record donation, deferral, blood group
donor-record-given = Donation
donor-record-defer = Deferral
donor-record-group = Blood group
donor-save = Record it
donor-kind = Kind
donor-day = Day of the donation
donor-ml = Millilitres
donor-units-label = Units
donor-place = Place
donor-source = Who says so
donor-abo = ABO group
donor-rh = RhD
donor-rh-positive = positive
donor-rh-negative = negative
defer-never-why = Only until when is recorded, never why.
defer-how = How
defer-how-until = Until a day
defer-how-span = For a time from a day on
defer-how-for-good = For good (leaves the blood donors)
defer-until = Last day of the deferral
defer-from = From
defer-span = For how long
defer-table = How long to wait after what
defer-table-what = For looking the time up; only the last day is stored.
health-recorded = Recorded
health-undone = Undone
slip-choose = Please choose one
slip-donor-ml = Millilitres are from 50 to 1000
slip-donor-units = Units are from 1 to 4
slip-donor-day = The day of the donation is not after today
slip-donor-place = Name the place in one line of at most 60 characters
slip-defer-until = The last day lies within ten years; for good is a choice of its own
