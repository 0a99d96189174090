//! Rust text as words and signs. Comments are dropped, the text of string literals is kept apart from code.

/// One piece of code and the line it starts on (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or keyword, without `r#`.
    Word(String),
    /// `::`.
    Path,
    /// Any other single sign.
    Sign(char),
    /// The content of a string literal, escapes as written.
    Text(String),
}

impl Token {
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(w) if w == word)
    }

    pub fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(w) => Some(w),
            _ => None,
        }
    }
}

/// Reads a whole file.
pub fn read(text: &str) -> Vec<Token> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    while reader.at < reader.chars.len() {
        reader.step();
    }
    reader.tokens
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn advance(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        c
    }

    fn push(&mut self, line: usize, kind: Kind) {
        self.tokens.push(Token { line, kind });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            (c, _) if c.is_whitespace() => drop(self.advance()),
            ('/', '/') => {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.advance();
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(line),
            ('\'', _) => self.quote(line),
            (':', ':') => {
                self.at += 2;
                self.push(line, Kind::Path);
            }
            (c, _) if c == '_' || c.is_alphanumeric() => self.word(line),
            _ => {
                let sign = self.advance();
                self.push(line, Kind::Sign(sign));
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => {
                    depth += 1;
                    self.at += 2;
                }
                ('*', '/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => drop(self.advance()),
            }
        }
    }

    fn string(&mut self, line: usize) {
        self.advance();
        let mut text = String::new();
        while self.at < self.chars.len() {
            match self.advance() {
                '"' => break,
                '\\' => {
                    text.push('\\');
                    let escaped = self.advance();
                    text.push(escaped);
                }
                c => text.push(c),
            }
        }
        self.push(line, Kind::Text(text));
    }

    fn raw_string(&mut self, line: usize, hashes: usize) {
        self.at += hashes + 1;
        let mut text = String::new();
        while self.at < self.chars.len() {
            if self.peek(0) == '"' && (1..=hashes).all(|n| self.peek(n) == '#') {
                self.at += hashes + 1;
                break;
            }
            let c = self.advance();
            text.push(c);
        }
        self.push(line, Kind::Text(text));
    }

    /// A character literal or a lifetime.
    fn quote(&mut self, line: usize) {
        self.advance();
        if self.peek(0) == '\\' {
            self.at += 2;
            while self.at < self.chars.len() && self.advance() != '\'' {}
        } else if self.peek(1) == '\'' {
            self.advance();
            self.advance();
        } else {
            self.push(line, Kind::Sign('\''));
        }
    }

    fn word(&mut self, line: usize) {
        let mut word = String::new();
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            word.push(self.peek(0));
            self.at += 1;
        }
        let hashes = (0..).take_while(|n| self.peek(*n) == '#').count();
        match word.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == '"' => self.raw_string(line, hashes),
            "b" | "c" if self.peek(0) == '"' => self.string(line),
            "b" if self.peek(0) == '\'' => self.quote(line),
            "r" if hashes == 1 => {
                self.at += 1;
                self.word(line);
            }
            _ => self.push(line, Kind::Word(word)),
        }
    }
}

#[test]
fn comments_and_strings_are_not_code() {
    let words = |text: &str| read(text).into_iter().filter_map(|t| t.word().map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(words("a // b\n/* c /* d */ e */ f \"g\" r#\"h \" i\"# 'j' '\\'' b'k' b\"l\" r#m 'n o"), ["a", "f", "m", "n", "o"]);
    assert_eq!(words("r\"x\" br##\"y\"# z\"## c\"w\" v"), ["v"]);
}

#[test]
fn lines_are_counted_through_strings_and_comments() {
    assert_eq!(read("/*\n\n*/ \"a\nb\"\nhere").last().map(|t| t.line), Some(5));
}
