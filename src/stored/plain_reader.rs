//! Quick reader of plain texts: one pass over the lines, and a tree that borrows them.
//!
//! Plain is the shape that our own writer and its like produce, and the only one that `plain_editor`
//! amends in place (`benches/store.rs` measures both).
//!
//! Block maps and lists, `[]` and `{}`, one scalar a line, bare words or double quotes without
//! escapes, ASCII.
//! It gives up rather than guess; what it does read is what the strict parser reads, which a
//! test holds.

mod extract;
mod scalar;
mod tree;

use foldhash::{HashSet, HashSetExt};
use memchr::{memchr, memchr_iter};

use crate::stored::plain_reader::scalar::{is_printable, scalar};

pub use crate::stored::plain_reader::extract::Extract;
pub(super) use crate::stored::plain_reader::scalar::pair;
pub use crate::stored::plain_reader::tree::{PlainNode, PlainPart, PlainTree, PlainValue};

/// How deep it goes; deeper than any file of ours.
const DEPTH_LIMIT: usize = 12;

/// How many lines a text may have.
pub const LINE_LIMIT: usize = 250_000;

/// From how many keys on doubles of a map are looked for in a set.
const MANY_KEYS: usize = 24;

/// The tree of `text`, if all of it has the plain shape.
#[must_use]
pub fn parse(text: &str) -> Option<PlainTree<'_>> {
    whole_block(text, (0, 0), Sieve::All)
}

/// The same without the items of its lists that say another `id` than this one: all of the text is read, and
/// nothing of them is kept.
#[must_use]
pub fn parse_only<'a>(text: &'a str, id: &str) -> Option<PlainTree<'a>> {
    whole_block(text, (0, 0), Sieve::Id(id))
}

/// The same; each field of the map `name` below the root is given to `take` as soon as it is read, and kept in the
/// tree only if `take` says so. What was made of the fields counts only if there is a tree in the end.
#[must_use]
pub fn parse_in_parts<'a>(text: &'a str, name: &str, take: &mut TakePart<'_>) -> Option<PlainTree<'a>> {
    whole_block(text, (0, 0), Sieve::Parts(name, take))
}

/// Takes a field with its key, and says whether the tree keeps it too.
pub type TakePart<'a> = dyn FnMut(&str, PlainPart<'_>) -> bool + 'a;

/// What of a text is kept in its tree.
enum Sieve<'a> {
    All,
    /// Of the items of lists that are maps and say an id, those of this one.
    Id(&'a str),
    /// Of the map of this name right below the root, the fields that are asked for.
    Parts(&'a str, &'a mut TakePart<'a>),
}

/// The one item of the list that `text` is, whose dash stands at `indent`, and `depth` deep in the
/// whole text: what the whole has in place of its lines, since nothing of them ends before it or
/// goes on behind it.
#[must_use]
pub fn item(text: &str, indent: usize, depth: usize) -> Option<PlainTree<'_>> {
    let mut tree = whole_block(text, (indent, depth), Sieve::All)?;
    let is_list = tree.root().value() == PlainValue::List;
    let is_one = is_list && tree.root().parts().count() == 1;
    tree.nodes.remove(0);
    is_one.then_some(tree)
}

/// Items that a text begins with.
struct ReadItems {
    /// How much of the text they are, in bytes, with what says nothing behind them.
    length: usize,
    /// How many lines may still come.
    left: usize,
    /// Whether one of them is kept.
    has_wanted: bool,
}

/// The items of a list that `text` begins with, of which those that say another id than `only` are not kept;
/// their dashes stand at `indent`, and `left` lines may come.
fn items(text: &str, indent: usize, only: &str, left: usize) -> Option<ReadItems> {
    let mut lines = Lines { next: None, rest: Some(text), left };
    lines.step()?;
    let mut reader = Reader { text, lines, nodes: Vec::new(), keys: Vec::new(), sieve: Sieve::Id(only) };
    reader.list("", indent, 0)?;
    let next = |line: PlainLine<'_>| Some(tree::place(text, line.content)? - line.indent);
    let length = reader.lines.next.map_or(Some(text.len()), next)?;
    Some(ReadItems { length, left: reader.lines.left, has_wanted: reader.nodes.len() > 1 })
}

/// The block that begins at `indent` and takes up all of `text`.
fn whole_block<'a>(
    text: &'a str,
    (indent, depth): (usize, usize),
    sieve: Sieve<'_>,
) -> Option<PlainTree<'a>> {
    let lines = Lines::begin(text)?;
    let nodes = match sieve {
        // Most lines are a node. When the list grows, the memory that it leaves is wiped.
        Sieve::All => memchr_iter(b'\n', text.as_bytes()).count() * 5 / 4,
        Sieve::Id(_) | Sieve::Parts(..) => 0,
    };
    let mut reader = Reader { text, lines, nodes: Vec::with_capacity(nodes), keys: Vec::new(), sieve };
    reader.block("", indent, depth)?;
    reader.lines.next.is_none().then_some(PlainTree { text, nodes: reader.nodes })
}

