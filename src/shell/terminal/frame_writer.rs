//! Frame writer: a frame goes to the terminal in one piece, and not at all where it changes nothing.

use std::cell::RefCell;
use std::io::{self, Write, stdout};
use std::mem;
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// The backend that collects a frame.
pub(super) struct FrameWriter {
    inner: CrosstermBackend<SharedBytes>,
    bytes: SharedBytes,
    /// Whether what was collected changes a cell.
    changes_cells: bool,
    cursor: Cursor,
    /// The cursor of the last frame that was sent.
    sent: Cursor,
}

/// Where the cursor is, and whether it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cursor {
    position: Option<Position>,
    is_shown: bool,
}

/// Bytes that two can write to.
#[derive(Clone, Default)]
struct SharedBytes(Rc<RefCell<Vec<u8>>>);

impl Write for SharedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FrameWriter {
    pub(super) fn new() -> Self {
        let bytes = SharedBytes::default();
        let (cursor, sent) = (Cursor::default(), Cursor::default());
        Self { inner: CrosstermBackend::new(bytes.clone()), bytes, changes_cells: false, cursor, sent }
    }

    /// Sends what was collected, if it changes anything, and forgets it.
    pub(super) fn send(&mut self) -> io::Result<()> {
        let bytes = mem::take(&mut *self.bytes.0.borrow_mut());
        if !mem::take(&mut self.changes_cells) && self.cursor == self.sent {
            return Ok(());
        }
        self.sent = self.cursor;
        let mut out = stdout().lock();
        out.write_all(&bytes)?;
        out.flush()
    }
}

/// Sequences that ratatui does not know.
impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.changes_cells = true;
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Backend for FrameWriter {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        self.changes_cells |= content.peek().is_some();
        self.inner.draw(content)
    }

    fn append_lines(&mut self, count: u16) -> io::Result<()> {
        self.changes_cells = true;
        self.inner.append_lines(count)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor.is_shown = false;
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor.is_shown = true;
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        self.cursor.position = Some(position);
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.changes_cells = true;
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(writer: &mut FrameWriter) -> bool {
        let changes = writer.changes_cells || writer.cursor != writer.sent;
        (writer.changes_cells, writer.sent) = (false, writer.cursor);
        changes
    }

    #[test]
    fn a_frame_counts_where_it_changes_a_cell_or_the_cursor() {
        let mut writer = FrameWriter::new();
        let cell = Cell::new("x");
        writer.draw([(0, 0, &cell)].into_iter()).expect("collected");
        assert!(collected(&mut writer));
        writer.draw(std::iter::empty()).expect("collected");
        assert!(!collected(&mut writer));
        writer.set_cursor_position((3, 4)).expect("collected");
        assert!(collected(&mut writer));
        writer.set_cursor_position((3, 4)).expect("collected");
        assert!(!collected(&mut writer));
        writer.show_cursor().expect("collected");
        assert!(collected(&mut writer));
        writer.clear().expect("collected");
        assert!(collected(&mut writer));
    }
}
