//! Logs without personal data, and the panic hook.
