//! Theme file of the person's own: what they say of a role counts, the rest stays.

use std::fmt;

use ratatui::style::{Color, Modifier, Style};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::text;
use crate::tui::theme::Theme;
use crate::tui::theme::palette::{ColorDepth, nearest};

/// What a theme file says of each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of roles")]
pub struct OwnTheme {
    good: Option<RoleStyle>,
    warn: Option<RoleStyle>,
    bad: Option<RoleStyle>,
    muted: Option<RoleStyle>,
    accent: Option<RoleStyle>,
    key: Option<RoleStyle>,
    selected: Option<RoleStyle>,
    choice: Option<RoleStyle>,
    strong: Option<RoleStyle>,
    section: Option<RoleStyle>,
    border: Option<RoleStyle>,
    border_focused: Option<RoleStyle>,
    track: Option<RoleStyle>,
    flash: Option<RoleStyle>,
}

/// What a theme file says of one role. It has nothing of what is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fg, bg, bold, underline, reversed")]
struct RoleStyle {
    fg: Option<NamedColor>,
    bg: Option<NamedColor>,
    bold: bool,
    underline: bool,
    reversed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NamedColor(Color);

impl OwnTheme {
    /// Reads the text of a theme file.
    ///
    /// # Errors
    /// What is wrong, with its line where it is known.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Option<Self> =
            serde_yaml::from_str(text).map_err(|error| text::without_value(&error.to_string()))?;
        Ok(read.unwrap_or_default())
    }

    /// `theme` with the roles that the file names, as far as the terminal has their colours.
    #[must_use]
    pub fn over(&self, theme: Theme, depth: ColorDepth) -> Theme {
        let of = |own: Option<RoleStyle>, usual: Style| own.map_or(usual, |own| own.style(usual, depth));
        Theme {
            good: of(self.good, theme.good),
            warn: of(self.warn, theme.warn),
            bad: of(self.bad, theme.bad),
            muted: of(self.muted, theme.muted),
            accent: of(self.accent, theme.accent),
            key: of(self.key, theme.key),
            selected: of(self.selected, theme.selected),
            choice: of(self.choice, theme.choice),
            strong: of(self.strong, theme.strong),
            section: of(self.section, theme.section),
            border: of(self.border, theme.border),
            border_focused: of(self.border_focused, theme.border_focused),
            track: of(self.track, theme.track),
            flash: of(self.flash, theme.flash),
            ..theme
        }
    }
}

impl RoleStyle {
    /// The style on a terminal of that many colours. One that has none of its colours there is the
    /// `usual` one: a tint that is not seen would leave the selected row like any other.
    fn style(self, usual: Style, depth: ColorDepth) -> Style {
        let colors = [self.fg, self.bg].into_iter().flatten();
        if colors.into_iter().any(|color| color.on(depth).is_none()) {
            return usual;
        }
        let color = |color: Option<NamedColor>| color.and_then(|color| color.on(depth));
        let modifiers = [
            (self.bold, Modifier::BOLD),
            (self.underline, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ];
        let modifiers = modifiers.into_iter().filter(|(is_said, _)| *is_said).map(|(_, modifier)| modifier);
        let style = Style { fg: color(self.fg), bg: color(self.bg), ..Style::new() };
        style.add_modifier(modifiers.collect())
    }
}

impl NamedColor {
    /// The colour, or the nearest to it, where there is one.
    fn on(self, depth: ColorDepth) -> Option<Color> {
        match (depth, self.0) {
            (ColorDepth::None, _) | (ColorDepth::Sixteen, Color::Rgb(..)) => None,
            (ColorDepth::Sixteen, Color::Indexed(number)) if number > 15 => None,
            (ColorDepth::Indexed, Color::Rgb(red, green, blue)) => {
                Some(Color::Indexed(nearest((red, green, blue))))
            }
            (_, color) => Some(color),
        }
    }
}

impl<'de> Deserialize<'de> for NamedColor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ColorName)
    }
}

struct ColorName;

impl Visitor<'_> for ColorName {
    type Value = NamedColor;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a colour such as \"#7aa2f7\", red, bright-blue, or a number up to 255")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<NamedColor, E> {
        let read = word.parse().map(NamedColor);
        read.map_err(|_| E::invalid_value(Unexpected::Str(word), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<NamedColor, E> {
        let read = u8::try_from(number).map(|number| NamedColor(Color::Indexed(number)));
        read.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Glyphs;

    const MINE: &str = "# mine\ngood: { fg: \"#50fa7b\" }\nselected: { bg: 236, bold: true }\nbad: { fg: red, underline: true }\n";

    #[test]
    fn what_a_file_says_of_a_role_counts_as_far_as_the_terminal_can_show_it() {
        let own = OwnTheme::read(MINE).expect("it is right");
        let base = Theme::colored(Glyphs::unicode());
        let all = own.over(base, ColorDepth::Direct);
        assert_eq!(all.good, Style::new().fg(Color::Rgb(0x50, 0xfa, 0x7b)));
        assert_eq!(all.selected, Style::new().bg(Color::Indexed(236)).add_modifier(Modifier::BOLD));
        assert_eq!(all.bad, Style::new().fg(Color::Red).add_modifier(Modifier::UNDERLINED));
        assert_eq!((all.warn, all.muted), (base.warn, base.muted), "it says nothing of them");
        let fewer = own.over(base, ColorDepth::Indexed);
        assert_eq!((fewer.good.fg, fewer.selected), (Some(Color::Indexed(84)), all.selected));
        let sixteen = own.over(base, ColorDepth::Sixteen);
        assert_eq!((sixteen.good, sixteen.selected, sixteen.bad), (base.good, base.selected, all.bad));
        let mono = Theme::mono(Glyphs::unicode());
        assert_eq!(own.over(mono, ColorDepth::None), mono);
        assert_eq!(OwnTheme::read("# nothing\n"), Ok(OwnTheme::default()));
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        for (text, words) in [
            ("good: { fg: red }\ngoood: { fg: red }\n", "unknown field `goood`"),
            ("good: { fg: red }\nbad: { fg: rouge }\n", "a colour such as"),
            ("good: { fg: red }\nbad: { fg: 256 }\n", "a colour such as"),
            ("good: { fg: red }\nbad: { colour: red }\n", "unknown field `colour`"),
            ("good: { fg: red }\nbad: red\n", "a map of fg"),
            ("good: { fg: red }\nbad: { bold: 7 }\n", "bold"),
        ] {
            let why = OwnTheme::read(text).expect_err(text);
            assert!(why.contains(words) && why.contains("line 2"), "{text}: {why}");
        }
    }

    #[test]
    fn the_example_of_the_documentation_is_a_theme() {
        let page = include_str!("../../../docs/themes.md");
        let example = page.split("```").nth(1).and_then(|block| block.strip_prefix("yaml")).expect("one");
        let own = OwnTheme::read(example).expect("it is right");
        assert_ne!(own, OwnTheme::default());
    }
}
