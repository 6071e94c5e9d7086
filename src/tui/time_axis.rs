//! Axis of the timeline: which column a moment stands in, and for how long.
//!
//! Minutes and months lie on one axis because it is made of pieces of equal width, each of which
//! covers more time than the one before. Everything is counted in halves of a column.

/// Seconds of the spans that the axis names.
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How far the timeline reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zoom {
    Hour,
    Day,
    #[default]
    Month,
    Year,
}

/// The timeline that is looked at in the place of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timeline {
    pub zoom: Zoom,
    /// The first row that is on the screen.
    pub first: usize,
}

/// A named span: `24h`, and its seconds.
type NamedSpan = (&'static str, i64);

impl Zoom {
    /// The same with less time and more room for it.
    #[must_use]
    pub fn closer(self) -> Self {
        match self {
            Self::Hour | Self::Day => Self::Hour,
            Self::Month => Self::Day,
            Self::Year => Self::Month,
        }
    }

    /// The same with more time and less room for it.
    #[must_use]
    pub fn wider(self) -> Self {
        match self {
            Self::Hour => Self::Day,
            Self::Day => Self::Month,
            Self::Month | Self::Year => Self::Year,
        }
    }

    fn past(self) -> &'static [NamedSpan] {
        match self {
            Self::Hour => &[("15m", 15 * MINUTE), ("1h", HOUR)],
            Self::Day => &[("1h", HOUR), ("6h", 6 * HOUR)],
            Self::Month => &[("1h", HOUR), ("24h", DAY)],
            Self::Year => &[("24h", DAY), ("7d", 7 * DAY)],
        }
    }

    fn future(self) -> &'static [NamedSpan] {
        match self {
            Self::Hour => &[("5m", 5 * MINUTE), ("15m", 15 * MINUTE), ("30m", 30 * MINUTE), ("1h", HOUR)],
            Self::Day => &[("15m", 15 * MINUTE), ("1h", HOUR), ("6h", 6 * HOUR), ("24h", DAY)],
            Self::Month => &[("1h", HOUR), ("24h", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY)],
            Self::Year => &[("24h", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY), ("12mo", 365 * DAY)],
        }
    }
}

/// What a place is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Column,
    HalfColumn,
}

/// Where a moment lies on the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisPlace {
    /// Before the first column.
    Before,
    /// So many halves of a column from the left edge.
    At(u16),
    /// Behind the last column.
    Beyond,
}

impl AxisPlace {
    /// The column, where it has one.
    #[must_use]
    pub fn column(self) -> Option<u16> {
        match self {
            Self::At(half) => Some(half / 2),
            Self::Before | Self::Beyond => None,
        }
    }
}

/// A moment that the axis names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisTick {
    pub column: u16,
    /// How far it is from now: `+24h`.
    pub name: String,
    /// The same in seconds.
    pub seconds: i64,
}

/// An axis of so many columns, one of which is the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    past: u16,
    future: u16,
    zoom: Zoom,
}

impl Scale {
    /// The axis of `width` columns: most of them are the future.
    #[must_use]
    pub fn new(width: u16, zoom: Zoom) -> Self {
        let past = width / 5;
        Self { past, future: width.saturating_sub(past + 1), zoom }
    }

    /// Columns of the whole axis.
    #[must_use]
    pub fn width(self) -> u16 {
        self.past + 1 + self.future
    }

    /// The column of the present.
    #[must_use]
    pub fn now(self) -> u16 {
        self.past
    }

    /// Where a moment lies that is so many seconds from now.
    #[must_use]
    pub fn place(self, seconds: i64) -> AxisPlace {
        if seconds >= 0 {
            let half = halves(self.zoom.future(), self.future, seconds);
            return half.map_or(AxisPlace::Beyond, |half| AxisPlace::At((self.past + 1) * 2 + half));
        }
        match halves(self.zoom.past(), self.past, -seconds - 1) {
            Some(half) => AxisPlace::At((self.past * 2).saturating_sub(half + 1)),
            None => AxisPlace::Before,
        }
    }

    /// After how many seconds a moment that is so many from now lies elsewhere; nothing where it
    /// never comes back.
    #[must_use]
    pub fn holds(self, seconds: i64, precision: Precision) -> Option<i64> {
        let step = match precision {
            Precision::Column => 2,
            Precision::HalfColumn => 1,
        };
        if seconds >= 0 {
            let (ticks, columns) = (self.zoom.future(), self.future);
            let Some(half) = halves(ticks, columns, seconds) else {
                let last = ticks.last().map_or(0, |(_, span)| *span);
                return Some(seconds - last + 1);
            };
            return Some(seconds - reached(ticks, columns, half / step * step) + 1);
        }
        let (ticks, columns, age) = (self.zoom.past(), self.past, -seconds - 1);
        let half = halves(ticks, columns, age)?;
        Some(reached(ticks, columns, half / step * step + step) - age)
    }

