//! The least that a screen costs: a list of as many rows as it is told, a selection that `j` and `k` move, and `q`.

use crossterm::event::{Event, KeyCode, read};
use ratatui::Frame;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, List, ListItem, ListState};
use std::io::{Error, Result};

fn main() -> Result<()> {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let count: usize = count.ok_or_else(|| Error::other("say how many rows"))?;
    let names: Vec<String> = (0..count).map(|index| format!("acme/profile-{index:06}")).collect();
    let mut terminal = ratatui::try_init()?;
    let (mut first, mut selected) = (0, 0);
    loop {
        terminal.draw(|frame| draw(frame, &names, &mut first, selected))?;
        let Event::Key(key) = read()? else { continue };
        match key.code {
            KeyCode::Char('j') => selected = (selected + 1).min(count.saturating_sub(1)),
            KeyCode::Char('k') => selected = selected.saturating_sub(1),
            KeyCode::Char('q') => break,
            _ => {}
        }
    }
    ratatui::try_restore()
}

/// Only the rows that are seen are made.
fn draw(frame: &mut Frame, names: &[String], first: &mut usize, selected: usize) {
    let seen = usize::from(frame.area().height).saturating_sub(2);
    *first = (*first).clamp((selected + 1).saturating_sub(seen), selected);
    let items = names.iter().skip(*first).take(seen).map(|name| ListItem::new(name.as_str()));
    let list = List::new(items)
        .block(Block::bordered().title("floor"))
        .highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    let mut state = ListState::default().with_selected(Some(selected - *first));
    frame.render_stateful_widget(list, frame.area(), &mut state);
}
