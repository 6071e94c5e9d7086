//! Screen: the model, what changes it, and how it looks. Pure.
//!
//! `update(&mut Model, Now, Msg) -> Vec<Effect>` is the only writer of the model, `view` draws
//! it, and `wakes_at` says when time alone will change something. Who reads
//! [`message`] alone knows what the program can hear, want and do.

pub mod auto_refresh;
pub mod availability;
pub mod clipboard;
pub mod clipboard_timer;
pub mod columns;
pub mod custom_keys;
pub mod dialog;
pub mod field;
pub mod filter;
pub mod flash;
pub mod footer;
pub mod frame;
pub mod fuzzy;
pub mod gauge;
pub mod header_text;
pub mod help;
pub mod keymap;
pub mod layout;
pub mod links;
pub mod list_lines;
pub mod list_search;
pub mod locked;
pub mod log;
pub mod log_page;
pub mod login_age;
pub mod merged_log;
pub mod message;
pub mod model;
pub mod motion;
pub mod need;
pub mod notice;
pub mod palette;
pub mod palette_search;
pub mod passphrase;
pub mod priority;
pub mod profile_events;
pub mod refresh_notes;
pub mod result_table;
pub mod reveal;
pub mod row_id;
pub mod row_order;
pub mod rows;
pub mod running;
pub mod screen;
pub mod screen_map;
pub mod seconds;
pub mod shown_method;
pub mod sign_out;
pub mod spoken;
pub mod standing;
pub mod state;
pub mod status;
pub mod store_line;
pub mod store_overlap;
pub mod suggestion;
pub mod text_block;
pub mod text_layout;
pub mod theme;
pub mod time_axis;
pub mod timeline;
pub mod tour;
pub mod undo;
pub mod update;
pub mod urgency;
pub mod view;
pub mod wake;
pub mod window;
pub mod wizard;

pub use update::update;
pub use view::view;
pub use wake::wakes_at;
