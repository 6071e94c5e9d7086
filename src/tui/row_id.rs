//! Identity of a row of the list.

use crate::domain::change::Where;
use crate::domain::name::{ProfileId, StoreId};

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowId {
    Profile(ProfileId),
    /// An entry that cannot be understood.
    Broken(StoreId, Where),
}
