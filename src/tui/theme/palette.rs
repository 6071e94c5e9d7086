//! Palettes: which colours the roles have, on a dark and on a light background, at each depth.
//!
//! Where the background is not known, or the terminal has sixteen colours, its owner's own sixteen
//! are used: they are readable on whatever was chosen behind them.

use ratatui::style::{Color, Modifier, Style};

use crate::tui::theme::{Glyphs, Theme};

/// Which colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// The sixteen colours of the terminal's owner.
    Terminal,
    On(Background),
    HighContrast(Background),
    Mono,
}

/// What lies behind the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    Dark,
    Light,
}

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    None,
    Sixteen,
    /// 256, by number.
    Indexed,
    /// All, by their parts.
    Direct,
}

/// Red, green, blue.
type Rgb = (u8, u8, u8);

/// The colours of a palette.
struct Shades {
    /// Text without a role, and what lies behind it, where the terminal has other colours than these
    /// shades are made for.
    ground: (Rgb, Rgb),
    good: Rgb,
    warn: Rgb,
    bad: Rgb,
    muted: Rgb,
    accent: Rgb,
    border: Rgb,
    track: Rgb,
    /// Behind the selected row.
    selected: Rgb,
    /// Behind a row that has just changed.
    flash: Rgb,
}

const DARK: Shades = Shades {
    ground: ((0xdd, 0xe1, 0xe9), (0x1a, 0x1d, 0x24)),
    good: (0x8c, 0xd1, 0x7d),
    warn: (0xee, 0xc0, 0x6a),
    bad: (0xff, 0x8f, 0x98),
    muted: (0xad, 0xb5, 0xc3),
    accent: (0x6c, 0xc7, 0xf5),
    border: (0x56, 0x5f, 0x73),
    track: (0x48, 0x50, 0x63),
    selected: (0x2f, 0x3a, 0x50),
    flash: (0x24, 0x45, 0x32),
};

const LIGHT: Shades = Shades {
    ground: ((0x1f, 0x24, 0x2c), (0xfb, 0xfb, 0xfd)),
    good: (0x12, 0x64, 0x2c),
    warn: (0x7a, 0x4b, 0x00),
    bad: (0xb0, 0x1c, 0x28),
    muted: (0x4b, 0x54, 0x60),
    accent: (0x07, 0x52, 0xa5),
    border: (0xab, 0xb3, 0xbf),
    track: (0xc6, 0xcc, 0xd4),
    selected: (0xdd, 0xe9, 0xfb),
    flash: (0xd6, 0xf2, 0xdc),
};

const BRIGHT: Shades = Shades {
    ground: ((0xff, 0xff, 0xff), (0x00, 0x00, 0x00)),
    good: (0x87, 0xff, 0x87),
    warn: (0xff, 0xff, 0x5f),
    bad: (0xff, 0xaf, 0xaf),
    muted: (0xe4, 0xe4, 0xe4),
    accent: (0x5f, 0xff, 0xff),
    border: (0xc6, 0xc6, 0xc6),
    track: (0x8a, 0x8a, 0x8a),
    selected: (0x00, 0x28, 0x88),
    flash: (0x00, 0x00, 0x00),
};

const DEEP: Shades = Shades {
    ground: ((0x00, 0x00, 0x00), (0xff, 0xff, 0xff)),
    good: (0x00, 0x4b, 0x00),
    warn: (0x5a, 0x34, 0x00),
    bad: (0x87, 0x00, 0x00),
    muted: (0x26, 0x26, 0x26),
    accent: (0x00, 0x2f, 0x87),
    border: (0x44, 0x44, 0x44),
    track: (0x80, 0x80, 0x80),
    selected: (0xff, 0xf6, 0xaa),
    flash: (0xff, 0xff, 0xff),
};

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);
const REVERSED: Style = Style::new().add_modifier(Modifier::REVERSED);
/// Is seen on a selected row too, whether that is bold or reversed.
const UNDERLINED: Style = Style::new().add_modifier(Modifier::UNDERLINED);

impl Theme {
    /// The theme of a palette on a terminal of that many colours.
    #[must_use]
    pub fn of(palette: Palette, depth: ColorDepth, glyphs: Glyphs) -> Self {
        match (palette, depth) {
            (_, ColorDepth::None) => Self { paper: REVERSED, ..Self::mono(glyphs) },
            (Palette::Mono, _) => Self::mono(glyphs),
            (Palette::Terminal, _) => sixteen(None, glyphs),
            (Palette::On(background), ColorDepth::Sixteen) => sixteen(Some(background), glyphs),
            (Palette::HighContrast(background), ColorDepth::Sixteen) => {
                Self { selected: REVERSED, border: Style::new(), ..sixteen(Some(background), glyphs) }
            }
            (Palette::On(Background::Dark), _) => shaded(&DARK, depth, glyphs),
            (Palette::On(Background::Light), _) => shaded(&LIGHT, depth, glyphs),
            (Palette::HighContrast(Background::Dark), _) => contrasting(&BRIGHT, depth, glyphs),
            (Palette::HighContrast(Background::Light), _) => contrasting(&DEEP, depth, glyphs),
        }
    }

