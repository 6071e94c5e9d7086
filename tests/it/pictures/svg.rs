//! A picture of the terminal: letters stay text, lines and blocks are shapes, and nothing needs a font.

use std::fmt::Write;

/// Columns, rows and letters in pixels.
const WIDTH: u32 = 9;
const HEIGHT: u32 = 20;
const BASE: u32 = 15;
/// Between the window's edge and the screen, and the window's title.
const EDGE: u32 = 14;
const BAR: u32 = 38;
/// Around the window.
const MARGIN: u32 = 12;
const FONTS: &str =
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// What the terminal's owner has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    pub(crate) back: (u8, u8, u8),
    fore: (u8, u8, u8),
    bar: &'static str,
    edge: &'static str,
    sixteen: [u32; 16],
}

pub(crate) const DARK: Paint = Paint {
    back: (0x17, 0x1a, 0x21),
    fore: (0xd8, 0xdd, 0xe6),
    bar: "#20242d",
    edge: "#323846",
    sixteen: [
        0x2b303b, 0xe06c75, 0x98c379, 0xe5c07b, 0x61afef, 0xc678dd, 0x56b6c2, 0xc8ccd4, 0x6b7280, 0xff8f98,
        0xb5e890, 0xffd68a, 0x82c4ff, 0xdda0f5, 0x7fdbe6, 0xffffff,
    ],
};

pub(crate) const LIGHT: Paint = Paint {
    back: (0xff, 0xff, 0xff),
    fore: (0x24, 0x29, 0x2f),
    bar: "#f3f4f6",
    edge: "#d0d7de",
    sixteen: [
        0x24292f, 0xb01c28, 0x12642c, 0x7a4b00, 0x0752a5, 0x6f2da8, 0x0b6471, 0x57606a, 0x6e7781, 0xcf222e,
        0x1a7f37, 0x9a6700, 0x0969da, 0x8250df, 0x1b7c83, 0x8c959f,
    ],
};

/// One screen as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shot {
    rows: Vec<Vec<Letter>>,
    columns: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Letter {
    text: String,
    columns: u32,
    look: Look,
    back: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    fore: u32,
    is_bold: bool,
    is_faint: bool,
    is_underlined: bool,
}

impl Shot {
    pub(crate) fn of(screen: &vt100::Screen, paint: &Paint) -> Self {
        let (rows, columns) = screen.size();
        let (rows, columns) = (rows.get(), columns.get());
        let letters = |row: u16| {
            let cells = (0..columns).filter_map(|column| screen.cell(row, column));
            cells.filter(|cell| !cell.is_wide_continuation()).map(|cell| letter(cell, paint)).collect()
        };
        Self { rows: (0..rows).map(letters).collect(), columns }
    }
}

fn letter(cell: &vt100::Cell, paint: &Paint) -> Letter {
    let (mut fore, mut back) =
        (color(cell.fgcolor(), paint, paint.fore), color(cell.bgcolor(), paint, paint.back));
    if cell.inverse() {
        (fore, back) = (back, fore);
    }
    let text = if cell.has_contents() { cell.contents().to_owned() } else { " ".to_owned() };
    let look = Look { fore, is_bold: cell.bold(), is_faint: cell.dim(), is_underlined: cell.underline() };
    let back = (back != number(paint.back)).then_some(back);
    Letter { text, columns: if cell.is_wide() { 2 } else { 1 }, look, back }
}

fn number((red, green, blue): (u8, u8, u8)) -> u32 {
    u32::from(red) << 16 | u32::from(green) << 8 | u32::from(blue)
}

fn color(color: vt100::Color, paint: &Paint, default: (u8, u8, u8)) -> u32 {
    match color {
        vt100::Color::Default => number(default),
        vt100::Color::Rgb(red, green, blue) => number((red, green, blue)),
        vt100::Color::Idx(index @ 0..16) => paint.sixteen.get(usize::from(index)).copied().unwrap_or(0),
        vt100::Color::Idx(index @ 16..232) => {
            let step = |part: u8| if part == 0 { 0 } else { 55 + part * 40 };
            let index = index - 16;
            number((step(index / 36), step(index / 6 % 6), step(index % 6)))
        }
        vt100::Color::Idx(index) => {
            let grey = 8 + (index - 232) * 10;
            number((grey, grey, grey))
        }
    }
}

