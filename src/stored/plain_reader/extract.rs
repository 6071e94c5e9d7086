//! Extract of a plain text: all of it but the items of lists that say another id than the wanted one.
//!
//! It is made while the text comes piece by piece, so that one of megabytes is never in memory as a whole. The
//! first item of each list stays, so that what is left has the same shape; each further one is read alone,
//! since nothing of it ends before it or goes on behind it.

use std::mem;

use memchr::{memchr, memmem};
use zeroize::Zeroizing;

use crate::domain::secret::SecretText;
use crate::stored::plain_reader::{LINE_LIMIT, PlainLine, items, pair};

/// An extract that is being made.
pub struct Extract<'a> {
    id: &'a str,
    /// What has come and was not looked at; it begins with a line.
    rest: Zeroizing<String>,
    /// Nothing comes behind it.
    is_last: bool,
    kept: Zeroizing<String>,
    list: Option<OpenList>,
    /// How many more lines may come.
    left: usize,
}

/// A list whose first item was kept.
#[derive(Clone, Copy)]
struct OpenList {
    /// Where its dashes stand.
    indent: usize,
    /// Whether its items are maps.
    has_maps: bool,
}

impl<'a> Extract<'a> {
    /// What is left of a text, of which nothing has come yet, where items of another id are left out.
    #[must_use]
    pub fn of_id(id: &'a str) -> Self {
        let (rest, kept) = (Zeroizing::default(), Zeroizing::default());
        Self { id, rest, is_last: false, kept, list: None, left: LINE_LIMIT }
    }

    /// Takes the next piece of the text; nothing where the text is not plain.
    #[must_use]
    pub fn take(&mut self, piece: &[u8]) -> Option<()> {
        self.rest.push_str(str::from_utf8(piece).ok().filter(|piece| piece.is_ascii())?);
        self.go_on()
    }

    /// The extract, once all of the text has come.
    #[must_use]
    pub fn finish(mut self) -> Option<SecretText> {
        self.is_last = true;
        self.go_on()?;
        Some(SecretText::new(mem::take(&mut *self.kept)))
    }

    fn go_on(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(length) = self.step(at)? {
            at += length;
        }
        self.rest.drain(..at);
        Some(())
    }

    /// Takes a line, or items, from the byte `at` on, and says how long that is; nothing where more must come first.
    fn step(&mut self, at: usize) -> Option<Option<usize>> {
        let rest = self.rest.get(at..)?;
        let end = match memchr(b'\n', rest.as_bytes()) {
            Some(end) => end + 1,
            None if self.is_last && !rest.is_empty() => rest.len(),
            None => return Some(None),
        };
        let text = rest.get(..end)?;
        let line = PlainLine::new(text.strip_suffix('\n').unwrap_or(text));
        let item = line.item();
        match (self.list, item) {
            (Some(list), Some(item)) if line.indent == list.indent => {
                let is_alike = pair(item.content).is_some() == list.has_maps;
                return is_alike.then(|| self.further(at, list.indent)).flatten();
            }
            (Some(list), _) if line.content.is_empty() || line.indent > list.indent => {}
            (Some(_) | None, item) => {
                let has_maps = |item: PlainLine<'_>| pair(item.content).is_some();
                self.list = item.map(|item| OpenList { indent: line.indent, has_maps: has_maps(item) });
            }
        }
        self.left = self.left.checked_sub(1)?;
        self.kept.push_str(text);
        Some(Some(end))
    }

    /// The same of further items of a list whose dashes stand at `indent`; the last of them may go on in what comes.
    fn further(&mut self, at: usize, indent: usize) -> Option<Option<usize>> {
        let rest = self.rest.get(at..)?;
        let dash = format!("\n{}- ", " ".repeat(indent));
        let end = match self.is_last {
            true => Some(rest.len()),
            false => memmem::rfind(rest.as_bytes(), dash.as_bytes()).map(|before| before + 1),
        };
        let Some(end) = end else { return Some(None) };
        let read = items(rest.get(..end)?, indent, self.id, self.left)?;
        self.left = read.left;
        if read.has_wanted {
            let all = rest.get(..read.length)?;
            let begins = memmem::find_iter(all.as_bytes(), dash.as_bytes()).map(|before| before + 1);
            let mut from = 0;
            for to in begins.chain([all.len()]) {
                let item = all.get(from..to)?;
                if items(item, indent, self.id, LINE_LIMIT)?.has_wanted {
                    self.kept.push_str(item);
                }
                from = to;
            }
        }
        Some(Some(read.length))
    }
}
