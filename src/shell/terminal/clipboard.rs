//! Clipboard: the desktop's where there is one, else the terminal's by OSC 52.

use std::env;
use std::io::{self, Write};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "clipboard")]
use std::{sync::mpsc, thread, time::Duration};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::login::browser;
#[cfg(feature = "clipboard")]
use crate::shell::runtime;
use crate::tui::message::{ClipboardCleared, Copied};

/// What GNU screen passes on in one piece.
const SCREEN_PIECE: usize = 512;
/// How long a desktop may take to answer.
#[cfg(feature = "clipboard")]
const ANSWER_LIMIT: Duration = Duration::from_secs(2);
/// How long the end of the program waits for the desktop's clipboard.
#[cfg(feature = "clipboard")]
const HANDOVER_LIMIT: Duration = Duration::from_millis(500);

/// The clipboard. What the desktop's holds stays there while this lives.
#[derive(Default)]
pub struct Clipboard {
    #[cfg(feature = "clipboard")]
    native: std::sync::Arc<std::sync::Mutex<Option<arboard::Clipboard>>>,
    /// The secret that was copied last to the desktop's, to be known again.
    copied: std::sync::Arc<std::sync::Mutex<Option<Secret>>>,
    clears_at_end: AtomicBool,
}

/// Which clipboard is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipboardKind {
    /// The desktop's; where that does not answer, the terminal's.
    Desktop,
    Terminal,
}

impl ClipboardKind {
    /// That of this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let has_desktop = cfg!(feature = "clipboard") && browser::has_display() && !browser::is_remote();
        if has_desktop { Self::Desktop } else { Self::Terminal }
    }
}

impl Clipboard {
    /// Copies `secret`, exactly.
    ///
    /// # Errors
    /// A [`Trouble`] when there is neither a clipboard nor a terminal.
    pub async fn copy(&self, secret: Secret) -> Result<Copied, Trouble> {
        #[cfg(feature = "clipboard")]
        if ClipboardKind::of_this_machine() == ClipboardKind::Desktop
            && self.copy_natively(secret.clone()).await
        {
            return Ok(Copied::Native);
        }
        write_osc52(&secret).map(|()| Copied::Terminal).map_err(|error| {
            let next = FailureKind::NeedsFix("use authtui token NAME in a pipe".to_owned());
            Trouble::untouched("cannot copy", format!("the terminal takes nothing: {error}"), next)
        })
    }

    /// Copies `secret` of a profile, which can be [cleared](Self::clear).
    ///
    /// # Errors
    /// A [`Trouble`] when there is neither a clipboard nor a terminal.
    pub async fn copy_secret(&self, secret: Secret) -> Result<Copied, Trouble> {
        let copied = self.copy(secret.clone()).await?;
        let is_native = copied == Copied::Native;
        *self.copied.lock().unwrap_or_else(PoisonError::into_inner) = is_native.then_some(secret);
        Ok(if is_native { Copied::NativeSecret } else { copied })
    }

    /// Clears the desktop's clipboard when the program ends, as [`clear`](Self::clear) does.
    pub fn clear_at_end(&self) {
        self.clears_at_end.store(true, Ordering::SeqCst);
    }

    /// Clears the desktop's clipboard, where it still holds the secret that was copied last.
    #[cfg(feature = "clipboard")]
    pub async fn clear(&self) -> ClipboardCleared {
        let (native, copied) = (std::sync::Arc::clone(&self.native), std::sync::Arc::clone(&self.copied));
        let clearing = tokio::task::spawn_blocking(move || {
            let Some(secret) = copied.lock().unwrap_or_else(PoisonError::into_inner).take() else {
                return ClipboardCleared::HoldsAnother;
            };
            let Ok(mut native) = native.try_lock() else { return ClipboardCleared::Unreadable };
            native.as_mut().map_or(ClipboardCleared::Unreadable, |clipboard| clear(clipboard, &secret))
        });
        match tokio::time::timeout(ANSWER_LIMIT, clearing).await {
            Ok(Ok(cleared)) => cleared,
            Ok(Err(_)) | Err(_) => ClipboardCleared::Unreadable,
        }
    }

    /// Nothing that was copied can be known again.
    #[cfg(not(feature = "clipboard"))]
    pub async fn clear(&self) -> ClipboardCleared {
        ClipboardCleared::Unreadable
    }

    #[cfg(feature = "clipboard")]
    async fn copy_natively(&self, secret: Secret) -> bool {
        let native = std::sync::Arc::clone(&self.native);
        // X11 waits long for a server that does not answer; the screen must not.
        let copying = tokio::task::spawn_blocking(move || {
            // An earlier copy that still waits for its server keeps this one from waiting too. The
            // library panics where it cannot start its own thread, so the limits are checked first.
            let Ok(mut native) = native.try_lock() else { return false };
            if native.is_none() && runtime::check_limits().is_ok() {
                *native = arboard::Clipboard::new().ok();
            }
            let copied = native.as_mut().is_some_and(|clipboard| set(clipboard, &secret).is_ok());
            if !copied {
                // Its server may be gone, and another one there.
                *native = None;
            }
            copied
        });
        matches!(tokio::time::timeout(ANSWER_LIMIT, copying).await, Ok(Ok(true)))
    }
}

