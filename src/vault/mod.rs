//! Keys, sealing, blind indexes, MACs, tokens, passwords. The only room that names the crypto crates. May import `domain`.
