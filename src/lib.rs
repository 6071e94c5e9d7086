//! Every OAuth account you have, side by side in one terminal window, and kept alive.
//!
//! This page is the architecture. Read it first, then `tui/message.rs`, which lists everything the
//! screen can want, hear and do. `docs/glossary.md` explains the words that are ours.
//!
//! # Layers
//!
//! ```text
//!              main
//!         ┌─────┴─────┐
//!        cli         demo        commands · an authorization server inside the program
//!         └─────┬─────┘
//!             shell              what is done: clock, files, network, threads, terminal
//!               │
//!              tui               what is shown: model, messages, update, view
//!         ┌─────┴─────┐
//!       stored      oauth        text ↔ values · requests, replies, logins, refreshes
//!         └─────┬─────┘
//!            domain              what is: names, secrets, times, profiles, providers
//! ```
//!
//! A layer imports only from those below it, and inside a layer no two modules need each other. The
//! first four (`domain`, `stored`, `oauth`, `tui`) are pure: without clock, random bytes, file,
//! socket and thread. `.clippy.toml` and `tests/it/layers.rs` hold all of this.
//!
//! # The screen
//!
//! ```text
//! keyboard ────────┐           ┌────────────── tui ───────────────┐
//! callback thread ─┼─▶ loop ───┼─▶ update(model, msg) ─▶ [Effect] ┼─▶ shell::perform ─┐
//! task thread ─────┘    Msg    │        model ─▶ view ─▶ frame    │                   │
//!     ▲                        └──────────────────────────────────┘                   │
//!     └───────────────────────── a task for each effect ◀─────────────────────────────┘
//! ```
//!
//! One thread ([`shell::run`]) reads the inbox and the keyboard, changes the
//! [`Model`](tui::model::Model), hands out effects, draws once, and sleeps until one of the two or
//! [`wakes_at`](tui::wakes_at()). Time comes with every message as [`Now`](domain::clock::Now);
//! the model never reads a clock.
//!
//! # A refresh
//!
//! [`shell::refresh`] is one function for screen and commands. Its six phases are six functions:
//!
//! 1. **prepare**: read the profile; [`decide`](oauth::refresh::decide()) says whether a request is
//!    needed, by the one answer of [`refreshability`](domain::refreshability::refreshability()).
//! 2. **lock**: the lock named for the refresh token, so that one process asks, whichever file or
//!    profile the token lies in; and a slot in the queue of this process.
//! 3. **recheck**: read again. Newer tokens of the same grant, here or elsewhere by the event log,
//!    are adopted instead.
//! 4. **record**: reserve room on disk for the answer; write to the event log that a request goes
//!    out, and sync it.
//! 5. **send**: the request goes out. From here on it is waited for, also when the program ends.
//! 6. **store**: save the new pair in place of the one it was sent for, and in every profile that
//!    holds the same token. What was erased meanwhile does not come back. Tokens that cannot be
//!    saved are [rescued](shell::refresh::rescue) to the state folder.
//! 7. The event log gets the end. A request in it without an end is how a killed refresh is known.
//!
//! # The walk of `r`, from the key to the disk and back
//!
//! | file | what happens |
//! |---|---|
//! | `shell/terminal/keyboard.rs` | crossterm's event becomes `Msg::Key` |
//! | `tui/keymap.rs` | the key becomes `Action::Refresh` |
//! | `tui/availability.rs` | it is possible for the selected profile, or the reason is shown |
//! | `tui/update/refresh.rs` | marks it as refreshing; `Effect::Refresh` |
//! | `shell/perform.rs` | starts a task |
//! | `shell/refresh.rs` | the six phases above |
//! | `oauth/refresh.rs` | the request, and what the answer means: values only |
//! | `shell/http.rs` | one request, one policy |
//! | `shell/refresh/store.rs` | the new pair, its twins, or the rescue |
//! | `shell/store_files/write_queue.rs` | changes that wait together are one save |
//! | `shell/store_files.rs` | lock, read, change, write beside, sync, rename |
//! | `stored/config_file.rs` | the change in the text of the file; all other bytes stay |
//! | `domain/event.rs` | `GrantEvent::Refreshed`, written by `shell/event_log.rs` |
//! | `tui/update/refresh.rs` | `Msg::Refreshed`: the new rows, and the status line |
//! | `tui/update/arrangement.rs` | the order of the rows, where that is another now |
//! | `tui/view/profiles/table.rs` | the row |
//!
//! # A login
//!
//! [`Preflight`](oauth::login::preflight::Preflight) says what to ask before it; the wizard and
//! `authtui login` carry the answers, until it is a [`LoginPlan`](oauth::login::LoginPlan). A
//! [`Login`](oauth::login::Login) is a value: it takes an [`Input`](oauth::login::Input) and
//! answers with [`Output`](oauth::login::Output)s. Its [methods](oauth::login::LoginMethods) wait
//! at the same time: the callback, a pasted answer, a device code, a request sent from here. The
//! callback thread checks each request by [`receive`](oauth::callback::receive()); the browser is
//! given a link to this machine that works once, so its arguments tell nothing. Whose the tokens
//! are is read from the answer, its ID token or the userinfo endpoint
//! ([`identity`](oauth::identity)), before they take anybody's place. They are saved, and only then
//! tested. Once a code is redeemed, a login can no longer be cancelled: tokens that come are asked
//! about.
//!
//! # A login of another program
//!
//! `assets/borrowed` says where programs keep their logins; `stored/borrowed` reads them and
//! `shell/borrowed.rs` finds the files, for reading alone. [`take_over`](oauth::take_over) says
//! what one becomes here, or why it cannot; `shell/take_over.rs` adds the copy, refreshes it by
//! [`shell::refresh`] and takes it out again where the server gave nothing.
//!
//! # Any server from its address
//!
//! A [`Discovery`](oauth::discovery::Discovery) is a value too: it says which request to send,
//! hears the reply, and walks from an address to its login server, to that one's endpoints, and to
//! a client. It ends in a provider file; then the login above runs, and knows nothing of the
//! walk. Who drives it gets its plan from `shell/discovery.rs`, sends what it wants, shows its
//! findings, and asks about doubtful addresses: `tui/update/server.rs` in the wizard,
//! `cli/walk.rs` line by line.
//!
//! # What an answer means
//!
//! | provider files, RFC 6749 | `Remedy` | stored result | for exit codes | state |
//! |---|---|---|---|---|
//! | `passing`, `pause`, 5xx | `Wait` | `passing` | `Temporary` | retrying |
//! | `grant_dead`, `invalid_grant` | `LogIn` | `dead` | `NeedsLogin` | needs login |
//! | any other refusal | `Change` | `refused` | `NeedsFix` | failed |
//!
//! The reason is a text of `oauth/reply/refusal.rs`; it is stored with the profile, so that pane
//! and `list` can say it later. `shell/refresh/trouble.rs` makes the sentence for the status row
//! and the command; `tui/state.rs` and `cli/list/reason.rs` make those for the pane and for `list`.
//!
//! # A change of the file
//!
//! [`shell::store_files`] applies a change under the store's lock: read the bytes, amend the text
//! *and* the parsed values, parse the new text again; both must be equal. Then a temporary file is
//! written and synced, the bytes on disk must still be those that were read, and a rename puts it
//! in place. So what authtui does not know cannot be lost. A file that is missing, cut or not
//! readable removes no profile. [`shell::watch`] notices what others write.
//!
//! A text of the plain shape (`stored/plain_reader.rs`) is read provider by provider, each to a
//! tree that borrows it. What a field means is said once, for that tree and for the full one:
//! `stored/field_value.rs` lets both be asked. A command that needs one profile
//! (`Store::read_one`) lets the text come in pieces and keeps its entry alone: an
//! [`Extract`](stored::plain_reader::Extract).
//!
//! A file that others read too gets only fields of their schema
//! ([`FileSchema`](stored::config_file::FileSchema)); the rest is noted in the state folder by
//! `shell/store_files/side_file.rs`, after the file, and said only of the grant it was noted for.
//!
//! # Who needs somebody
//!
//! `tui/urgency.rs` says what a row needs of a person. Where there is no screen, `tui/standing.rs`
//! asks it for `check` and `status`, and says from when on a need will be there. `shell/status.rs`
//! keeps these moments in a small file, with a stamp of each store; `status` reads that file alone
//! for as long as the stamps are right.
//!
//! # Words for people
//!
//! A failure is a [`Trouble`](domain::trouble::Trouble): what failed, why, whether the stored
//! tokens are safe, what next. Screen and commands print the same one. `tui/update/status.rs` shows
//! answers to keys at once and results when the row is free. Commands read every answer by
//! `shell/terminal/console/prompter.rs`, which ends with its terminal and on signals.
//!
//! # Rules
//!
//! 1. **Only the store's file is true.** The model holds snapshots. A write is one
//!    [`Change`](domain::change::Change) to one profile, applied under the store's lock to the file
//!    as it is then. A file that cannot be understood is never written.
//! 2. **Tokens that came are never dropped**, whatever is odd beside them. What a refusal means
//!    (wait, log in, change something) is said in one place, `oauth/reply/refusal.rs`.
//! 3. **A stored token goes only to origins that its login was made with**: `domain/origins.rs`.
//! 4. **Text from outside** becomes displayable only in `domain/text.rs`; a
//!    [`Secret`](domain::secret::Secret) is opened only in files that the test lists.
//! 5. **Providers are data.** A quirk is a field of a file in `assets/providers`; no code compares
//!    a provider's name. `docs/providers.md` has the fields. A file that comes with the program is
//!    read at its first use, from JSON that `build.rs` makes of it.
//! 6. **Control flow reads types**; sentences for people are made where they are shown.
//!
//! # Where to add what
//!
//! - **A provider**: a file in `assets/providers`, a line in `stored/provider_file.rs`; to try it,
//!   a file in `assets/demo` and a line in `demo.rs`.
//! - **A field of provider files**: `stored/provider_file/schema.rs`, its rule in `rules.rs`, what
//!   it becomes in `conversion.rs`, `docs/providers.md`.
//! - **A store**: its format in `stored`, its `Store` in `shell/stores.rs`, a `StoreId`;
//!   `CONTRIBUTING.md` has the whole list.
//! - **A program whose logins or servers are borrowed**: a file in `assets/borrowed`, a line in
//!   `stored/borrowed/program.rs`, what it writes in `tests/it/borrowed/shapes.rs` or
//!   `tests/it/borrowed/servers.rs`, its line in `docs/files.md`; code only where it writes in a
//!   form of its own.
//! - **A place for the secrets of a store**: a `Vault` in `shell/vault`, its word in
//!   `stored/vault_references.rs`.
//! - **A question before a login**: `oauth/login/preflight.rs`, its answer in
//!   `oauth/login/preflight/answer.rs`; a page in `tui/wizard/page.rs`, a prompt in
//!   `cli/login/answers.rs`.
//! - **A field of the form for a server**: `tui/wizard/form/field.rs`, its check beside it in
//!   `check.rs`, its sentence in `tui/view/wizard/words.rs`, its line of the file in
//!   `domain/provider/draft.rs`.
//! - **What a server tells of itself**: `oauth/discovery/server_metadata.rs`, or that of the
//!   resource beside it; its line in the provider file in `domain/provider/discovered.rs`.
//! - **A way to be a client of a server**: `oauth/discovery/client_way.rs` has their order.
//! - **A login method**: `oauth/login/methods.rs`, a part of `tui/view/login/`,
//!   `cli/login/progress.rs`.
//! - **A question**: a variant and its letters in `tui/dialog.rs`, its words in
//!   `tui/view/dialog/words.rs`, `tests/it/screens/questions.rs`.
//! - **A key**: a row in `tui/keymap.rs`, an arm in `tui/availability.rs` (when it is possible), in
//!   `tui/availability/reach.rs` (what it changes) and in `tui/update/action.rs` (what it does),
//!   its name for `settings.yaml` in `tui/message.rs`, `docs/keys.md`.
//! - **An action on all marked rows**: `MarkedAction` in `tui/result_table.rs`, `MarkedWish` in
//!   `tui/availability/reach.rs`, its beginning and its ends in `tui/update/marked.rs`.
//! - **A screen**: a variant in `tui/screen.rs`, `tui/view/NAME.rs`, a snapshot in
//!   `tests/it/screens.rs`.
//! - **A mark of the timeline**: `Milestone` in `tui/timeline.rs`, its glyph in
//!   `tui/view/timeline.rs`.
//! - **A command**: `cli/NAME.rs`, its variant in `cli.rs`, its group in `cli/help.rs`,
//!   `tests/it/commands/NAME.rs`; where scripts run it all the time,
//!   `cli/frequent_command.rs` too; what `authtui doctor` should look at: `cli/doctor/`. What it
//!   prints with colours on a terminal: `cli/NAME/on_terminal.rs` by
//!   `shell/terminal/console/styled.rs`.
//! - **A field of a JSON document**: `cli/list/json.rs` or the file of its command, `docs/json.md`.
//! - **A command that hands a token to a program**: the same, by `cli/valid_token.rs`; its row in
//!   `tests/it/commands/circumstances.rs`.
//! - **A program that takes tokens from here**: a file in `assets/connect`, a line in
//!   `stored/connect_guide.rs`, its recipe in `docs/recipes.md` and `tests/it/commands/recipes.rs`.
//! - **An event**: `domain/event.rs`, its line in `stored/event_log.rs`, its sign in `tui/log.rs`.
//! - **Something that a row may need**: `tui/need.rs`, `tui/urgency.rs`, its sign in `state.rs`.
//! - **A list that letters narrow**: a `ListSearch` on its screen, `Screen::search_mut`, and
//!   what fits by `tui/fuzzy.rs`.
//! - **A part of the filter**: `tui/filter.rs`, its hint in `tui/view/filter_hint.rs`.
//! - **A setting**: `domain/settings.rs`; its words and its values on the settings page in
//!   `domain/setting.rs`; `docs/files.md`.
//! - **A kind of rule for names**: `domain/rules.rs`, its text in `stored/rules_file.rs`, where it
//!   holds in `shell/rules.rs`, `docs/commands.md`.
//! - **A role of the theme**: `tui/theme.rs`, its colours in `tui/theme/palette.rs`,
//!   `docs/themes.md`.
//! - **A dialect or a fault of the demo's server**: `demo/authority/dialect.rs`,
//!   `demo/authority/fault.rs`.
//! - **A kill, fault or crowd to try**: a file in `tests/it/soak`, with a quick and a whole count.

pub mod cli;
pub mod demo;
pub mod domain;
pub mod oauth;
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the shell is the one place that does things"
)]
pub mod shell;
pub mod stored;
pub mod tui;