    /// The same with a background of its own: the terminal has another, or does not say which.
    #[must_use]
    pub fn grounded(self, palette: Palette, depth: ColorDepth) -> Self {
        let ground = match (palette, depth) {
            (Palette::Mono | Palette::Terminal, _) | (_, ColorDepth::None) => Style::new(),
            (
                Palette::On(Background::Dark) | Palette::HighContrast(Background::Dark),
                ColorDepth::Sixteen,
            ) => Style::new().fg(Color::White).bg(Color::Black),
            (
                Palette::On(Background::Light) | Palette::HighContrast(Background::Light),
                ColorDepth::Sixteen,
            ) => Style::new().fg(Color::Black).bg(Color::White),
            (Palette::On(Background::Dark), _) => ground(&DARK, depth),
            (Palette::On(Background::Light), _) => ground(&LIGHT, depth),
            (Palette::HighContrast(Background::Dark), _) => ground(&BRIGHT, depth),
            (Palette::HighContrast(Background::Light), _) => ground(&DEEP, depth),
        };
        Self { ground, ..self }
    }

    /// The theme for dark terminals with all colours.
    #[must_use]
    pub fn colored(glyphs: Glyphs) -> Self {
        Self::of(Palette::On(Background::Dark), ColorDepth::Direct, glyphs)
    }

    /// The theme without any colour but for what cameras read.
    #[must_use]
    pub const fn mono(glyphs: Glyphs) -> Self {
        let plain = Style::new();
        Self {
            good: plain,
            warn: BOLD,
            bad: BOLD,
            muted: plain,
            accent: BOLD,
            key: BOLD,
            selected: REVERSED,
            choice: REVERSED,
            strong: BOLD,
            section: BOLD,
            border: FAINT,
            border_focused: plain,
            track: FAINT,
            flash: UNDERLINED,
            ground: plain,
            paper: PAPER,
            glyphs,
        }
    }
}

const PAPER: Style = Style::new().fg(Color::Black).bg(Color::White);

/// The owner's own colours. Yellow on white is not readable in most sets, and neither is cyan.
fn sixteen(background: Option<Background>, glyphs: Glyphs) -> Theme {
    let (warn, accent) = match background {
        Some(Background::Light) => (Color::Magenta, Color::Blue),
        Some(Background::Dark) | None => (Color::Yellow, Color::Cyan),
    };
    let accent = Style::new().fg(accent);
    Theme {
        good: Style::new().fg(Color::Green),
        warn: Style::new().fg(warn),
        bad: Style::new().fg(Color::Red),
        accent,
        key: accent.add_modifier(Modifier::BOLD),
        border_focused: accent,
        selected: BOLD,
        ..Theme::mono(glyphs)
    }
}

fn shaded(shades: &Shades, depth: ColorDepth, glyphs: Glyphs) -> Theme {
    let text = |shade| Style::new().fg(color(shade, depth));
    let behind = |shade| Style::new().bg(color(shade, depth));
    Theme {
        good: text(shades.good),
        warn: text(shades.warn),
        bad: text(shades.bad),
        muted: text(shades.muted),
        accent: text(shades.accent),
        key: text(shades.accent).add_modifier(Modifier::BOLD),
        selected: behind(shades.selected),
        section: text(shades.muted).add_modifier(Modifier::BOLD),
        border: text(shades.border),
        border_focused: text(shades.accent),
        track: text(shades.track),
        flash: behind(shades.flash),
        ..Theme::mono(glyphs)
    }
}

/// What has just changed is underlined: no second tint would be far enough from the first.
fn contrasting(shades: &Shades, depth: ColorDepth, glyphs: Glyphs) -> Theme {
    Theme { flash: UNDERLINED, ..shaded(shades, depth, glyphs) }
}

fn ground(shades: &Shades, depth: ColorDepth) -> Style {
    let (text, behind) = shades.ground;
    Style::new().fg(color(text, depth)).bg(color(behind, depth))
}

fn color((red, green, blue): Rgb, depth: ColorDepth) -> Color {
    match depth {
        ColorDepth::Direct => Color::Rgb(red, green, blue),
        ColorDepth::Indexed | ColorDepth::Sixteen | ColorDepth::None => {
            Color::Indexed(nearest((red, green, blue)))
        }
    }
}

