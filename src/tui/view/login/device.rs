//! Device code: what to type and where, or a link alone, and whether anybody has agreed (RFC 8628 §3.3).

use ratatui::text::{Line, Span};
use url::Url;

use crate::oauth::device::{DeviceCode, NextPoll, Progress};
use crate::tui::seconds::{Seconds, running};
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
    /// Whether there is an address with the code in it.
    pub(super) in_link: bool,
    /// The seconds for which the code is good.
    pub(super) left: u64,
    /// How many seconds ago the last answer came, and what it said.
    pub(super) last: Option<(u64, &'a Progress)>,
    /// The seconds until the next question; absent while an answer is awaited.
    pub(super) next: Option<u64>,
    /// The seconds between two questions.
    pub(super) interval: u64,
}

impl<'a> DeviceCodeView<'a> {
    /// What is shown of `code`.
    pub(super) fn from_code(code: &'a DeviceCode, seconds: Seconds) -> Self {
        Self {
            user_code: code.user_code.as_deref(),
            page: &code.page,
            in_link: code.page_with_code.is_some(),
            left: seconds.until(code.ends_at).min(seconds.left()),
            last: code.last.as_ref().map(|(at, progress)| (seconds.since(*at), progress)),
            next: match code.poll {
                NextPoll::At(at) => Some(seconds.until(at)),
                NextPoll::Awaited(_) => None,
            },
            interval: code.interval.as_secs(),
        }
    }

    /// Writes code, link, time and the last answer.
    pub(super) fn write(&self, block: &mut TextBlock<'_>, room: Space, theme: &Theme) {
        match self.user_code.map(text_layout::safe) {
            Some(code) => large(&code, block, room, theme),
            None if room == Space::Short => {}
            None => block.gap(),
        }
        self.link(block);
        if self.in_link && room == Space::Plenty {
            let check = "c copies it with the code in it; the page must show the same code";
            block.field("", &[check.to_owned()]);
        }
        if room == Space::Short {
            block.text(&self.progress(room).join(" · "), theme.muted);
            return;
        }
        let left = running(self.left);
        match self.user_code.map(text_layout::safe) {
            Some(code) => {
                block.field("Code", &[format!("{code} · u copies it"), format!("valid for {left}")]);
            }
            None => block.field("Expires", &[format!("in {left}")]),
        }
        block.field("Status", &self.progress(room));
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
    fn progress(&self, room: Space) -> Vec<String> {
        let again = match self.next {
            Some(seconds) => format!("next check in {seconds}s"),
            None => "checking again".to_owned(),
        };
        match (self.last, self.next) {
            (None, Some(seconds)) => vec![format!("checking in {seconds}s")],
            (None, None) => vec!["checking for the first time".to_owned()],
            (Some((ago, Progress::Pending)), _) => vec![format!("not approved yet (checked {ago}s ago)")],
            (Some((_, Progress::SlowDown)), _) => {
                vec![format!("slowed down: checking every {}s", self.interval)]
            }
            (Some((_, Progress::Unreachable(_))), _) if room == Space::Short => {
                vec![format!("check failed; {again}")]
            }
            (Some((_, Progress::Unreachable(why))), _) => {
                vec![format!("check failed: {}", text_layout::safe(why)), again]
            }
        }
    }
}

/// The code in big letters, or at least bold and spaced.
fn large(code: &str, block: &mut TextBlock<'_>, room: Space, theme: &Theme) {
    let letters = theme.glyphs.letters;
    let high = if room == Space::Short { None } else { banner::lines(code, block.width, letters) };
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
        DeviceCodeView {
            user_code: Some("WDJB-MJHT"),
            page,
            in_link: false,
            left: 277,
            last,
            next,
            interval: 10,
        }
    }

    fn written(shown: DeviceCodeView<'_>, width: u16, room: Space, glyphs: Glyphs) -> Vec<String> {
        let theme = Theme::colored(glyphs);
        let mut block = TextBlock::new(width, &theme);
        shown.write(&mut block, room, &theme);
        block.lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect()
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
            (Some((2, &unreachable)), Some(8), "check failed: the connection broke · next check in 8s"),
            (Some((2, &unreachable)), None, "check failed: the connection broke · checking again"),
        ] {
            let lines = written(shown(&page, last, next), 80, Space::Plenty, Glyphs::unicode());
            assert!(lines.contains(&format!("Status  {said}")), "{said}: {lines:#?}");
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
        for (width, room) in [(36, Space::Short), (36, Space::Plenty)] {
            assert_eq!(
                written(shown(&page, None, None), width, room, Glyphs::unicode())[0],
                "W D J B - M J H T"
            );
        }
        assert_eq!(written(shown(&page, None, None), 12, Space::Short, Glyphs::unicode())[0], "WDJB-MJHT");
    }
}