/// A window with one screen.
pub(crate) fn still(shot: &Shot, paint: &Paint, title: &str) -> String {
    let (width, height) = outer(shot);
    let body: String = rows(shot).map(|(y, letters)| row(letters, y)).collect();
    document(width, height, &(window(shot, paint, title) + &screen(&body)), "")
}

/// Several windows beside and below each other, two in a row.
pub(crate) fn sheet(shots: &[(Shot, Paint, &str)]) -> String {
    let (width, height) = shots.first().map_or((0, 0), |(shot, ..)| outer(shot));
    let mut body = String::new();
    for ((column, line), (shot, paint, title)) in (0..).flat_map(|line| [(0, line), (1, line)]).zip(shots) {
        let rows: String = rows(shot).map(|(y, letters)| row(letters, y)).collect();
        let window = window(shot, paint, title) + &screen(&rows);
        write!(body, "<g transform=\"translate({} {})\">{window}</g>", column * width, line * height)
            .expect("written");
    }
    let lines = u32::try_from(shots.len().div_ceil(2)).expect("few");
    document(width * 2, height * lines, &body, "")
}

/// One moment of a recording.
pub(crate) struct Frame {
    pub(crate) shot: Shot,
    /// What the person does, told in the window's title.
    pub(crate) caption: String,
    pub(crate) millis: u32,
}

/// A window in which the frames follow each other, over and over. What stays from one frame to the
/// next is written once.
pub(crate) fn recording(frames: &[Frame], paint: &Paint) -> String {
    let first = &frames.first().expect("a frame").shot;
    let (width, height) = outer(first);
    let mut film = Film::default();
    let middle = (width - 2 * MARGIN) / 2;
    let captions = film.part(frames, |frame| caption(&frame.caption, middle, paint));
    let mut body = String::new();
    for (y, index) in (0..).step_by(usize::try_from(HEIGHT).expect("small")).zip(0..first.rows.len()) {
        body += &film.part(frames, |frame| {
            frame.shot.rows.get(index).map_or_else(String::new, |letters| row(letters, y))
        });
    }
    let all = window(first, paint, "") + &captions + &screen(&body);
    document(width, height, &all, &film.styles(frames))
}

/// In which frames a part is seen, each such set with its name in CSS.
#[derive(Default)]
struct Film {
    seen: Vec<Vec<bool>>,
}

impl Film {
    /// Everything that one part of the screen shows in the course of the frames.
    fn part(&mut self, frames: &[Frame], drawn: impl Fn(&Frame) -> String) -> String {
        let all: Vec<String> = frames.iter().map(drawn).collect();
        let mut written = String::new();
        for (index, look) in all.iter().enumerate() {
            let is_first = all.iter().position(|other| other == look) == Some(index);
            if !is_first || look.is_empty() {
                continue;
            }
            let seen: Vec<bool> = all.iter().map(|other| other == look).collect();
            if seen.iter().all(|seen| *seen) {
                written += look;
                continue;
            }
            let known = self.seen.iter().position(|other| *other == seen);
            let number = known.unwrap_or(self.seen.len());
            if known.is_none() {
                self.seen.push(seen);
            }
            write!(written, "<g class=\"k{number}\">{look}</g>").expect("written");
        }
        written
    }

