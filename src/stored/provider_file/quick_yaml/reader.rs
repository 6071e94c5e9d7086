//! Reader of a text to nodes, in one pass over its lines.

use std::borrow::Cow;

use memchr::memchr;

use crate::stored::provider_file::quick_yaml::{Node, NodeKind};

/// The nodes of `text`, each before those below it; nothing where it gives up.
pub(super) fn nodes(text: &str) -> Option<Vec<Node<'_>>> {
    // A node has some ten bytes of the text.
    let nodes = Vec::with_capacity(text.len() / 8);
    let mut reader = Reader { rest: text, line: None, is_after_gap: false, nodes };
    reader.step()?;
    reader.block()?;
    reader.line.is_none().then_some(reader.nodes)
}

/// A line that says something, without its indentation.
#[derive(Clone, Copy)]
struct Line<'a> {
    indent: usize,
    content: &'a str,
}

impl<'a> Line<'a> {
    /// The line without its dash, as if it began where its item begins.
    fn item(self) -> Option<Self> {
        let content = self.content.strip_prefix("- ")?.trim_start_matches(' ');
        let indent = self.indent + self.content.len() - content.len();
        (!content.is_empty() && !content.starts_with('#')).then_some(Self { indent, content })
    }
}

/// The lines that are left, and the nodes of those that were read.
struct Reader<'a> {
    rest: &'a str,
    /// The next line that says something.
    line: Option<Line<'a>>,
    /// Whether lines that are empty or a comment stand before it.
    is_after_gap: bool,
    nodes: Vec<Node<'a>>,
}

impl<'a> Reader<'a> {
    /// Goes to the next line that says something, if there is one.
    fn step(&mut self) -> Option<()> {
        (self.line, self.is_after_gap) = (None, false);
        while self.line.is_none() && !self.rest.is_empty() {
            let end = memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let (line, rest) = self.rest.split_at_checked(end)?;
            self.rest = rest.get(1..).unwrap_or_default();
            is_printable(line).then_some(())?;
            let content = line.trim_start_matches(' ');
            if content.is_empty() || content.starts_with('#') {
                self.is_after_gap = true;
            } else {
                self.line = Some(Line { indent: line.len() - content.len(), content });
            }
        }
        Some(())
    }