    /// The named moments with their columns, from the left to the right, without the present.
    pub fn ticks(self) -> impl Iterator<Item = AxisTick> {
        let (past, future) = (self.past * 2, (self.past + 1) * 2);
        let before = edges(self.zoom.past(), self.past).map(move |((name, span), half)| {
            let column = past.saturating_sub(half) / 2;
            AxisTick { column, name: format!("-{name}"), seconds: -span }
        });
        let after = edges(self.zoom.future(), self.future).map(move |((name, span), half)| {
            let column = (future + half.saturating_sub(1)) / 2;
            AxisTick { column, name: format!("+{name}"), seconds: *span }
        });
        let before: Vec<_> = before.collect();
        before.into_iter().rev().chain(after)
    }
}

/// The pieces of one side: from which half to which, and from which second to which.
fn pieces(ticks: &'static [NamedSpan], columns: u16) -> impl Iterator<Item = (u16, u16, i64, i64)> {
    let count = u16::try_from(ticks.len()).unwrap_or(u16::MAX).max(1);
    let starts = [0].into_iter().chain(ticks.iter().map(|(_, span)| *span));
    (0..count).zip(starts).zip(ticks).map(move |((index, from), (_, to))| {
        let edge = |index: u16| columns * 2 / count * index + columns * 2 % count * index / count;
        (edge(index), edge(index + 1), from, *to)
    })
}

fn edges(ticks: &'static [NamedSpan], columns: u16) -> impl Iterator<Item = (&'static NamedSpan, u16)> {
    ticks.iter().zip(pieces(ticks, columns)).map(|(named, (_, right, ..))| (named, right))
}

/// The half column, counted from the present, that lies so many seconds from it.
fn halves(ticks: &'static [NamedSpan], columns: u16, seconds: i64) -> Option<u16> {
    let (left, right, from, to) = pieces(ticks, columns).find(|(.., to)| seconds < *to)?;
    let into = (seconds - from) * i64::from(right - left) / (to - from);
    Some(left + u16::try_from(into).unwrap_or(0))
}

/// The first second that lies in the half column `half` or behind it.
fn reached(ticks: &'static [NamedSpan], columns: u16, half: u16) -> i64 {
    let found = pieces(ticks, columns).find(|(left, right, ..)| half < *right && left < right);
    let Some((left, right, from, to)) = found else {
        return ticks.last().map_or(0, |(_, span)| *span);
    };
    let (into, width) = (i64::from(half.saturating_sub(left)), i64::from(right - left));
    from + (into * (to - from) + width - 1) / width
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZOOMS: [Zoom; 4] = [Zoom::Hour, Zoom::Day, Zoom::Month, Zoom::Year];

    #[test]
    fn later_moments_never_stand_further_left() {
        for zoom in ZOOMS {
            for width in [0, 1, 7, 20, 41, 97, 180] {
                let scale = Scale::new(width, zoom);
                let mut last = 0;
                for seconds in (-2 * DAY..400 * DAY).step_by(997) {
                    let half = match scale.place(seconds) {
                        AxisPlace::Before => 0,
                        AxisPlace::At(half) => half,
                        AxisPlace::Beyond => scale.width() * 2,
                    };
                    assert!(half >= last && half <= scale.width() * 2, "{zoom:?} {width} {seconds}");
                    last = half;
                }
            }
        }
    }

    #[test]
    fn the_present_stands_alone_in_its_column() {
        for zoom in ZOOMS {
            let scale = Scale::new(80, zoom);
            assert_eq!(scale.place(-1).column(), Some(scale.now() - 1));
            assert_eq!(scale.place(0).column(), Some(scale.now() + 1));
        }
    }

    #[test]
    fn a_moment_lies_in_one_place_exactly_as_long_as_is_said() {
        for zoom in ZOOMS {
            for width in [20, 41, 97] {
                let scale = Scale::new(width, zoom);
                for seconds in
                    [0, 1, 59, 299, 300, 3_599, 3_600, 86_399, 90_000, 2_000_000, -1, -2, -61, -7_000]
                {
                    for precision in [Precision::Column, Precision::HalfColumn] {
                        let place = |seconds| match (scale.place(seconds), precision) {
                            (AxisPlace::At(half), Precision::Column) => AxisPlace::At(half / 2),
                            (place, _) => place,
                        };
                        let Some(hold) = scale.holds(seconds, precision) else { continue };
                        assert!(hold > 0, "{zoom:?} {width} {seconds}");
                        assert_eq!(place(seconds - hold + 1), place(seconds), "{zoom:?} {width} {seconds}");
                        assert_ne!(place(seconds - hold), place(seconds), "{zoom:?} {width} {seconds}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_named_stands_where_its_moment_ends() {
        let ticks = Scale::new(101, Zoom::Month).ticks();
        let ticks: Vec<_> = ticks.map(|tick| (tick.column, tick.name)).collect();
        let named = |column, name: &str| (column, name.to_owned());
        assert_eq!(
            ticks,
            [
                named(0, "-24h"),
                named(10, "-1h"),
                named(40, "+1h"),
                named(60, "+24h"),
                named(80, "+7d"),
                named(100, "+30d")
            ]
        );
    }

    #[test]
    fn zooming_ends_at_an_hour_and_at_a_year() {
        assert_eq!(Zoom::default().closer().closer().closer(), Zoom::Hour);
        assert_eq!(Zoom::default().wider().wider(), Zoom::Year);
    }
}
