//! Traits of the terminal, and the theme that follows from them and from the settings.

use ratatui::style::Style;

use crate::domain::settings::{Settings, ThemeChoice};
use crate::tui::theme::own::OwnTheme;
use crate::tui::theme::palette::{Background, ColorDepth, Palette};
use crate::tui::theme::{Glyphs, Letters, Shape, Theme};

/// What the terminal can show, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalTraits {
    /// As the command line asks for it.
    pub shape: Shape,
    pub depth: ColorDepth,
    pub letters: Letters,
    /// What it says of its background; absent: it has not said it.
    pub background: Option<Background>,
}

impl Default for TerminalTraits {
    fn default() -> Self {
        Self { shape: Shape::Drawn, depth: ColorDepth::Sixteen, letters: Letters::Unicode, background: None }
    }
}

impl TerminalTraits {
    /// The theme that `settings` ask for, as far as the terminal has it. `own` is what the file of
    /// the person's own holds, once it was read.
    #[must_use]
    pub fn theme(self, settings: &Settings, own: Option<&OwnTheme>) -> Theme {
        if self.shape == Shape::Words {
            return Theme::of(Palette::Mono, self.depth, Glyphs::words());
        }
        let letters = if settings.ascii { Letters::Ascii } else { self.letters };
        let glyphs = match letters {
            Letters::Unicode => Glyphs::unicode(),
            Letters::Ascii => Glyphs::ascii(),
        };
        let palette = self.palette(&settings.theme);
        let mut theme = Theme::of(palette, self.depth, glyphs);
        if let Palette::On(background) | Palette::HighContrast(background) = palette
            && self.background != Some(background)
        {
            theme = theme.grounded(palette, self.depth);
        }
        if self.depth == ColorDepth::None && self.background == Some(Background::Light) {
            // The terminal's own colours are dark on light already.
            theme.paper = Style::new();
        }
        match (&settings.theme, own) {
            (ThemeChoice::File(_), Some(own)) => own.over(theme, self.depth),
            _ => theme,
        }
    }

    fn palette(self, choice: &ThemeChoice) -> Palette {
        match choice {
            ThemeChoice::Auto | ThemeChoice::File(_) => {
                self.background.map_or(Palette::Terminal, Palette::On)
            }
            ThemeChoice::Dark => Palette::On(Background::Dark),
            ThemeChoice::Light => Palette::On(Background::Light),
            ThemeChoice::HighContrast => Palette::HighContrast(self.background.unwrap_or(Background::Dark)),
            ThemeChoice::Mono => Palette::Mono,
        }
    }
}

impl Background {
    /// Of a colour: dark where white text is read more easily on it than black text.
    #[must_use]
    pub fn of_color(red: u8, green: u8, blue: u8) -> Self {
        let light = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
        if light < 128_000 { Self::Dark } else { Self::Light }
    }

    /// Of what `COLORFGBG` says, as in `15;0`: the text's colour and the background's.
    #[must_use]
    pub fn of_variable(text: &str) -> Option<Self> {
        match text.rsplit(';').next()?.parse::<u8>().ok()? {
            0..=6 | 8 => Some(Self::Dark),
            7 | 9..=15 => Some(Self::Light),
            16..=u8::MAX => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn the_automatic_theme_follows_the_background_and_is_the_owners_where_it_is_not_known() {
        let traits = |background| TerminalTraits {
            depth: ColorDepth::Direct,
            background,
            ..TerminalTraits::default()
        };
        let theme = |background| traits(background).theme(&Settings::default(), None);
        let of = |palette| Theme::of(palette, ColorDepth::Direct, Glyphs::unicode());
        for background in [Background::Dark, Background::Light] {
            assert_eq!(theme(Some(background)), of(Palette::On(background)));
        }
        assert_eq!(theme(None), of(Palette::Terminal));
        let dark = Settings { theme: ThemeChoice::Dark, ascii: true, ..Settings::default() };
        let chosen = traits(Some(Background::Light)).theme(&dark, None);
        let palette = Palette::On(Background::Dark);
        let grounded = Theme::colored(Glyphs::ascii()).grounded(palette, ColorDepth::Direct);
        assert_eq!(chosen, grounded, "the settings count over the terminal");
    }

    #[test]
    fn a_theme_brings_its_background_unless_the_terminal_says_that_it_has_such_a_one() {
        let ground = |background, theme, depth| {
            let traits = TerminalTraits { depth, background, ..TerminalTraits::default() };
            traits.theme(&Settings { theme, ..Settings::default() }, None).ground
        };
        let (dark, light) = (Some(Background::Dark), Some(Background::Light));
        for depth in [ColorDepth::Sixteen, ColorDepth::Indexed, ColorDepth::Direct] {
            for (background, theme, has_own) in [
                (dark, ThemeChoice::Light, true),
                (light, ThemeChoice::Light, false),
                (None, ThemeChoice::Light, true),
                (light, ThemeChoice::Dark, true),
                (None, ThemeChoice::HighContrast, true),
                (light, ThemeChoice::HighContrast, false),
                (None, ThemeChoice::Auto, false),
                (dark, ThemeChoice::Auto, false),
                (dark, ThemeChoice::Mono, false),
            ] {
                let own = ground(background, theme.clone(), depth);
                assert_eq!(
                    (own.fg.is_some(), own.bg.is_some()),
                    (has_own, has_own),
                    "{theme:?} {background:?}"
                );
            }
        }
        assert_eq!(ground(dark, ThemeChoice::Light, ColorDepth::None), Style::new());
    }

    #[test]
    fn what_a_camera_reads_is_dark_on_light_in_every_theme() {
        let paper = |background, theme, depth| {
            let traits = TerminalTraits { depth, background, ..TerminalTraits::default() };
            traits.theme(&Settings { theme, ..Settings::default() }, None).paper
        };
        let (dark, light) = (Some(Background::Dark), Some(Background::Light));
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        for theme in [ThemeChoice::Auto, ThemeChoice::Mono, ThemeChoice::Light, ThemeChoice::HighContrast] {
            for background in [dark, light, None] {
                let colored = paper(background, theme.clone(), ColorDepth::Sixteen);
                assert_eq!((colored.fg, colored.bg), (Some(Color::Black), Some(Color::White)), "{theme:?}");
            }
            for (background, style) in [(dark, reversed), (None, reversed), (light, Style::new())] {
                let plain = paper(background, theme.clone(), ColorDepth::None);
                assert_eq!(plain, style, "{theme:?} {background:?}");
            }
        }
    }

    #[test]
    fn backgrounds_are_known_by_their_light() {
        for (color, background) in [
            ((0, 0, 0), Background::Dark),
            ((0x00, 0x2b, 0x36), Background::Dark),
            ((0x28, 0x28, 0xff), Background::Dark),
            ((0xfd, 0xf6, 0xe3), Background::Light),
            ((0x90, 0x90, 0x90), Background::Light),
        ] {
            assert_eq!(Background::of_color(color.0, color.1, color.2), background, "{color:?}");
        }
        for (text, background) in [
            ("15;0", Some(Background::Dark)),
            ("0;15", Some(Background::Light)),
            ("0;default;7", Some(Background::Light)),
            ("12;8", Some(Background::Dark)),
            ("15;default", None),
            ("", None),
        ] {
            assert_eq!(Background::of_variable(text), background, "{text}");
        }
    }
}
