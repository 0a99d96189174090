//! Sheets as staff make them, read into drafts with problems. May import `domain`.