    fn styles(&self, frames: &[Frame]) -> String {
        let total: u32 = frames.iter().map(|frame| frame.millis).sum();
        let mut styles = format!(
            "g[class^=k]{{animation-duration:{total}ms;animation-iteration-count:infinite;animation-timing-function:step-end}}"
        );
        for (number, seen) in self.seen.iter().enumerate() {
            write!(styles, ".k{number}{{animation-name:k{number}}}@keyframes k{number}{{").expect("written");
            let (mut start, mut before) = (0, None);
            for (frame, is_seen) in frames.iter().zip(seen) {
                if before != Some(is_seen) {
                    let part = f64::from(start) * 100.0 / f64::from(total);
                    let visible = if *is_seen { "visible" } else { "hidden" };
                    write!(styles, "{part:.2}%{{visibility:{visible}}}").expect("written");
                }
                before = Some(is_seen);
                start += frame.millis;
            }
            styles += "}";
        }
        // Who wants nothing to move sees the first frame.
        styles += "@media(prefers-reduced-motion:reduce){g[class^=k]{animation:none;visibility:hidden}";
        for (number, _) in self.seen.iter().enumerate().filter(|(_, seen)| seen.first() == Some(&true)) {
            write!(styles, ".k{number}.k{number}.k{number}{{visibility:visible}}").expect("written");
        }
        styles + "}"
    }
}

/// Width and height of a picture of `shot`.
fn outer(shot: &Shot) -> (u32, u32) {
    let rows = u32::try_from(shot.rows.len()).expect("few");
    (u32::from(shot.columns) * WIDTH + 2 * (EDGE + MARGIN), rows * HEIGHT + BAR + EDGE + 2 * MARGIN)
}

/// The window, and the beginning of what is in it.
fn window(shot: &Shot, paint: &Paint, title: &str) -> String {
    let (width, height) = outer(shot);
    let (width, height) = (width - 2 * MARGIN, height - 2 * MARGIN);
    let (back, middle) = (hex(number(paint.back)), width / 2);
    let lights: String = [(20, "#ff5f57"), (40, "#febc2e"), (60, "#28c840")]
        .map(|(x, color)| format!("<circle cx=\"{x}\" cy=\"19\" r=\"6\" fill=\"{color}\"/>"))
        .concat();
    format!(
        "<g transform=\"translate({MARGIN} {MARGIN})\"><rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"{back}\" \
         stroke=\"{edge}\"/><path d=\"M0 {BAR}V10Q0 0 10 0H{right}Q{width} 0 {width} 10V{BAR}z\" fill=\"{bar}\"/>{lights}{title}",
        edge = paint.edge,
        bar = paint.bar,
        right = width - 10,
        title = caption(title, middle, paint),
    )
}

/// What is in the window.
fn screen(body: &str) -> String {
    format!("<g transform=\"translate({EDGE} {})\">{body}</g></g>", BAR + 4)
}

fn caption(words: &str, middle: u32, paint: &Paint) -> String {
    if words.is_empty() {
        return String::new();
    }
    let fore = hex(number(paint.fore));
    format!(
        "<text x=\"{middle}\" y=\"24\" text-anchor=\"middle\" font-size=\"14\" fill=\"{fore}\">{}</text>",
        escaped(words)
    )
}

fn rows(shot: &Shot) -> impl Iterator<Item = (u32, &Vec<Letter>)> {
    (0..).step_by(usize::try_from(HEIGHT).expect("small")).zip(&shot.rows)
}

/// One row of letters, whose upper edge is at `y`.
fn row(letters: &[Letter], y: u32) -> String {
    let mut drawn = String::new();
    let mut x = 0;
    let placed: Vec<(u32, &Letter)> = letters
        .iter()
        .map(|letter| {
            let at = x;
            x += letter.columns * WIDTH;
            (at, letter)
        })
        .collect();
    for run in placed.chunk_by(|(_, one), (_, other)| one.back == other.back) {
        let (Some((from, first)), Some((last, letter))) = (run.first(), run.last()) else { continue };
        if let Some(back) = first.back {
            let width = last + letter.columns * WIDTH - from;
            write!(drawn, "<path d=\"M{from} {y}h{width}v{HEIGHT}h-{width}z\" fill=\"{}\"/>", hex(back))
                .expect("written");
        }
    }
    for run in
        placed.chunk_by(|(_, one), (_, other)| one.look == other.look && kind(&one.text) == kind(&other.text))
    {
        let Some((_, first)) = run.first() else { continue };
        match kind(&first.text) {
            Kind::Blank => {}
            Kind::Line | Kind::Block => shapes(&mut drawn, run, y),
            Kind::Plain => words(&mut drawn, run, y),
            Kind::Sign => run.iter().for_each(|(x, letter)| sign(&mut drawn, *x, letter, y)),
        }
    }
    drawn
}

