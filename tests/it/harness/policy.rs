//! A follow-up policy for volunteers in which nothing but what a test is about keeps two contacts apart.

/// The text of the policy: the contact check after a year on the rungs of `$ladder`, and what else `$more` says.
macro_rules! contact_check {
    ($ladder:literal $(, $more:literal)?) => {
        concat!(
            r#"
valid_from = 2021-01-01
[limits]
quiet_from = "21:00"
quiet_until = "09:00"
min_days_between = 0
donation_interval = "6 months"

[[rule]]
id = "contact-check"
registries = ["volunteer"]
statuses = ["registered", "enrolled"]
anchor = "registered"
offset = "12 months"
kind = "contact_check"
catch_up = "12 months"
ladder = "#,
            $ladder,
            "\n",
            $($more)?
        )
    };
}

pub(crate) use contact_check;
