//! Lists of scopes, shared by the logins that have the same.

use std::cell::RefCell;
use std::sync::Arc;

use foldhash::HashSet;

use crate::stored::config_file::texts::texts;
use crate::stored::field_value::FieldValue;

/// The lists of scopes that were read.
#[derive(Debug, Default)]
pub(in crate::stored) struct SharedScopes {
    lists: RefCell<HashSet<Arc<[String]>>>,
    /// The list that was read last: most logins of a provider have the same as the one before.
    last: RefCell<Arc<[String]>>,
}

impl SharedScopes {
    /// The scopes that the `value` of the field `name` says.
    pub(super) fn read(&self, name: &str, value: &FieldValue<'_>) -> Result<Arc<[String]>, String> {
        let last = Arc::clone(&self.last.borrow());
        if is_same_list(value, &last) {
            return Ok(last);
        }
        let read: Arc<[String]> = texts(name, value)?.into();
        let mut lists = self.lists.borrow_mut();
        let shared = lists.get(&read).map_or_else(|| Arc::clone(&read), Arc::clone);
        lists.insert(Arc::clone(&shared));
        self.last.replace(Arc::clone(&shared));
        Ok(shared)
    }
}

/// Whether `value` is the list of these `texts`.
fn is_same_list(value: &FieldValue<'_>, texts: &[String]) -> bool {
    let FieldValue::List(list) = value else { return false };
    list.iter().map(|value| value.as_text()).eq(texts.iter().map(|text| Some(text.as_str())))
}

#[cfg(test)]
mod tests {
    use serde_yaml::Value;

    use super::*;

    fn read(scopes: &SharedScopes, value: &Value) -> Result<Arc<[String]>, String> {
        scopes.read("scopes", &value.into())
    }

    #[test]
    fn logins_with_the_same_scopes_share_one_list_whoever_comes_between() {
        let scopes = SharedScopes::default();
        let list =
            |texts: &[&str]| Value::from(texts.iter().map(|text| Value::from(*text)).collect::<Vec<_>>());
        let (one, other) = (list(&["openid", "email"]), list(&["openid"]));
        let first = read(&scopes, &one).expect("a list");
        assert_eq!(&*first, ["openid", "email"]);
        assert!(Arc::ptr_eq(&first, &read(&scopes, &one).expect("a list")));
        assert_eq!(&*read(&scopes, &other).expect("a list"), ["openid"]);
        assert!(Arc::ptr_eq(&first, &read(&scopes, &one).expect("a list")));
        assert!(Arc::ptr_eq(&first, &read(&scopes, &Value::from("openid email")).expect("a text")));
    }

    #[test]
    fn what_is_no_list_of_texts_is_refused_after_one_that_is() {
        let scopes = SharedScopes::default();
        assert!(read(&scopes, &Value::Null).expect("none").is_empty());
        for wrong in [Value::from(1), Value::from(vec![Value::from(1)]), Value::from(vec![Value::Null])] {
            assert!(read(&scopes, &wrong).is_err(), "{wrong:?}");
        }
    }
}