/// One line without its indentation; a comment has no content.
#[derive(Clone, Copy)]
pub(super) struct PlainLine<'a> {
    pub(super) indent: usize,
    pub(super) content: &'a str,
}

impl<'a> PlainLine<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        let indent = line.bytes().take_while(|byte| *byte == b' ').count();
        let content = line.get(indent..).unwrap_or_default();
        let is_comment = content.as_bytes().first() == Some(&b'#');
        Self { indent, content: if is_comment { "" } else { content } }
    }

    /// The line without its dash, as if it began where its item begins.
    pub(super) fn item(self) -> Option<Self> {
        let content = self.content.strip_prefix("- ")?;
        let is_plain = !matches!(content.as_bytes().first(), Some(b' ' | b'-' | b'#'));
        is_plain.then_some(Self { indent: self.indent + 2, content })
    }

    /// Whether it begins an item at `indent`.
    fn is_item_at(&self, indent: usize) -> bool {
        self.indent == indent && self.item().is_some()
    }
}

/// The lines of a text that say something.
struct Lines<'a> {
    next: Option<PlainLine<'a>>,
    rest: Option<&'a str>,
    /// How many more lines may come.
    left: usize,
}

impl<'a> Lines<'a> {
    fn begin(text: &'a str) -> Option<Self> {
        let mut lines = Self { next: None, rest: Some(text), left: LINE_LIMIT };
        lines.step().map(|_| lines)
    }

    /// Takes the next line, which may be none; nothing where the text is not plain.
    fn step(&mut self) -> Option<Option<PlainLine<'a>>> {
        let taken = self.next.take();
        while let Some(rest) = self.rest {
            self.left = self.left.checked_sub(1)?;
            let end = memchr(b'\n', rest.as_bytes());
            let line = end.map_or(Some(rest), |end| rest.get(..end))?;
            self.rest = end.and_then(|end| rest.get(end + 1..));
            let next = PlainLine::new(line);
            if !next.content.is_empty() {
                self.next = Some(next);
                break;
            }
            is_printable(line).then_some(())?;
        }
        Some(taken)
    }
}

/// The lines that are left, and the nodes of those that were read.
struct Reader<'a, 'b> {
    text: &'a str,
    lines: Lines<'a>,
    nodes: Vec<PlainNode>,
    /// The keys of the maps that go on, one map after another.
    keys: Vec<&'a str>,
    sieve: Sieve<'b>,
}

impl<'a> Reader<'a, '_> {
    /// A map or a list whose entries all begin at `indent`, under `key`.
    fn block(&mut self, key: &'a str, indent: usize, depth: usize) -> Option<()> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        let first = self.lines.next.filter(|line| line.indent == indent)?;
        match first.item() {
            Some(_) => self.list(key, indent, depth),
            None => self.map((key, None), indent, depth),
        }
    }

    fn list(&mut self, key: &'a str, indent: usize, depth: usize) -> Option<()> {
        let list = self.begin(key, PlainValue::List, "")?;
        // Where one kind may be left out, the other would be counted wrongly.
        let is_sifted = matches!(self.sieve, Sieve::Id(_));
        let mut has_maps = None;
        while let Some(item) = self.lines.next.filter(|line| line.indent == indent).and_then(PlainLine::item)
        {
            self.lines.step()?;
            let pair = pair(item.content);
            let has_maps = *has_maps.get_or_insert(pair.is_some());
            (!is_sifted || pair.is_some() == has_maps).then_some(())?;
            match pair {
                Some(pair) => self.item((item.indent, depth + 1), pair)?,
                None => self.scalar("", item.content)?,
            }
        }
        self.end(list)
    }

    /// The item that is a map and begins with `pair`.
    fn item(&mut self, (indent, depth): (usize, usize), pair: Pair<'a>) -> Option<()> {
        let first = self.nodes.len();
        self.map(("", Some(pair)), indent, depth)?;
        if let Sieve::Id(only) = self.sieve {
            let item = PlainPart::of(self.text, self.nodes.get(first..)?);
            if item.get("id").is_some_and(|id| id.value() != PlainValue::Text(only)) {
                self.nodes.truncate(first);
            }
        }
        Some(())
    }

    /// A map under `key`, `begun` by a pair whose line is no longer among those to come.
    fn map(&mut self, (key, mut begun): Begun<'a>, indent: usize, depth: usize) -> Option<()> {
        let map = self.begin(key, PlainValue::Map, "")?;
        let is_taken = depth == 1 && matches!(self.sieve, Sieve::Parts(name, _) if name == key);
        let first = self.keys.len();
        while let Some((key, rest)) = match begun.take() {
            Some(pair) => Some(pair),
            None => self.pair_at(indent)?,
        } {
            let field = self.nodes.len();
            self.keys.push(key);
            match (rest, self.lines.next) {
                (Some(rest), _) => self.scalar(key, rest)?,
                (None, Some(next)) if next.indent > indent => self.block(key, next.indent, depth + 1)?,
                // A list may begin where its key begins.
                (None, Some(next)) if next.is_item_at(indent) => self.list(key, indent, depth + 1)?,
                (None, Some(_) | None) => drop(self.begin(key, PlainValue::Null, "")?),
            }
            if is_taken {
                self.take(key, field)?;
            }
        }
        self.end(map)?;
        has_no_doubles(self.keys.get(first..)?).then_some(())?;
        self.keys.truncate(first);
        Some(())
    }

    /// Gives the field `key`, whose nodes begin at `first`, to whoever takes parts.
    fn take(&mut self, key: &str, first: usize) -> Option<()> {
        if let Sieve::Parts(_, take) = &mut self.sieve
            && !take(key, PlainPart::of(self.text, self.nodes.get(first..)?))
        {
            self.nodes.truncate(first);
        }
        Some(())
    }

    /// What `text` says behind `key`.
    fn scalar(&mut self, key: &str, text: &str) -> Option<()> {
        self.begin(key, scalar(text)?, text).map(drop)
    }

    /// Takes the pair of the next line, if that belongs to a map at `indent`; nothing where it is no pair.
    fn pair_at(&mut self, indent: usize) -> Option<Option<Pair<'a>>> {
        match self.lines.next {
            Some(line) if line.indent == indent && line.item().is_none() => {
                self.lines.step()?;
                pair(line.content).map(Some)
            }
            Some(_) | None => Some(None),
        }
    }

    /// Writes a node, and says where it is.
    fn begin(&mut self, key: &str, value: PlainValue<'_>, word: &str) -> Option<usize> {
        self.nodes.push(PlainNode::new(self.text, key, value, word)?);
        Some(self.nodes.len() - 1)
    }

    /// All nodes since the one at `at` are below it.
    fn end(&mut self, at: usize) -> Option<()> {
        let size = self.nodes.len() - at;
        self.nodes.get_mut(at)?.size = u32::try_from(size).ok()?;
        Some(())
    }
}

