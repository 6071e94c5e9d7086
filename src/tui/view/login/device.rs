//! Device code: what to type and where, or a link alone, and whether anybody has agreed (RFC 8628 §3.3).

use ratatui::text::{Line, Span};
use url::Url;

use crate::oauth::device::{DeviceCode, NextPoll, Progress};
use crate::tui::seconds::Seconds;
use crate::tui::text_block::TextBlock;
use crate::tui::text_layout;
use crate::tui::theme::Theme;
use crate::tui::view::login::Space;
use crate::tui::view::login::banner;

/// What is shown of a device code, at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeviceCodeView<'a> {
    /// What the person types; nothing where the link is enough.
    pub(super) user_code: Option<&'a str>,
    /// Where they type it, or agree.
    pub(super) page: &'a Url,
    /// How many seconds ago the last answer came, and what it said.
    pub(super) last: Option<(u64, &'a Progress)>,
    /// The seconds until the next question; absent while an answer is awaited.
    pub(super) next: Option<u64>,
    /// The seconds between two questions.
    pub(super) interval: u64,
    /// Whether no seconds are to be seen running.
    pub(super) is_slow: bool,
}

impl<'a> DeviceCodeView<'a> {
    /// What is shown of `code`.
    pub(super) fn from_code(code: &'a DeviceCode, seconds: Seconds) -> Self {
        Self {
            user_code: code.user_code.as_deref(),
            page: &code.page,
            last: code.last.as_ref().map(|(at, progress)| (seconds.since(*at), progress)),
            next: match code.poll {
                NextPoll::At(at) => Some(seconds.until(at)),
                NextPoll::Awaited(_) => None,
            },
            interval: code.interval.as_secs(),
            is_slow: seconds.is_slow(),
        }
    }

    /// The code, where it is typed, and the same once more to be read or copied.
    pub(super) fn lines(&self, width: u16, space: Space, theme: &Theme) -> Vec<Line<'static>> {
        let mut block = TextBlock::new(width, theme);
        let code = self.user_code.map(text_layout::safe);
        match &code {
            Some(code) => large(code, &mut block, space, theme),
            None if space == Space::Short => {}
            None => block.gap(),
        }
        self.link(&mut block);
        if let Some(code) = code.filter(|_| matches!(space, Space::Plenty | Space::Less)) {
            block.field("Code", &[code]);
        }
        block.lines
    }

    /// The page on a line of its own, whole or not at all: half an address is worth nothing.
    fn link(&self, block: &mut TextBlock<'_>) {
        let page = self.page.as_str();
        let width = text_layout::width(page);
        if width <= block.beside() {
            block.field("Link", &[page.to_owned()]);
        } else if width <= block.width {
            block.lines.push(Line::raw(page.to_owned()));
        } else {
            block.field("Link", &["c copies it, t prints it".to_owned()]);
        }
    }

    /// The last question and its answer, and when the next one is asked.
    pub(super) fn progress(&self, space: Space) -> Vec<String> {
        let soon = |seconds| if self.is_slow { "soon".to_owned() } else { format!("in {seconds}s") };
        let again = match self.next {
            Some(seconds) => format!("next check {}", soon(seconds)),
            None => "checking again".to_owned(),
        };
        match (self.last, self.next) {
            (None, Some(seconds)) => vec![format!("checking {}", soon(seconds))],
            (None, None) => vec!["checking for the first time".to_owned()],
            (Some((_, Progress::Pending)), _) if self.is_slow => vec!["not approved yet".to_owned()],
            (Some((ago, Progress::Pending)), _) => vec![format!("not approved yet (checked {ago}s ago)")],
            (Some((_, Progress::SlowDown)), _) => {
                vec![format!("slowed down: checking every {}s", self.interval)]
            }
            (Some((_, Progress::Unreachable(_))), _) if space == Space::Short => {
                vec![format!("check failed; {again}")]
            }
            (Some((_, Progress::Unreachable(why))), _) => {
                vec![format!("check failed: {}", text_layout::safe(why)), again]
            }
        }
    }
}

