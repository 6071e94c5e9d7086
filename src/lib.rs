//! Every OAuth account you have, side by side in one terminal window, and kept alive.
//!
//! This page is the architecture: read it first, then `tui/message.rs`, which lists everything
//! the program can want, hear and do.
//!
//! # Layers
//!
//! | layer | holds | may import |
//! |---|---|---|
//! | [`domain`] | what is: time, secrets, names, profiles, health, providers and drafts of their files, which credential comes first | nothing |
//! | [`stored`] | what is written: text ↔ rows, text → providers, the environment as rows | `domain` |
//! | [`oauth`] | what is said: requests, replies, callbacks, device codes, logins and what they need, refreshes | `domain` |
//! | [`tui`] | what is shown: model, messages, update, view, wizard | `domain`, `oauth` |
//! | [`shell`] | what is done: clock, files, environment, network, threads, terminal | all above |
//! | [`cli`], [`demo`] | wiring | all |
//!
//! The first four are pure: no clock, no dice, no file, no socket, no thread, no async.
//! `.clippy.toml` bans those for the crate and `shell` alone lifts the ban (and the demo's
//! server, for itself); `tests/it/layers.rs` checks the table, that modules beside each other
//! import in one direction, the length of files, and which files may open a
//! [`Secret`](domain::secret::Secret).
//!
//! # Rules
//!
//! 1. **Only a store's file is true.** The model holds snapshots. Nothing writes a list back: a
//!    write is one [`Change`](domain::change::Change) to one profile, applied under the store's
//!    lock to the file as it is then. The environment is a store too, which is only read: a row
//!    for each variable that a provider's file names and that is set.
//! 2. **What must not be torn is one effect.** A refresh (lock, read, ask, save) is one `async fn`
//!    with one answer. Once a token request is posted it is waited for, also on quitting.
//! 3. **An answer that carries tokens is never dropped.** Cancelling before a code is redeemed
//!    ends the login; after that the person is asked whether to keep what came.
//! 4. **Time comes with every message**, as [`Now`](domain::clock::Now): `wall` for ends of
//!    tokens, `steady` for waits. Whoever can wait says until when; nobody sleeps but the loop.
//! 5. **Two laws of text.** Text from outside becomes displayable only in `domain/text.rs`, and
//!    a secret is opened only in the files that the test lists.
//!
//! # Journeys
//!
//! **A key.** Event → [`Msg::Key`](tui::message::Msg) with `Now` → [`keymap`](tui::keymap) →
//! [`Action`](tui::message::Action) → [`update`](tui::update()) → [`Effect`](tui::message::Effect)
//! → a task in [`shell::perform`] → `Msg`. The loop ([`shell::run`]) drains its inbox, draws once,
//! and sleeps until the inbox or [`wakes_at`](tui::wakes_at()).
//!
//! **A login.** [`Preflight`](oauth::login::preflight::Preflight) says what to ask before it, in which order,
//! and which answers are taken; the wizard and `authtui login` only carry answers to it, until it
//! is a [`LoginPlan`](oauth::login::LoginPlan). A [`Login`](oauth::login::Login) is a value that takes an
//! [`Input`](oauth::login::Input) and answers with [`Output`](oauth::login::Output)s; the panel and
//! `authtui login` both drive it. Random bytes → a bound listener → both addresses built once →
//! the gate armed and the browser opened with a link to this machine that works once, so that its
//! arguments tell nothing of the login → the callback thread judges each head by
//! [`receive`](oauth::callback::receive()) → the code is redeemed → saved → only then tested. The
//! [`LoginMethods`](oauth::login::LoginMethods) are all open at once: the callback, a pasted answer, a
//! [`DeviceCode`](oauth::device::DeviceCode) that is polled for, or a request sent from here whose
//! redirect carries the code. [`lead`](oauth::login::LoginMethods::lead) says which is shown first.
//!
//! **A refresh.** [`shell::refresh`]: read → [`decide`](oauth::refresh::decide()) → lock by the
//! grant → read again → decide again: another pair of tokens means that somebody else has just
//! saved, and theirs are taken → the [event log](shell::event_log) knows who refreshed this grant in
//! another file, and then those tokens are taken → room for the answer on disk → what is about to
//! be asked is written down and synced → ask → [`judge`](oauth::refresh::judge()) → save with the
//! pair it was asked for → to the other profiles that hold the grant → unlock. What was erased
//! meanwhile does not come back. What could not be saved is [rescued](shell::refresh::rescue), or held in the
//! model and asked about. An [`Event`](domain::event::Event) that was asked and has no end is how an
//! interrupted refresh is known later.
//!
//! **An answer.** Three questions are kept apart: did tokens come (then they are saved, whatever is odd
//! beside them), is the login over, or must something else change. `Refusal::remedy` in
//! `oauth/reply/refusal.rs` answers the last two. A stored token goes to no server
//! that the login was not made with: `domain/origins.rs`.
//!
//! **A file that is away.** A store that is missing, cut or not readable removes no profile: new tokens
//! are rescued. What a killed save left beside the file is kept, and the next refresh takes it where
//! the event log proves that it is newer (`shell/store_files/interrupted.rs`).
//!
//! **A word to the person.** Commands read every answer by `shell/terminal/console/prompter.rs`, which ends with
//! its terminal and on signals. The screen says what happened by `tui/update/status.rs`: answers to keys
//! at once, results when the row is free.
//!
//! **An automatic refresh.** [`refreshability`](domain::refreshability::refreshability()) says whether a
//! profile can be refreshed, and when, or why not; [`grant_status`](domain::grant_status) says what the
//! event log adds to that. [`tui::auto_refresh`] turns what is due into the same effect as the key `r`, a
//! few at a time, and what is planned next into the moment at which the loop wakes.
//!
//! **A change of the file.** Changes that wait together are [saved together](shell). One save is
//! [`shell::store_files`]: lock → bytes → rows → steps by path → applied to the text *and* to the parsed
//! tree → the text parsed again must equal the tree → a temporary file, synced → the bytes on disk
//! are still those read → rename → the folder synced. What is not known is in both, so it cannot be
//! lost. Where the whole text is plain, only the lines of the changed entries are amended and parsed
//! again; all other bytes are copied (`stored/config_file/plain_changes.rs`). What others write is
//! noticed by [`shell::watch`] and read again, by content.
//!
//! # Providers are data
//!
//! A quirk is a field of a file in `assets/providers`; no code compares a provider's name.
//! [`stored::provider_file`] reads these files, which may extend each other. Their short forms become
//! [request templates](domain::provider::request_template), and `calls` replaces those, so that there
//! is one interpreter; [`Meanings`](domain::provider::meaning::Meanings) say what answers of their own
//! mean. The variables and orders of a file are what [`resolve`](domain::resolve) looks through, for
//! `authtui resolve` and the detail pane. A file that is described page by page is a
//! [`Draft`](domain::provider::draft::Draft).
//!
//! The demo's [`authority`](demo::authority) is an authorization server as a value: login tests
//! call it without sockets, the demo and the end-to-end tests put it on a port. It speaks several
//! [dialects](demo::authority::dialect), one for each family of servers that the presets describe,
//! and lets the next requests meet a [fault](demo::authority::fault).
//!
//! # Where to add what
//!
//! | to add | touch |
//! |---|---|
//! | a provider | one file in `assets/providers`, one line in `stored/provider_file.rs`; to try it, a file in `assets/demo` and a line in `demo.rs` |
//! | a field of provider files | `stored/provider_file/schema.rs`, its rule in `rules.rs`, what it becomes in `conversion.rs`, `docs/providers.md` |
//! | a question before a login | `oauth/login/preflight/question.rs`, its answer in `answer.rs`; a page in `tui/wizard/page.rs`, a prompt in `cli/login/answers.rs` |
//! | an action | a row in `tui/keymap.rs`, an arm in `tui/update/action.rs`, `docs/keys.md` |
//! | a screen | a variant in `tui/screen.rs`, `tui/view/NAME.rs` |
//! | a login method | `oauth/login/methods.rs`, `tui/front_door.rs`, a part of `tui/view/login/`, `cli/login/progress.rs` |
//! | something that happened to a grant | `domain/event.rs`, its line in `stored/event_log.rs`, `cli/events.rs` |
//! | a setting | `domain/settings.rs`, `docs/files.md` |
//! | a kill, a fault or a crowd to try | a file in `tests/it/soak` with a quick and a whole count |
//! | a store that may be written | its format in `stored`, its arm in `shell/store_files.rs` |
//! | a dialect or a fault of the demo | `demo/authority/dialect.rs`, `demo/authority/script.rs` |
//! | a command | `cli/NAME.rs` and its variant in `cli.rs` |

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
