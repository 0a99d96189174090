//! Facts, tallies, charts and exports. May import `domain`.