/// The code in big letters, or at least bold and spaced.
fn large(code: &str, block: &mut TextBlock<'_>, space: Space, theme: &Theme) {
    let letters = theme.glyphs.letters;
    let high = if space == Space::Short { None } else { banner::lines(code, block.width, letters) };
    match high {
        Some(lines) => {
            block.gap();
            block.lines.extend(lines.into_iter().map(|line| Line::styled(line, theme.strong)));
            block.gap();
        }
        None => {
            let spaced: Vec<String> = code.chars().map(String::from).collect();
            let spaced = spaced.join(" ");
            let fits = text_layout::width(&spaced) <= block.width;
            let shown = if fits { spaced } else { code.to_owned() };
            block.lines.push(Line::from(Span::styled(shown, theme.strong)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Glyphs;

    fn page(address: &str) -> Url {
        Url::parse(address).expect("an address")
    }

    fn shown<'a>(page: &'a Url, last: Option<(u64, &'a Progress)>, next: Option<u64>) -> DeviceCodeView<'a> {
        DeviceCodeView { user_code: Some("WDJB-MJHT"), page, last, next, interval: 10, is_slow: false }
    }

    fn written(shown: DeviceCodeView<'_>, width: u16, space: Space, glyphs: Glyphs) -> Vec<String> {
        let lines = shown.lines(width, space, &Theme::colored(glyphs));
        lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn the_last_question_and_its_answer_are_said() {
        let page = page("https://github.com/login/device");
        let unreachable = Progress::Unreachable("the connection broke".to_owned());
        for (last, next, said) in [
            (None, Some(5), "checking in 5s"),
            (None, None, "checking for the first time"),
            (Some((4, &Progress::Pending)), Some(1), "not approved yet (checked 4s ago)"),
            (Some((4, &Progress::SlowDown)), Some(6), "slowed down: checking every 10s"),
            (Some((2, &unreachable)), Some(8), "check failed: the connection broke, next check in 8s"),
            (Some((2, &unreachable)), None, "check failed: the connection broke, checking again"),
        ] {
            assert_eq!(shown(&page, last, next).progress(Space::Plenty).join(", "), said);
        }
    }

    #[test]
    fn the_link_stands_whole_on_a_line_or_not_at_all() {
        let address = page("https://github.com/login/device");
        for (width, line) in [
            (40, "Link    https://github.com/login/device"),
            (39, "Link    https://github.com/login/device"),
            (38, "https://github.com/login/device"),
            (31, "https://github.com/login/device"),
            (30, "Link    c copies it, t prints"),
        ] {
            let lines = written(shown(&address, None, Some(5)), width, Space::Short, Glyphs::unicode());
            assert_eq!(lines[1], line, "{width}");
        }
    }

    #[test]
    fn the_code_is_large_where_there_is_room_and_spaced_where_there_is_not() {
        let page = page("https://github.com/login/device");
        let large = written(shown(&page, None, None), 56, Space::Plenty, Glyphs::unicode());
        assert!(large[1].starts_with("█   █ █▀▀▀▄   ▀▀█ █▀▀▀▄"), "{large:#?}");
        let seven_bits = written(shown(&page, None, None), 56, Space::Plenty, Glyphs::ascii());
        assert!(seven_bits[1..6].iter().all(|line| line.is_ascii() && line.contains('#')), "{seven_bits:#?}");
        for (width, space) in [(36, Space::Short), (36, Space::Plenty)] {
            assert_eq!(
                written(shown(&page, None, None), width, space, Glyphs::unicode())[0],
                "W D J B - M J H T"
            );
        }
        assert_eq!(written(shown(&page, None, None), 12, Space::Short, Glyphs::unicode())[0], "WDJB-MJHT");
    }
}