#[cfg(feature = "clipboard")]
impl Drop for Clipboard {
    /// Clears what is to be cleared, hands the rest over to a clipboard manager, and waits no longer than `HANDOVER_LIMIT` for a
    /// server that may not answer.
    fn drop(&mut self) {
        if self.native.try_lock().is_ok_and(|native| native.is_none()) {
            return;
        }
        // Where no thread can be started it is left as it is, and goes with the program.
        let native = std::mem::ManuallyDrop::new(std::mem::take(&mut self.native));
        let copied = self.copied.lock().unwrap_or_else(PoisonError::into_inner).take();
        let cleared = copied.filter(|_| self.clears_at_end.load(Ordering::SeqCst));
        let (ended, end) = mpsc::channel();
        let handing = thread::Builder::new().name("clipboard".to_owned()).spawn(move || {
            let native = std::mem::ManuallyDrop::into_inner(native);
            if let Ok(mut native) = native.lock() {
                if let (Some(clipboard), Some(secret)) = (native.as_mut(), cleared) {
                    clear(clipboard, &secret);
                }
                drop(native.take());
            }
            // Nobody listens once the time is over.
            let _ = ended.send(());
        });
        if handing.is_ok() {
            let _ = end.recv_timeout(HANDOVER_LIMIT);
        }
    }
}

/// Clears the clipboard where it holds `secret`; whatever else was copied stays.
#[cfg(feature = "clipboard")]
fn clear(clipboard: &mut arboard::Clipboard, secret: &Secret) -> ClipboardCleared {
    match clipboard.get_text().map(Zeroizing::new) {
        Ok(text) if text.as_str() == secret.expose() => match clipboard.clear() {
            Ok(()) => ClipboardCleared::Done,
            Err(_) => ClipboardCleared::Unreadable,
        },
        Ok(_) | Err(arboard::Error::ContentNotAvailable) => ClipboardCleared::HoldsAnother,
        Err(_) => ClipboardCleared::Unreadable,
    }
}

/// Sets the text, marked so that clipboard histories leave it out.
#[cfg(all(feature = "clipboard", target_os = "linux"))]
fn set(clipboard: &mut arboard::Clipboard, secret: &Secret) -> Result<(), arboard::Error> {
    use arboard::SetExtLinux;
    clipboard.set().exclude_from_history().text(secret.expose())
}

#[cfg(all(feature = "clipboard", target_os = "macos"))]
fn set(clipboard: &mut arboard::Clipboard, secret: &Secret) -> Result<(), arboard::Error> {
    use arboard::SetExtApple;
    clipboard.set().exclude_from_history().text(secret.expose())
}

#[cfg(all(feature = "clipboard", windows))]
fn set(clipboard: &mut arboard::Clipboard, secret: &Secret) -> Result<(), arboard::Error> {
    use arboard::SetExtWindows;
    clipboard.set().exclude_from_history().exclude_from_cloud().text(secret.expose())
}

fn write_osc52(secret: &Secret) -> io::Result<()> {
    let inside = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let around = match (inside("TMUX"), inside("STY")) {
        (true, _) => Multiplexer::Tmux,
        (false, true) => Multiplexer::Screen,
        (false, false) => Multiplexer::Nothing,
    };
    let mut out = io::stdout().lock();
    out.write_all(osc52(secret, around).as_bytes())?;
    out.flush()
}

/// A terminal multiplexer between us and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Multiplexer {
    Nothing,
    Tmux,
    Screen,
}

/// The sequence that sets the terminal's clipboard, wrapped so that it passes what lies around.
fn osc52(secret: &Secret, around: Multiplexer) -> Zeroizing<String> {
    let text = Zeroizing::new(STANDARD.encode(secret.expose()));
    let bare = Zeroizing::new(format!("\x1b]52;c;{}\x07", *text));
    match around {
        Multiplexer::Nothing => bare,
        // tmux obeys the bare form where `set-clipboard` is on and hands the wrapped one to the
        // terminal where `allow-passthrough` is; which of the two is on cannot be seen from here.
        Multiplexer::Tmux => {
            let doubled = Zeroizing::new(bare.replace('\x1b', "\x1b\x1b"));
            Zeroizing::new(format!("{}\x1bPtmux;{}\x1b\\", *bare, *doubled))
        }
        Multiplexer::Screen => {
            let mut wrapped = Zeroizing::new(String::new());
            let mut rest = bare.as_str();
            while !rest.is_empty() {
                let (piece, tail) = rest.split_at_checked(SCREEN_PIECE).unwrap_or((rest, ""));
                wrapped.push_str("\x1bP");
                wrapped.push_str(piece);
                wrapped.push_str("\x1b\\");
                rest = tail;
            }
            wrapped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_is_sent_exactly_the_secret_through_what_lies_around() {
        let secret = Secret::new("token");
        assert_eq!(*osc52(&secret, Multiplexer::Nothing), "\x1b]52;c;dG9rZW4=\x07");
        assert_eq!(
            *osc52(&secret, Multiplexer::Tmux),
            "\x1b]52;c;dG9rZW4=\x07\x1bPtmux;\x1b\x1b]52;c;dG9rZW4=\x07\x1b\\"
        );
        assert_eq!(*osc52(&secret, Multiplexer::Screen), "\x1bP\x1b]52;c;dG9rZW4=\x07\x1b\\");
    }

    #[test]
    fn screen_gets_a_long_sequence_in_pieces() {
        let wrapped = osc52(&Secret::new("x".repeat(2000)), Multiplexer::Screen);
        let pieces: Vec<&str> = wrapped.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces.len() > 4 && pieces.iter().all(|piece| piece.len() <= SCREEN_PIECE + 2));
        let joined: String = pieces.iter().map(|piece| &piece[2..]).collect();
        assert_eq!(joined, *osc52(&Secret::new("x".repeat(2000)), Multiplexer::Nothing));
    }
}
