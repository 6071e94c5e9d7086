//! What is shown: the model, what changes it, and how it looks. Pure.
//!
//! `update(&mut Model, Now, Msg) -> Vec<Effect>` is the only writer of the model, `view` draws
//! it, and `wakes_at` says when time alone will change something. Who reads
//! [`message`] alone knows what the program can hear, want and do.

pub mod automatic;
pub mod columns;
pub mod dialog;
pub mod entry;
pub mod field;
pub mod front_door;
pub mod help;
pub mod keymap;
pub mod layout;
pub mod message;
pub mod model;
pub mod notice;
pub mod pane;
pub mod past;
pub mod prose;
pub mod pulse;
pub mod remark;
pub mod renewal;
pub mod rows;
pub mod running;
pub mod screen;
pub mod seconds;
pub mod sheet;
pub mod state;
pub mod status;
pub mod theme;
pub mod update;
pub mod used;
pub mod view;
pub mod wizard;

pub use pulse::wakes_at;
pub use update::update;
pub use view::view;
