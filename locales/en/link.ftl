# Pages behind a link sent to a registrant. Plain words; never a word of what was registered.

link-title = Verify your contact
link-hello = Hello
link-why = You got this link because somebody gave this mail address to {$x}. Please tell us whether it is yours.
link-verify = Yes, this is me
link-verify-what = It tells us that we can reach you at this address.
link-else = Not you?
link-not-me = This is not me
link-not-me-what = There is nothing to fill in. We will send nothing more to this address.
link-once = This link works once and expires. Opening this page changes nothing.
link-verified = Thank you, verified
link-verified-what = There is nothing more to do; you may close this page.
link-anytime = You may correct your data, change your mind or ask for erasure at any time.
link-stopped = It has stopped
link-stopped-what = Thank you for telling us. Nothing more will be sent to this address. We are sorry for the trouble.
link-gone = This link cannot be used now
link-gone-what = It may have been used, or it has expired. Nothing was changed.
link-gone-do = If you still want to verify, please contact {$x}: another one will be sent.
link-unsubscribe = No more mails
link-unsubscribe-what = This stops mails only; your registration stays.
link-unsubscribed-what = No more mails will be sent; your registration stays.