/// How a letter is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    /// As text, together with its neighbours.
    Plain,
    /// As text, in the middle of its columns.
    Sign,
    Line,
    Block,
}

fn kind(text: &str) -> Kind {
    match text.chars().next() {
        None | Some(' ' | '\u{a0}') => Kind::Blank,
        Some(letter) if letter.is_ascii() => Kind::Plain,
        Some('\u{2500}'..='\u{257f}') => Kind::Line,
        Some('\u{2580}'..='\u{2590}') => Kind::Block,
        Some(_) => Kind::Sign,
    }
}

fn words(drawn: &mut String, run: &[(u32, &Letter)], y: u32) {
    let (Some((x, first)), count) = (run.first(), run.len()) else { return };
    let text: String = run.iter().map(|(_, letter)| letter.text.as_str()).collect();
    let length = u32::try_from(count).expect("short") * WIDTH;
    write!(
        drawn,
        "<text x=\"{x}\" y=\"{}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"{}>{}</text>",
        y + BASE,
        look(first.look),
        escaped(&text)
    )
    .expect("written");
}

fn sign(drawn: &mut String, x: u32, letter: &Letter, y: u32) {
    let middle = f64::from(2 * x + letter.columns * WIDTH) / 2.0;
    write!(
        drawn,
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\"{}>{}</text>",
        y + BASE,
        look(letter.look),
        escaped(&letter.text)
    )
    .expect("written");
}

fn look(look: Look) -> String {
    let bold = if look.is_bold { " class=\"b\"" } else { "" };
    let faint = if look.is_faint { " opacity=\".6\"" } else { "" };
    let line = if look.is_underlined { " text-decoration=\"underline\"" } else { "" };
    format!(" fill=\"{}\"{bold}{faint}{line}", hex(look.fore))
}

