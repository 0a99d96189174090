//! The sources as a tree of modules: which room a file belongs to, which of its code is tests, what it imports.

use std::collections::BTreeSet;

use crate::Finding;
use crate::rules::{self, Room};
use crate::tokens::{self, Kind, Token};

/// One file of `src`.
pub struct Source {
    pub path: String,
    pub tokens: Vec<Token>,
    /// For each token: whether it stands in code that is compiled for tests only.
    pub in_tests: Vec<bool>,
}

impl Source {
    fn finding(&self, token: &Token, rule: String) -> Finding {
        Finding { path: self.path.clone(), line: token.line, rule }
    }

    /// `src/vault/seal/aad.rs` is `["vault", "seal", "aad"]`, `src/vault/mod.rs` is `["vault"]`, `src/lib.rs` is `[]`.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut parts: Vec<&str> = inside.strip_suffix(".rs").unwrap_or(inside).split('/').collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
            parts.pop();
        }
        parts
    }

    pub fn room(&self) -> Option<&'static Room> {
        let first = *self.module().first()?;
        rules::ROOMS.iter().find(|r| r.name == first)
    }
}

/// All files of `src`.
pub struct Tree {
    pub sources: Vec<Source>,
}

impl Tree {
    pub fn of(files: &[(String, String)]) -> Self {
        let mut test_modules = BTreeSet::new();
        let mut sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| {
                let tokens = tokens::read(text);
                let mut source = Source { path: path.clone(), in_tests: vec![false; tokens.len()], tokens };
                for name in mark_tests(&mut source) {
                    let mut module: Vec<String> = source.module().into_iter().map(str::to_owned).collect();
                    module.push(name);
                    test_modules.insert(module.join("::"));
                }
                source
            })
            .collect();
        for source in &mut sources {
            let module = source.module().join("::");
            let whole = test_modules.iter().any(|t| module == *t || module.starts_with(&format!("{t}::")));
            if whole {
                source.in_tests.fill(true);
            }
        }
        Self { sources }
    }

    /// The arrows, the crates and names that belong to one room, and who may open a guarded value.
    pub fn check_rooms(&self) -> Vec<Finding> {
        self.sources.iter().flat_map(|s| rules::check(s).into_iter().map(|(token, rule)| s.finding(&s.tokens[token], rule))).collect()
    }
}

/// Marks the code under `#[cfg(test)]`; gives the names of the modules that are files of their own.
fn mark_tests(source: &mut Source) -> Vec<String> {
    let mut files = Vec::new();
    let mut at = 0;
    while at < source.tokens.len() {
        let Some(after) = test_attribute(&source.tokens, at) else {
            at += 1;
            continue;
        };
        let end = end_of_item(&source.tokens, after);
        source.in_tests[at..end].fill(true);
        let words: Vec<&Token> = source.tokens[after..end].iter().collect();
        if let Some(place) = words.iter().position(|t| t.is_word("mod"))
            && let (Some(name), Some(semicolon)) = (words.get(place + 1).and_then(|t| t.word()), words.get(place + 2))
            && semicolon.is_sign(';')
        {
            files.push(name.to_owned());
        }
        at = end;
    }
    files
}

/// If an attribute `#[cfg(.. test ..)]` without `not` starts here: the place after it.
fn test_attribute(tokens: &[Token], at: usize) -> Option<usize> {
    if !(tokens.get(at)?.is_sign('#') && tokens.get(at + 1)?.is_sign('[') && tokens.get(at + 2)?.is_word("cfg")) {
        return None;
    }
    let end = at + 1 + tokens[at..].iter().position(|t| t.is_sign(']'))?;
    let inside = &tokens[at..end];
    (inside.iter().any(|t| t.is_word("test")) && !inside.iter().any(|t| t.is_word("not"))).then_some(end)
}

/// The place after the item that starts here: after its `;` or its closing brace.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']') => depth -= 1,
            Kind::Sign('}') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            Kind::Sign(';') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Every top-level module of this crate that the file names, with the token that names it: through `crate::x`, `crate::{x, y::z}`,
/// `donor_registry::x`, and `super::` climbing up to the root.
pub fn imports(source: &Source) -> Vec<(usize, String)> {
    let tokens = &source.tokens;
    let depth_of_file = source.module().len();
    let mut inline: Vec<i32> = Vec::new();
    let mut braces = 0;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let after_path = at > 0 && tokens[at - 1].kind == Kind::Path;
        match &tokens[at].kind {
            Kind::Sign('{') => {
                braces += 1;
                if at >= 2 && tokens[at - 2].is_word("mod") {
                    inline.push(braces);
                }
            }
            Kind::Sign('}') => {
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
                braces -= 1;
            }
            Kind::Word(w) if (w == "crate" || w == "donor_registry") && !after_path && is_path(tokens, at + 1) => {
                found.extend(named(tokens, at + 2))
            }
            Kind::Word(w) if w == "super" && !after_path => {
                let mut climbed = 1;
                let mut next = at + 1;
                while is_path(tokens, next) && tokens.get(next + 1).is_some_and(|t| t.is_word("super")) {
                    climbed += 1;
                    next += 2;
                }
                if climbed == depth_of_file + inline.len() && is_path(tokens, next) {
                    found.extend(named(tokens, next + 1));
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn is_path(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| t.kind == Kind::Path)
}

/// The first names after a `::`: one, or those of a group.
fn named(tokens: &[Token], at: usize) -> Vec<(usize, String)> {
    match tokens.get(at).map(|t| &t.kind) {
        Some(Kind::Word(w)) => vec![(at, w.clone())],
        Some(Kind::Sign('{')) => {
            let mut names = Vec::new();
            let mut depth = 0;
            for (place, token) in tokens.iter().enumerate().skip(at) {
                match &token.kind {
                    Kind::Sign('{') => depth += 1,
                    Kind::Sign('}') => {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    Kind::Word(w) if depth == 1 && (tokens[place - 1].is_sign('{') || tokens[place - 1].is_sign(',')) => {
                        names.push((place, w.clone()))
                    }
                    _ => {}
                }
            }
            names
        }
        _ => Vec::new(),
    }
}