    /// The next line, if it begins at `indent`.
    fn line_at(&self, indent: usize) -> Option<Line<'a>> {
        self.line.filter(|line| line.indent == indent)
    }

    /// A map or a list whose entries all begin where the next line does.
    fn block(&mut self) -> Option<()> {
        let line = self.line?;
        match line.item() {
            Some(_) => self.list(line.indent),
            None => self.map(line.indent),
        }
    }

    fn list(&mut self, indent: usize) -> Option<()> {
        let list = self.begin(NodeKind::List);
        while let Some(item) = self.line_at(indent).and_then(Line::item) {
            if item.item().is_some() || pair(item.content).is_some() {
                self.line = Some(item);
                self.block()?;
            } else {
                self.step()?;
                self.value(item.content, indent)?;
            }
        }
        self.end(list)
    }

    fn map(&mut self, indent: usize) -> Option<()> {
        let map = self.begin(NodeKind::Map);
        while let Some(line) = self.line_at(indent) {
            let (key, value) = pair(line.content)?;
            self.scalar(NodeKind::Bare, key);
            self.step()?;
            self.value(value, indent)?;
        }
        self.end(map)
    }

    /// The value that `text` begins, behind a key or a dash of an entry at `indent`.
    fn value(&mut self, text: &'a str, indent: usize) -> Option<()> {
        let rest = match text.as_bytes().first() {
            None | Some(b'#') => return self.below(indent),
            Some(b'>') => return self.folded(text, indent),
            Some(b'[' | b'{') => self.brackets(text)?,
            Some(b'"' | b'\'') => self.quoted(text)?,
            Some(_) => {
                let word = bare(text)?;
                self.scalar(NodeKind::Bare, word);
                text.get(word.len()..)?
            }
        };
        let comment = rest.trim_start_matches(' ');
        (comment.is_empty() || comment.starts_with('#') && comment.len() < rest.len()).then_some(())
    }

    /// The value that stands in the lines below a key at `indent`, if any.
    fn below(&mut self, indent: usize) -> Option<()> {
        match self.line {
            // A list may begin where its key begins.
            Some(next) if next.indent > indent || next.indent == indent && next.item().is_some() => {
                self.block()
            }
            Some(_) | None => {
                self.scalar(NodeKind::Bare, "");
                Some(())
            }
        }
    }

    /// A text in deeper lines, which a space joins.
    fn folded(&mut self, header: &str, around: usize) -> Option<()> {
        let indent = self.line.filter(|line| header == ">-" && line.indent > around)?.indent;
        let mut words = Vec::new();
        while let Some(line) = self.line.filter(|line| line.indent > around) {
            // There such lines are part of the text.
            (line.indent == indent && !self.is_after_gap).then_some(())?;
            words.push(line.content);
            self.step()?;
        }
        let text = Cow::Owned(words.join(" "));
        self.nodes.push(Node { kind: NodeKind::Text, word: text, size: 1 });
        (!self.is_after_gap).then_some(())
    }

    /// The list or map that `text` begins with, on one line; what stands behind it.
    fn brackets(&mut self, text: &'a str) -> Option<&'a str> {
        let (kind, close) = if text.starts_with('[') { (NodeKind::List, ']') } else { (NodeKind::Map, '}') };
        let begun = self.begin(kind);
        let mut rest = text.get(1..)?.trim_start_matches(' ');
        while !rest.starts_with(close) {
            if kind == NodeKind::Map {
                let (key, value) = pair(rest)?;
                self.scalar(NodeKind::Bare, key);
                rest = value;
            }
            rest = match rest.as_bytes().first()? {
                b'[' | b'{' => self.brackets(rest)?,
                b'"' | b'\'' => self.quoted(rest)?,
                _ => {
                    let word = bare_in_brackets(rest)?;
                    self.scalar(NodeKind::Bare, word);
                    rest.get(word.len()..)?
                }
            };
            rest = rest.trim_start_matches(' ');
            match rest.strip_prefix(',') {
                Some(next) => rest = next.trim_start_matches(' '),
                None => rest.starts_with(close).then_some(())?,
            }
        }
        self.end(begun)?;
        rest.get(1..)
    }

    /// The quoted text that `text` begins with; what stands behind it.
    fn quoted(&mut self, text: &'a str) -> Option<&'a str> {
        let (mark, rest) = text.split_at_checked(1)?;
        let (word, rest) = rest.split_once(mark)?;
        let is_plain = if mark == "'" { !rest.starts_with('\'') } else { !word.contains('\\') };
        self.scalar(NodeKind::Text, word);
        is_plain.then_some(rest)
    }

    fn scalar(&mut self, kind: NodeKind, word: &'a str) {
        self.nodes.push(Node { kind, word: Cow::Borrowed(word), size: 1 });
    }

    /// Begins a map or a list, and says where.
    fn begin(&mut self, kind: NodeKind) -> usize {
        self.scalar(kind, "");
        self.nodes.len() - 1
    }

    /// All nodes since the one at `at` are below it.
    fn end(&mut self, at: usize) -> Option<()> {
        let size = self.nodes.len() - at;
        self.nodes.get_mut(at)?.size = size;
        Some(())
    }
}

/// Whether a line has nothing that ends a line or is no text.
fn is_printable(line: &str) -> bool {
    let is_ascii = line.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    let is_char = |char| matches!(char, ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{2030}'..='\u{d7ff}');
    is_ascii || line.chars().all(is_char)
}

/// The key that `text` begins with, and what stands behind it.
fn pair(text: &str) -> Option<(&str, &str)> {
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let end = text.as_bytes().iter().position(|byte| !is_of_key(byte))?;
    let (key, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix(':')?;
    let is_key = may_begin(key) && (rest.is_empty() || rest.starts_with(' '));
    is_key.then_some((key, rest.trim_start_matches(' ')))
}

/// Whether a bare word may begin as `text` does.
fn may_begin(text: &str) -> bool {
    let may_begin = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/') || *byte >= 0x80;
    text.as_bytes().first().is_some_and(may_begin)
}

/// The bare word that `text` begins with, up to a comment.
fn bare(text: &str) -> Option<&str> {
    let is_end = |two: &[u8]| matches!(two, b" #" | b": ");
    let end = text.as_bytes().windows(2).position(is_end).unwrap_or(text.len());
    let word = text.get(..end)?.trim_end_matches(' ');
    let is_key = text.get(end..)?.starts_with(':') || word.ends_with(':');
    (word == "~" || may_begin(word) && !is_key).then_some(word)
}

/// The bare word that `text` begins with, up to what ends it in brackets.
fn bare_in_brackets(text: &str) -> Option<&str> {
    let end = text.bytes().position(|byte| matches!(byte, b',' | b']' | b'}'))?;
    let word = text.get(..end)?.trim_end_matches(' ');
    let is_of_word =
        |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@+=() ".contains(&byte) || byte >= 0x80;
    let is_word = may_begin(word) && word.bytes().all(is_of_word);
    let is_key = || word.ends_with(':') || word.contains(": ");
    (word == "~" || is_word && !is_key()).then_some(word)
}
