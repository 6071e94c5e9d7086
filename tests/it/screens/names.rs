//! Names of every script, and the rows that they must not tear.

use std::sync::Arc;

use authtui::domain::change::Row;
use authtui::domain::text;
use ratatui::buffer::Cell;
use unicode_width::UnicodeWidthStr;

use super::{MIDDLE, NARROW, SMALLEST, WIDE, cast, print};

/// Flags, families, skins, keycaps, right to left, stacked and wide letters, and what nobody sees.
const ACCOUNTS: [&str; 14] = [
    "plain@acme.dev",
    "🇪🇸🇵🇹🇫 flags",
    "👩‍👩‍👧 family",
    "👍🏽 1️⃣ ❤️",
    "שלום@דוגמה.test",
    "عربي‏ ١٢٣",
    "\u{202e}moc.kcatta",
    "e\u{301}\u{302}\u{303} stacked",
    "z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}",
    "日本語テスト@例え.jp",
    "한국어 각 한",
    "हिन्दी क्षत्रिय",
    "zero\u{200b}\u{2060}width",
    "ｆｕｌｌ\u{3000}ｗｉｄｔｈ",
];

#[test]
fn no_name_moves_what_stands_behind_it() {
    let mut rows = cast::many(ACCOUNTS.len());
    for (row, account) in rows.iter_mut().zip(ACCOUNTS) {
        if let Row::Profile(profile) = row {
            Arc::make_mut(profile).account = Some(account.to_owned());
        }
    }
    let model = cast::model(rows);
    for size in [WIDE, MIDDLE, NARROW, SMALLEST, (200, 60)] {
        let lines = print::cells(&model, size);
        let ends: Vec<usize> = lines.iter().filter_map(|line| end_of(line, "23h53m")).collect();
        assert!(ends.len() > 3, "{size:?}");
        assert!(
            ends.iter().all(|end| Some(end) == ends.first()),
            "{size:?} {ends:?}\n{}",
            print::text(&model, size)
        );
        for cell in lines.iter().flatten() {
            assert!(!text::is_doubtful(cell.symbol()), "{:?}", cell.symbol());
            assert!(!cell.symbol().chars().any(text::is_hostile), "{:?}", cell.symbol());
        }
    }
}

/// The column at which `word` ends in a row of cells, counted as a terminal counts what it is sent.
fn end_of(row: &[Cell], word: &str) -> Option<usize> {
    let mut sent = String::new();
    let mut hidden = 0;
    for cell in row {
        if hidden == 0 {
            sent.push_str(cell.symbol());
            hidden = cell.symbol().width().saturating_sub(1);
        } else {
            hidden -= 1;
        }
    }
    let at = sent.find(word).filter(|_| sent.contains("github/p"))?;
    // Letter by letter: that is how terminals count that know no clusters.
    let columns = |text: &str| text.chars().map(|char| char.to_string().width()).sum::<usize>();
    Some(columns(sent.get(..at)?) + columns(word))
}