/// The steps of the 6×6×6 cube of the 256 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the 240 colours that mean the same on every terminal of 256.
pub(super) fn nearest(shade: Rgb) -> u8 {
    let cube = (16..=231_u8).map(|number| {
        let place = number - 16;
        let part = |place: u8| CUBE.get(usize::from(place % 6)).copied().unwrap_or_default();
        (number, (part(place / 36), part(place / 6), part(place)))
    });
    let greys = (232..=255_u8).map(|number| {
        let grey = 8 + (number - 232) * 10;
        (number, (grey, grey, grey))
    });
    cube.chain(greys).min_by_key(|(_, other)| distance(shade, *other)).map_or(7, |(number, _)| number)
}

fn distance(one: Rgb, other: Rgb) -> u32 {
    let part = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
    // Green weighs most in the eye, blue least.
    2 * part(one.0, other.0) + 4 * part(one.1, other.1) + part(one.2, other.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backgrounds that people choose.
    const DARKS: [Rgb; 5] =
        [(0, 0, 0), (0x1e, 0x1e, 0x1e), (0x00, 0x2b, 0x36), (0x28, 0x2a, 0x36), (0x2e, 0x34, 0x40)];
    const LIGHTS: [Rgb; 4] = [(255, 255, 255), (0xfd, 0xf6, 0xe3), (0xfa, 0xfa, 0xfa), (0xef, 0xf1, 0xf5)];

    #[test]
    fn every_text_can_be_read_on_every_usual_background_and_on_the_tints() {
        let tinted = |grounds: &[Rgb], shades: &Shades| -> Vec<Rgb> {
            [grounds, [shades.selected, shades.flash, shades.ground.1].as_slice()].concat()
        };
        for (name, shades, grounds, least) in [
            ("dark", &DARK, tinted(&DARKS, &DARK), 4.5),
            ("light", &LIGHT, tinted(&LIGHTS, &LIGHT), 4.5),
            ("high contrast on dark", &BRIGHT, tinted(&DARKS, &BRIGHT), 7.0),
            ("high contrast on light", &DEEP, tinted(&LIGHTS, &DEEP), 7.0),
        ] {
            let Shades { ground: (plain, own), good, warn, bad, muted, accent, .. } = *shades;
            for ground in [own, shades.selected, shades.flash] {
                let found = contrast(of_256(nearest(plain)), ground).min(contrast(plain, ground));
                assert!(found >= 7.0, "{name}: text on {ground:x?}: {found:.2}");
            }
            for text in [good, warn, bad, muted, accent] {
                for ground in &grounds {
                    for text in [text, of_256(nearest(text))] {
                        let found = contrast(text, *ground);
                        assert!(found >= least, "{name}: {text:x?} on {ground:x?}: {found:.2}");
                    }
                }
            }
        }
    }

    /// By WCAG 2.
    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let light = |(red, green, blue): Rgb| {
            let part = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn of_256(number: u8) -> Rgb {
        let Some(grey) = number.checked_sub(232) else {
            let place = usize::from(number - 16);
            return (CUBE[place / 36], CUBE[place / 6 % 6], CUBE[place % 6]);
        };
        (8 + grey * 10, 8 + grey * 10, 8 + grey * 10)
    }

    #[test]
    fn a_colour_of_the_256_is_its_own_nearest() {
        for number in 16..=255 {
            assert_eq!(of_256(nearest(of_256(number))), of_256(number));
        }
        assert_eq!(
            (nearest((0, 0, 0)), nearest((0xff, 0x02, 0x01)), nearest((0x80, 0x80, 0x81))),
            (16, 196, 244)
        );
    }

    #[test]
    fn sixteen_colours_are_the_owners_and_no_colour_is_none() {
        let roles = |theme: Theme| {
            [
                theme.good,
                theme.warn,
                theme.bad,
                theme.muted,
                theme.accent,
                theme.key,
                theme.selected,
                theme.choice,
                theme.strong,
                theme.section,
                theme.border,
                theme.border_focused,
                theme.track,
                theme.flash,
            ]
        };
        let palettes = [Background::Dark, Background::Light]
            .into_iter()
            .flat_map(|ground| [Palette::On(ground), Palette::HighContrast(ground)])
            .chain([Palette::Terminal, Palette::Mono]);
        for palette in palettes {
            for style in roles(Theme::of(palette, ColorDepth::None, Glyphs::unicode())) {
                assert_eq!((style.fg, style.bg), (None, None), "{palette:?}");
            }
            for style in roles(Theme::of(palette, ColorDepth::Sixteen, Glyphs::unicode())) {
                let is_own = |color: Color| !matches!(color, Color::Rgb(..) | Color::Indexed(_));
                assert!(style.fg.is_none_or(is_own) && style.bg.is_none(), "{palette:?}");
            }
        }
    }
}
