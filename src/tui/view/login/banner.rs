//! Big letters: the code that a person reads here and types elsewhere.
//!
//! Letters are five dots high. Two dots lie in one cell where half blocks can be shown; in seven
//! bits a dot is a cell.

use crate::tui::text_layout;
use crate::tui::theme::Letters;

/// Dots of a letter from top to bottom.
const HEIGHT: usize = 5;

/// Every letter that can be drawn: what a user code is made of (RFC 8628 §6.1).
const FONT: [(char, [&str; HEIGHT]); 37] = [
    ('A', [" ### ", "#   #", "#####", "#   #", "#   #"]),
    ('B', ["#### ", "#   #", "#### ", "#   #", "#### "]),
    ('C', [" ####", "#    ", "#    ", "#    ", " ####"]),
    ('D', ["#### ", "#   #", "#   #", "#   #", "#### "]),
    ('E', ["####", "#   ", "### ", "#   ", "####"]),
    ('F', ["####", "#   ", "### ", "#   ", "#   "]),
    ('G', [" ####", "#    ", "#  ##", "#   #", " ####"]),
    ('H', ["#   #", "#   #", "#####", "#   #", "#   #"]),
    ('I', ["###", " # ", " # ", " # ", "###"]),
    ('J', ["  ###", "    #", "    #", "#   #", " ### "]),
    ('K', ["#   #", "#  # ", "###  ", "#  # ", "#   #"]),
    ('L', ["#   ", "#   ", "#   ", "#   ", "####"]),
    ('M', ["#   #", "## ##", "# # #", "#   #", "#   #"]),
    ('N', ["#   #", "##  #", "# # #", "#  ##", "#   #"]),
    ('O', [" ### ", "#   #", "#   #", "#   #", " ### "]),
    ('P', ["#### ", "#   #", "#### ", "#    ", "#    "]),
    ('Q', [" ### ", "#   #", "# # #", "#  # ", " ## #"]),
    ('R', ["#### ", "#   #", "#### ", "#  # ", "#   #"]),
    ('S', [" ####", "#    ", " ### ", "    #", "#### "]),
    ('T', ["#####", "  #  ", "  #  ", "  #  ", "  #  "]),
    ('U', ["#   #", "#   #", "#   #", "#   #", " ### "]),
    ('V', ["#   #", "#   #", "#   #", " # # ", "  #  "]),
    ('W', ["#   #", "#   #", "# # #", "## ##", "#   #"]),
    ('X', ["#   #", " # # ", "  #  ", " # # ", "#   #"]),
    ('Y', ["#   #", " # # ", "  #  ", "  #  ", "  #  "]),
    ('Z', ["#####", "   # ", "  #  ", " #   ", "#####"]),
    ('0', [" ### ", "#  ##", "# # #", "##  #", " ### "]),
    ('1', [" # ", "## ", " # ", " # ", "###"]),
    ('2', ["#### ", "    #", " ### ", "#    ", "#####"]),
    ('3', ["#### ", "    #", " ### ", "    #", "#### "]),
    ('4', ["#  # ", "#  # ", "#####", "   # ", "   # "]),
    ('5', ["#####", "#    ", "#### ", "    #", "#### "]),
    ('6', [" ### ", "#    ", "#### ", "#   #", " ### "]),
    ('7', ["#####", "   # ", "  #  ", " #   ", " #   "]),
    ('8', [" ### ", "#   #", " ### ", "#   #", " ### "]),
    ('9', [" ### ", "#   #", " ####", "    #", " ### "]),
    ('-', ["   ", "   ", "###", "   ", "   "]),
];

/// `text` in big letters, as far apart as fits into `columns`; nothing where they do not fit at
/// all, or one of them cannot be drawn.
pub(super) fn lines(text: &str, columns: u16, letters: Letters) -> Option<Vec<String>> {
    let drawn: Vec<&[&str; HEIGHT]> = text.chars().map(letter).collect::<Option<_>>()?;
    ["  ", " "].into_iter().find_map(|gap| {
        let rows: [String; HEIGHT] = std::array::from_fn(|row| {
            let dots: Vec<&str> = drawn.iter().filter_map(|dots| dots.get(row).copied()).collect();
            dots.join(gap)
        });
        let fits = !text.is_empty() && rows.iter().all(|row| text_layout::width(row) <= columns);
        fits.then(|| match letters {
            Letters::Ascii => rows.to_vec(),
            Letters::Unicode => rows.chunks(2).map(halves).collect(),
        })
    })
}

fn letter(char: char) -> Option<&'static [&'static str; HEIGHT]> {
    FONT.iter().find(|(each, _)| *each == char).map(|(_, dots)| dots)
}

/// Two rows of dots in one of cells.
fn halves(rows: &[String]) -> String {
    let upper = rows.first().map_or("", String::as_str);
    let lower = rows.get(1).map_or("", String::as_str);
    let lower = lower.chars().chain(std::iter::repeat(' '));
    let cell = |(upper, lower)| match (upper == '#', lower == '#') {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    upper.chars().zip(lower).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_in_half_blocks_and_in_seven_bits() {
        let drawn = lines("B0-1", 40, Letters::Unicode).expect("drawn");
        assert_eq!(drawn, ["█▀▀▀▄  ▄▀▀█▄       ▄█ ", "█▀▀▀▄  █▄▀ █  ▀▀▀   █ ", "▀▀▀▀    ▀▀▀        ▀▀▀"]);
        let drawn = lines("L-", 40, Letters::Ascii).expect("drawn");
        assert_eq!(drawn, ["#        ", "#        ", "#     ###", "#        ", "####     "]);
    }

    #[test]
    fn a_code_that_does_not_fit_or_has_other_letters_is_not_drawn() {
        for (code, columns, drawn) in [
            ("WDJB-MJHT", 59, true),
            ("WDJB-MJHT", 51, true),
            ("WDJB-MJHT", 50, false),
            ("wdjb-mjht", 200, false),
            ("é", 200, false),
            ("", 200, false),
        ] {
            assert_eq!(lines(code, columns, Letters::Unicode).is_some(), drawn, "{code} {columns}");
        }
    }

    #[test]
    fn no_two_letters_look_alike_and_all_rows_of_one_are_as_wide() {
        for (index, (char, dots)) in FONT.iter().enumerate() {
            assert!(dots.iter().all(|row| row.len() == dots[0].len()), "{char}");
            assert!(FONT[index + 1..].iter().all(|(_, other)| other != dots), "{char}");
        }
    }
}
