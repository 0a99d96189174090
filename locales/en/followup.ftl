# Follow-ups, mails, the first contact.

followup-print = Print today's list
followup-list = Tasks
followup-overdue = Overdue
followup-due = Due today
followup-none = No calls today
followup-none-do = Mails go out by themselves. Below is the plan for the coming months.
days-over = {$n ->
    [one] one day late
   *[other] {$n} days late
}
task-choose = Choose a task from the list.
task-open = Show name and number
task-open-what = Showing them is recorded
task-say = What to say
script-hello = “Hello, this is {$x}. Am I speaking with [the name above]?”
script-hello-not = If it is somebody else, say only: “The district Red Cross; please ask them to call back when it suits them.” Never what it is about.
script-free = “Whatever you feel is fine. You may change your mind at any time.”
script-free-not = Listen, do not persuade. If they hesitate: “No need to decide now.”
task-outcome = Outcome
task-save = Save, next
task-done = Saved
task-done-held = Saved; that number is not called any more
task-later = Agreed or planned for {$x}, which is not yet.
task-number = Which number was dialled
task-number-of = No. {$x}: {$y}
task-number-named = Not the registrant’s own
task-named = People the registrant named for this
task-named-what = Only those the registrant wrote down for it; nobody else is asked.
script-third-say = To them, say this sentence and no more:
script-third = “The district Red Cross; please ask them to call back when it suits them.”
script-third-not = Not what it is about, nothing of a registration, and no question where they are.
followup-first = The {$n} most urgent are listed first; the others follow.
slip-number = There are several numbers: show them, then choose the one that was dialled
slip-outcome-unfit = This outcome does not fit this task; please choose another
slip-outcome = Please choose an outcome
slip-heard-unfit = What is filled in below is noted only of a call that reached them, or in which a day was agreed: choose that outcome, or empty it
slip-found = Please give the number or mail address that was found
said-will = How they feel about it now
said-not-asked = Did not come up
said-until = When to ask again
said-until-hint = Left empty: in half a year
said-family = Does the family know of the registration
said-more = A new number or mail address, or a question to staff
said-phone = New phone number
said-mail = New mail address
said-mail-hint = A mail asks its owner to verify it
said-question = Question to be answered by staff
said-question-hint = 500 characters at most, in their own words
task-shared = Others are to be called on this number today
task-shared-what = Relatives may be spoken with in one call. Once this one is saved the others are put off, so that the number does not ring again and again.
first-contact = First contact
first-contact-lead = Imported registrants get their first mail or call only after it is asked for here and confirmed by the manager.
first-look = Preview
first-preview = Preview
first-will = Will be contacted
first-by-mail = by mail
first-by-phone = by phone
first-by-letter = by letter
first-nobody = Nobody matches; nobody will be contacted.
first-other-filter = Another choice
first-count = Type the number of people to be contacted
first-rules = Rules
first-rule-1 = Everybody has one first contact only.
first-rule-2 = The mail never says what was registered; it asks to open a link.
first-rule-3 = “This is not me” stops it at once.
slip-count = The number differs from the preview: read it again
slip-nobody = No registry was chosen: that means nobody
followup-held = {$n ->
    [one] One more is about an imported person: it is not listed before the first contact is confirmed.
   *[other] {$n} more are about imported people: they are not listed before the first contact is confirmed.
}
followup-today = {$n} are due. Calls between 09:00 and 21:00 only.
script-verify = “You registered with us. I would like to check your contact data and hear how you feel about it now.”
task-held = Imported, and the first contact was not confirmed: do not call yet.
task-no-phone = No phone
task-person = Open the person's page
task-elsewhere = Withdrew: record it on the person's page, it takes effect at once.
outcome-reached = Reached
outcome-no-answer = No answer
outcome-not-in-service = Number not in service
outcome-not-them = Not their number
outcome-call-on = Call again on a day agreed
outcome-refused-calls = Wants no further calls
task-call-on = On which day
slip-call-on = Please give the day agreed
task-rounds = {$n ->
    [one] called once before
   *[other] called {$n} times before
}
script-death = If they say that the person has died
script-death-say = “I am very sorry to have disturbed you. We will not call again. If there is ever anything we can do, please tell us.”
script-death-what = Ask for no details, do not mention the registration. Once “died” is recorded, all contact stops at once.
mails-refused = {$n ->
    [one] One mail was refused in the last seven days, for our settings or content, not for its recipient. Latest code:
   *[other] {$n} mails were refused in the last seven days, for our settings or content, not for their recipients. Latest code:
}
mails = Mails
mails-lead = Mails go out as planned; those due can be sent now.
mails-send = Send what is due now
mails-send-what = Consent and standing are checked again before each is sent.
mails-sent-done = {$x} were sent
mails-not-sent = Nothing to send now
first-done = First contact of {$x} people begun; contacts go out as planned
first-which = Whom to contact
first-which-hint = None chosen means nobody.
first-which-all = All imported registrants who were never contacted
first-unreachable = Unreachable
first-left-out-what = Not included: undecided, left, not to be contacted, or contacted before.
first-count-hint = As shown under “Will be contacted”, to confirm that you read it.
first-confirm = Confirm as manager and begin
first-waits = The manager has to confirm. Please show this page to the manager.
plan = The plan
plan-lead = {$n} contacts in the next 12 months; {$m} wait for the first contact to be confirmed.
plan-none = Nothing to plan yet
plan-none-do = Once people are registered and may be contacted, they are listed here by month.
plan-by-month = By month
plan-by-channel = By channel
plan-channel = Channel
plan-contacts = Contacts
plan-people = People
plan-reach = Who can be reached
plan-reach-lead = {$n} people may be contacted. Who can be reached in several ways counts with each.
plan-not = Not planned
plan-not-lead = These registrations are not to be contacted, each for one reason.
plan-reason = Reason
plan-registrations = Registrations
plan-do = Plan them
plan-do-what = Planning contacts nobody; mails go out when due and are checked again.
plan-done = {$x} contacts were planned
channel-mail = Mail
channel-phone = Phone
channel-letter = Letter
channel-hand-off = Short message
channel-none = By none of these
channel-find-contact = Find a contact
kind-verify_mail = Verify the address
kind-contact_check = Contact check
kind-first_contact = First contact
kind-blood_thanks = Thanks after donating
kind-blood_plan_next = Plan the next donation
kind-blood_eligible = May donate again
kind-deferral_end = Deferral ends
kind-blood_lapsing = No donation for long
kind-availability = Yearly availability check
kind-age_thanks = Thanks on reaching the age
kind-family_told = Has the family been told
kind-wish_check = Yearly check of the wish
kind-executor_check = Executor check
kind-volunteer_thanks = Thanks to volunteers
kind-pre_sampling = Questions before sampling
kind-deferral_explained = Deferral explained
kind-post_donation = After a stem-cell donation
kind-volunteer_duty = Reminder of a drive
not-planned-exited = Left
not-planned-undecided = Undecided
not-planned-suppressed = Not to be contacted
not-planned-anchor-unknown = Date to count from unknown
not-planned-condition-not-met = Condition not met
not-planned-covered = Covered by another contact
not-planned-no-channel = No way of contact
not-planned-asked-later = Asked to be contacted later
not-planned-not-eligible = May not give blood any more
not-planned-inactive = Last donation too long ago
not-planned-not-yet-eligible = May not give blood yet
not-planned-no-turn = Has no place in a shift any more
not-planned-other = Other
kind-other = Follow-up
calendar = Calendar of contacts
calendar-lead = What was done, what is open, and what the rules will plan within two years, with all limits applied. Looking changes nothing.
calendar-none = No contact, past or planned
calendar-none-do = Nothing is due under the rules; the reasons stand below where there are some.
calendar-day = Day
calendar-kind = About
calendar-rule = Rule
calendar-done = Done
calendar-not-sent = Not sent
calendar-open = Planned
calendar-queued = In the outbox
calendar-held = Waits for the first contact
calendar-future = Planned when its time comes
calendar-cancelled = Cancelled
calendar-gone = {$n ->
    [one] One contact that was planned once and is so no more, with its reason
   *[other] {$n} contacts that were planned once and are so no more, each with its reason
}
calendar-everything = Everything
policy = Rules to come
policy-since = The rules in force hold since {$x}.
policy-next = From {$x} on, another edition holds. This is what it changes; nothing of it takes effect before.
policy-same = It changes nothing.
policy-changes = What changes
policy-field = Field
policy-old = Now
policy-new = Then
policy-limit = Limit over all rules
policy-added = New rule
policy-removed = Rule ends
policy-contacts = What it comes to
policy-contacts-lead = Contacts of the twelve months from that day on, for the people on file today.
policy-without = Without the change
policy-with = With it
policy-none = No change is coming
policy-none-do = Another edition is a file followup*.toml in the folder of rules, with its own valid_from; it is shown here before it takes effect.
kind-confirm_interest = Confirm an interest
kind-question = Answer a question
task-question = What they ask
kind-enrolment_age = Age of enrolment
kind-match_check = Check during a match
kind-family_objects = The family objects
hands = Letters and messages
hands-lead = Letters and short messages that are planned, and calls that a short message may replace. Giving names, addresses or numbers out is recorded.
hands-letters = Letters
hands-letters-n = {$n ->
    [0] Nobody is waiting for a letter: who cannot be reached has no address on file.
    [one] One person can be reached by letter only.
   *[other] {$n} people can be reached by letter only.
}
hands-letters-what = The letters fit A4 and a window envelope, and say nothing of what was registered; up to 500 are printed at a time. Printing counts as sending; where nobody answers, the next step of the policy follows.
hands-letters-do = Print the letters
hands-off = Short messages
hands-off-n = {$n ->
    [0] No call of today may be replaced by a message.
    [one] One call of today may be replaced by a message.
   *[other] {$n} calls of today may be replaced by a message.
}
hands-rest-n = {$n ->
    [one] It is quiet hours or a closed day: the message to one person is not due yet.
   *[other] It is quiet hours or a closed day: the messages to {$n} people are not due yet.
}
hands-rest-until = They can be given out from {$x} on.
hands-one-rests = It is quiet hours or a closed day: no message is due now
hands-off-what = The file holds reference, number and text for the office’s platform. Without a result a call is due again after {$n} days, and a message gives way to the next step. The file holds up to 500; pressed again, the same one comes. Open this page anew for the next ones.
hands-off-do = Give the file out
hands-one = One message at a time
hands-one-do = One at a time (WeChat)
hands-one-copy = Copy the text
hands-one-copied = Copied
hands-one-what = Paste the text into WeChat or a message to this person, then say how it went; the next one follows. Showing them is recorded.
hands-one-sent = Sent, next
hands-one-not = Not possible, next step
hands-one-done = Nobody is left whom a message may reach
hands-message = What the message says
hands-message-hint = Up to 300 characters; no name, no word of what was registered.
hands-message-text = {$x}: please call us back when it suits you, so that we can check whether your contact data are still right.
hands-results = Results of the platform
hands-results-hint = One line each: reference, a comma, and delivered or failed.
hands-results-do = Read the results
hands-read = {$x} delivered, {$y} go on to the next step
slip-hands-message = Please write a text of 1 to 300 characters on one line
slip-hands-results = No line names an open message: reference, comma, delivered or failed
letters-made = {$n ->
    [one] One letter. The page is shown once.
   *[other] {$n} letters, one a sheet. The page is shown once.
}
letters-left = {$n ->
    [one] One more waits for the next print run.
   *[other] {$n} more wait for the next print run.
}
letter-hello = Dear {$x},
letter-why = You once left your contact data with {$x}. Thank you. We should like to know whether we can still reach you.
letter-ask = Please call us or come by when it suits you, and tell us whether your contact data are still right.
letter-phone = Telephone: {$x}
letter-address = Address: {$x}
letter-link = Or scan the code or type this address on your phone, and check your contact data yourself:
letter-code = Code that opens the check of the contact data
letters-no-office = The settings name neither the office’s telephone nor its address (branch.phone, branch.address): the letters cannot say how to answer them.
letter-free = You may change or withdraw what you told us at any time, without giving a reason.
