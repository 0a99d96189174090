# People: search, list, one person.

people-enrol = Register somebody
people-query = Name, or the whole document number, phone, mail address or id
people-all = All
people-none = Nobody found
people-none-do = To find one person type the whole number or address: parts find nobody. For a name, try again without the other conditions.
people-clear = Clear
people-found = {$n ->
    [one] One person found
   *[other] {$n} people found
}
people-more = The first {$n} are shown: please narrow the search
people-how = How to search
people-how-1 = By name: simplified, traditional or the same sound.
people-how-2 = By document number, phone or mail: the whole of it.
people-how-3 = What you search for appears in no address bar and no log.
person-opened = The identity is open and this has been recorded. It is masked again when you leave the page.
person-fields = Data
person-standings = Registries
person-history = History
person-joined = Joined records
unmerge = Un-merge
unmerged = Un-merged
disclosure = Open the identity
disclosure-what = Shows the masked name, numbers and address. Choose a reason first; each time is recorded.
disclosure-why = Reason
disclosure-do = Open the identity
slip-reason = Please choose a reason
decide-registered = Still registered
decide-withdrew = Withdrew
people-lead = Lists show masked numbers; opening an identity is recorded.
reason-contact = To call or write
reason-correct = To put data right
reason-request = At the person's own request
reason-other = Other work
field-former-name = Former name
field-relative = Relative or contact
leave = Leaving, death
leave-what = Takes effect at once and cancels everything planned. No reason is asked of anybody.
leave-from = Which registry
leave-why = Reason
leave-do = Record it
left-done = Recorded; what was planned is cancelled
slip-leave = Please choose registry and reason
decided-standing = Decided
history-record = Registration: {$x}
history-import = Import: {$x}
field-other-name = Also written
birth-and-age = {$x} ({$y})
person-aliases = also opened by
person-joined-what = Each record stays as it was; the line under a value says which record it comes from.
source = {$x}, {$y}
source-by = {$x}, by {$y}
source-import-row = import, row {$x}
source-import = import
source-form = form
source-correction = correction