/// A key, and what follows it on its line.
type Pair<'a> = (&'a str, Option<&'a str>);

/// The key of a map, and its first pair where that was read.
type Begun<'a> = (&'a str, Option<Pair<'a>>);

/// Whether each key stands once.
fn has_no_doubles(keys: &[&str]) -> bool {
    if keys.len() < MANY_KEYS {
        return keys.iter().enumerate().all(|(at, key)| !keys.iter().take(at).any(|other| other == key));
    }
    let mut seen = HashSet::new();
    keys.iter().all(|key| seen.insert(key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_yaml::Value;

    use super::*;
    use crate::stored::mutants::{PLAIN, cases, mutant};

    #[test]
    fn the_shape_of_our_own_writer_is_read() {
        assert_eq!(parse(PLAIN).map(|tree| tree.root().to_value()), serde_yaml::from_str(PLAIN).ok());
        assert!(parse(PLAIN).is_some());
    }

    #[test]
    fn it_gives_up_on_everything_that_has_a_second_reading() {
        for text in [
            "",
            "# x\n",
            "a: yes # comment\n",
            "a: 'x'\n",
            "a: \"x\\n\"\n",
            "a: 1.5\n",
            "a: 0x10\n",
            "a: 1e3\n",
            "a: 010\n",
            "a: null\n",
            "a: True\n",
            "a: ~\n",
            "a: &x y\n",
            "a: *x\n",
            "a: !t y\n",
            "a: [x]\n",
            "a: { }\n",
            "a: |\n  x\n",
            "a: x\n  y\n",
            "a: b: c\n",
            "a: x:\n",
            "a: é\n",
            "a: x\r\n",
            "a:\tx\n",
            "a: 1\na: 2\n",
            "<<: x\n",
            "- - x\n",
            "-\n",
            "true: x\n",
            "1: x\n",
            "---\na: x\n",
            "a: x\n...\n",
            "  a: x\n",
            "a: x \n",
            "? a\n",
            "a:\n  - x\n - y\n",
            "a:\n    b: x\n  c: y\n",
            "a: -\n",
            "a: .nan\n",
            "a: \"x\" y\n",
            "a: x y\n",
            "a\n",
        ] {
            assert!(parse(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn whatever_it_reads_the_strict_parser_reads_alike(text in mutant()) {
            if let Some(tree) = parse(&text) {
                prop_assert_eq!(serde_yaml::from_str::<Value>(&text).ok(), Some(tree.root().to_value()));
            }
        }

        #[test]
        fn a_word_it_reads_is_what_the_strict_parser_reads(word in "[a-gxonituyA-FXG0-9_+.=@/:-]{1,8}") {
            let text = format!("k: {word}\n");
            if let Some(tree) = parse(&text) {
                prop_assert_eq!(serde_yaml::from_str::<Value>(&text).ok(), Some(tree.root().to_value()));
            }
        }
    }
}
