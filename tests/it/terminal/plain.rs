//! The screen for those who hear it.

use crate::home::served::Served;
use crate::terminal::pty::Pty;

/// What draws and says nothing.
const DRAWN: [char; 12] = ['│', '╭', '╮', '╰', '╯', '─', '━', '╌', '▌', '█', '▀', '▄'];

#[test]
fn a_profile_is_one_sentence_with_the_cursor_on_it_and_nothing_is_drawn() {
    for size in [(120, 30), (80, 24), (60, 20), (40, 10)] {
        let (served, _) = Served::with_ana(3600);
        let pty = Pty::start(&served.home, &["--plain"], size);
        pty.wait("demo/ana, ana@demo.test: fresh").until("a cursor on the row", |screen| {
            let (row, _) = screen.cursor_position();
            let contents = screen.contents();
            let line = contents.lines().nth(usize::from(row)).unwrap_or_default();
            !screen.hide_cursor() && line.contains("demo/ana, ana@demo.test")
        });
        assert!(!pty.contents().contains(DRAWN), "{}", pty.contents());
        pty.keys("\r").wait("Token");
        assert!(!pty.contents().contains(DRAWN), "{}", pty.contents());
        pty.keys("\x1b").wait("demo/ana, ana@demo.test: fresh");
        // A question stands alone.
        pty.keys("x")
            .wait("Keep everything")
            .until("the question alone", |screen| !screen.contents().contains("ana@demo.test: fresh"));
        pty.keys("\x1b").wait("demo/ana, ana@demo.test: fresh").keys("q");
        assert_eq!(pty.end().code, 0);
    }
}
