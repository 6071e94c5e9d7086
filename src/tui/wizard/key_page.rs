//! Page for an API key: the key, and when it ends, if the person knows that.

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::typed_end::typed_end;
use crate::tui::field::{Field, Sight};

/// What is typed there.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyPage {
    pub key: Field,
    /// When the key ends, as the person writes it; it may stay empty.
    pub ends: Field,
    pub focus: KeyField,
}

/// A field of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyField {
    Key,
    Ends,
}

impl KeyField {
    /// The fields, in their order.
    pub const ALL: [Self; 2] = [Self::Key, Self::Ends];
}

impl KeyPage {
    /// The page on which nothing was typed.
    #[must_use]
    pub fn new() -> Self {
        Self { key: Field::new("", Sight::Masked), ends: Field::new("", Sight::Clear), focus: KeyField::Key }
    }

    /// The field that is typed into.
    #[must_use]
    pub fn field(&self) -> &Field {
        match self.focus {
            KeyField::Key => &self.key,
            KeyField::Ends => &self.ends,
        }
    }

    /// The same, to be typed into.
    pub fn field_mut(&mut self) -> &mut Field {
        match self.focus {
            KeyField::Key => &mut self.key,
            KeyField::Ends => &mut self.ends,
        }
    }

    /// Goes to the other field.
    pub fn switch(&mut self) {
        self.focus = match self.focus {
            KeyField::Key => KeyField::Ends,
            KeyField::Ends => KeyField::Key,
        };
    }

    /// When the key ends; nothing where that was left out, or it never does.
    ///
    /// # Errors
    /// A sentence without a full stop when it cannot be read, or has passed.
    pub fn end(&self, now: Now) -> Result<Option<DateTime<Utc>>, String> {
        if self.ends.is_empty() { Ok(None) } else { typed_end(self.ends.text(), now) }
    }
}

impl Default for KeyPage {
    fn default() -> Self {
        Self::new()
    }
}
