//! The schema of the registry.
