//! Configuration: defaults, then `donor-registry.toml`, then `DONOR_REGISTRY_*`; checked once.
