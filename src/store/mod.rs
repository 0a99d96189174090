//! The database. The only room that names sea_orm; seals on write, opens on read. May import `domain` and `vault`.