/// Lines and blocks of one look.
fn shapes(drawn: &mut String, run: &[(u32, &Letter)], y: u32) {
    let (mut thin, mut thick, mut dashed, mut filled) =
        (String::new(), String::new(), String::new(), String::new());
    let Some((_, first)) = run.first() else { return };
    // Neighbours that are the same are one stroke.
    for same in run.chunk_by(|(_, one), (_, other)| one.text == other.text) {
        let (Some((x, letter)), count) = (same.first(), u32::try_from(same.len()).expect("short")) else {
            continue;
        };
        let (from, to, middle) = (*x, x + count * WIDTH, y + HEIGHT / 2);
        match letter.text.as_str() {
            "─" => write!(thin, "M{from} {middle}H{to}"),
            "━" => write!(thick, "M{from} {middle}H{to}"),
            "╌" | "┄" | "┈" => write!(dashed, "M{from} {middle}H{to}"),
            _ => Ok(()),
        }
        .expect("written");
        for (x, letter) in same {
            let (x, center) = (*x, f64::from(x * 2 + WIDTH) / 2.0);
            let (right, bottom) = (x + WIDTH, y + HEIGHT);
            match letter.text.as_str() {
                "─" | "━" | "╌" | "┄" | "┈" => Ok(()),
                "┊" | "┆" => write!(dashed, "M{center} {y}V{bottom}"),
                "╸" => write!(thick, "M{x} {middle}H{center}"),
                "╺" => write!(thick, "M{center} {middle}H{right}"),
                "╴" => write!(thin, "M{x} {middle}H{center}"),
                "╶" => write!(thin, "M{center} {middle}H{right}"),
                "╭" => write!(thin, "M{center} {bottom}V{}Q{center} {middle} {right} {middle}", middle + 5),
                "╮" => write!(thin, "M{center} {bottom}V{}Q{center} {middle} {x} {middle}", middle + 5),
                "╰" => write!(thin, "M{center} {y}V{}Q{center} {middle} {right} {middle}", middle - 5),
                "╯" => write!(thin, "M{center} {y}V{}Q{center} {middle} {x} {middle}", middle - 5),
                "┃" => write!(thick, "M{center} {y}V{bottom}"),
                other => match sides(other) {
                    Some(sides) => corner(&mut thin, sides, (x, y)),
                    None => block(&mut filled, other, (x, y)),
                },
            }
            .expect("written");
        }
    }
    let color = hex(first.look.fore);
    let faint = if first.look.is_faint { " opacity=\".6\"" } else { "" };
    for (path, style) in [
        (thin, "stroke-width=\"1.2\""),
        (dashed, "stroke-width=\"1.2\" stroke-dasharray=\"2.5 2\""),
        (thick, "stroke-width=\"2.6\""),
    ] {
        if !path.is_empty() {
            write!(drawn, "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" {style}{faint}/>")
                .expect("written");
        }
    }
    if !filled.is_empty() {
        write!(drawn, "<path d=\"{filled}\" fill=\"{color}\" shape-rendering=\"crispEdges\"{faint}/>")
            .expect("written");
    }
}

/// Whether a light line goes up, right, down and left.
fn sides(text: &str) -> Option<[bool; 4]> {
    let sides = match text {
        "│" => [true, false, true, false],
        "┌" => [false, true, true, false],
        "┐" => [false, false, true, true],
        "└" => [true, true, false, false],
        "┘" => [true, false, false, true],
        "├" => [true, true, true, false],
        "┤" => [true, false, true, true],
        "┬" => [false, true, true, true],
        "┴" => [true, true, false, true],
        "┼" => [true; 4],
        _ => return None,
    };
    Some(sides)
}

fn corner(path: &mut String, [up, right, down, left]: [bool; 4], (x, y): (u32, u32)) -> std::fmt::Result {
    let (center, middle) = (f64::from(x * 2 + WIDTH) / 2.0, y + HEIGHT / 2);
    let (top, bottom) = (if up { y } else { middle }, if down { y + HEIGHT } else { middle });
    write!(path, "M{center} {top}V{bottom}")?;
    let (from, to) = (f64::from(x), f64::from(x + WIDTH));
    match (left, right) {
        (false, false) => Ok(()),
        (left, right) => {
            write!(path, "M{} {middle}H{}", if left { from } else { center }, if right { to } else { center })
        }
    }
}

/// A block: which part of the cell it fills, in eighths.
fn block(path: &mut String, text: &str, (x, y): (u32, u32)) -> std::fmt::Result {
    let eighth = |eighths: u32, whole: u32| f64::from(eighths * whole) / 8.0;
    let (left, top, width, height) = match text {
        "▀" => (0, 0, 8, 4),
        "▄" => (0, 4, 8, 4),
        "█" => (0, 0, 8, 8),
        "▐" => (4, 0, 4, 8),
        "▏" => (0, 0, 1, 8),
        "▎" => (0, 0, 2, 8),
        "▍" => (0, 0, 3, 8),
        "▌" => (0, 0, 4, 8),
        "▋" => (0, 0, 5, 8),
        "▊" => (0, 0, 6, 8),
        "▉" => (0, 0, 7, 8),
        "▁" => (0, 7, 8, 1),
        "▂" => (0, 6, 8, 2),
        "▃" => (0, 5, 8, 3),
        "▅" => (0, 3, 8, 5),
        "▆" => (0, 2, 8, 6),
        "▇" => (0, 1, 8, 7),
        _ => (3, 3, 2, 2),
    };
    let (from, upper) = (f64::from(x) + eighth(left, WIDTH), f64::from(y) + eighth(top, HEIGHT));
    let (width, height) = (eighth(width, WIDTH), eighth(height, HEIGHT));
    write!(path, "M{from} {upper}h{width}v{height}h-{width}z")
}

fn hex(color: u32) -> String {
    format!("#{color:06x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn document(width: u32, height: u32, body: &str, styles: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONTS}\" font-size=\"15\"><style>text{{white-space:pre}}.b{{font-weight:700}}{styles}</style>\
         {body}</svg>\n"
    )
}
