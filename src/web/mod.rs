//! The web shell: the only room that names rocket. May import `app` and what it returns.
