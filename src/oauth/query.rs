//! Query string, read once and strictly.
//!
//! Providers and browsers write the answer of a login as a form (RFC 6749 appendix B). It is
//! decoded exactly once, so that a code reaches the provider as the bytes it sent. What is no
//! form is refused rather than repaired: a code that was guessed at is worth nothing.

use crate::domain::secret::Secret;
use crate::domain::text;

/// The parameters of one query string, in their order.
#[derive(Debug)]
pub struct Query(Vec<Parameter>);

#[derive(Debug)]
struct Parameter {
    name: String,
    value: Secret,
    /// Whether the value has a control character, which no code, state or issuer has.
    controls: bool,
}

/// Why a query, or one parameter of it, cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryError {
    /// A broken escape, bytes that are not UTF-8, or a control character.
    Damaged,
    /// The parameter of that name occurs twice (RFC 6749 §3.1).
    Doubled(&'static str),
}

impl Query {
    /// Reads what stands after the `?`.
    ///
    /// # Errors
    /// [`QueryError::Damaged`] when any part is not a form.
    pub fn read(text: &str) -> Result<Self, QueryError> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs.map(Parameter::read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is no parameter at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a parameter of that name is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|parameter| parameter.name == name)
    }

    /// Whether a parameter of that name is there and not empty: without a value it counts as
    /// omitted (RFC 6749 §3.1).
    #[must_use]
    pub fn has_value(&self, name: &str) -> bool {
        self.0.iter().any(|parameter| parameter.name == name && !parameter.value.is_empty())
    }

    /// The value of a parameter that is compared or sent on, byte for byte.
    ///
    /// # Errors
    /// [`QueryError`] when it occurs twice or has a control character.
    pub fn exact(&self, name: &'static str) -> Result<Option<&Secret>, QueryError> {
        match self.only(name)? {
            Some(parameter) if parameter.controls => Err(QueryError::Damaged),
            found => Ok(found.map(|parameter| &parameter.value)),
        }
    }

    /// The value of a parameter that people read, made safe to show; absent when empty.
    ///
    /// Line ends are no reason to refuse it: Microsoft's descriptions have several.
    ///
    /// # Errors
    /// [`QueryError::Doubled`] when it occurs twice.
    pub fn shown(&self, name: &'static str, limit: usize) -> Result<Option<String>, QueryError> {
        let found = self.only(name)?.filter(|parameter| !parameter.value.is_empty());
        Ok(found.map(|parameter| text::clean(parameter.value.expose(), limit)))
    }

    /// Parameters nobody asks for may occur as often as they like: they are ignored (RFC 6749 §4.1.2).
    fn only(&self, name: &'static str) -> Result<Option<&Parameter>, QueryError> {
        let mut found = self.0.iter().filter(|parameter| parameter.name == name);
        let first = found.next();
        if found.next().is_some() { Err(QueryError::Doubled(name)) } else { Ok(first) }
    }
}

impl Parameter {
    fn read(pair: &str) -> Result<Self, QueryError> {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        let value = decode(value)?;
        let controls = value.chars().any(char::is_control);
        Ok(Self { name, value: Secret::new(value), controls })
    }
}

fn decode(raw: &str) -> Result<String, QueryError> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next())? << 4 | digit(rest.next())?,
            plain => plain,
        });
    }
    String::from_utf8(decoded).map_err(|_| QueryError::Damaged)
}

fn digit(byte: Option<u8>) -> Result<u8, QueryError> {
    let value = byte.and_then(|byte| char::from(byte).to_digit(16));
    value.and_then(|value| u8::try_from(value).ok()).ok_or(QueryError::Damaged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::form_urlencoded::byte_serialize;

    use super::*;

    fn code(text: &str) -> Result<Option<Secret>, QueryError> {
        Query::read(text)?.exact("code").map(Option::<&Secret>::cloned)
    }

    #[test]
    fn a_value_is_decoded_once_as_a_form() {
        for (text, value) in [
            ("code=a+b%2Bc%20d", "a b+c d"),
            ("code=%2F%3D~%7e/=", "/=~~/="),
            ("code=%252F", "%2F"),
            ("code=%C3%BC%e6%97%a5", "ü日"),
            ("%63ode=named+by+escape", "named by escape"),
            ("a&&b=&code=last", "last"),
            ("code", ""),
        ] {
            assert_eq!(code(text), Ok(Some(Secret::new(value))), "{text}");
        }
        assert_eq!(code("Code=1&co de=2"), Ok(None));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for text in [
            "code=%",
            "code=%2",
            "code=%zz",
            "code=%+1",
            "code=%FF",
            "code=%C3",
            "code=%00",
            "code=a%0D%0Ab",
            "code=%C2%85",
            "code=x&other=%",
            "%zz=1&code=x",
        ] {
            assert_eq!(code(text), Err(QueryError::Damaged), "{text}");
        }
        for text in ["code=a&code=a", "code=a&code=", "code&%63ode=b"] {
            assert_eq!(code(text), Err(QueryError::Doubled("code")), "{text}");
        }
        assert_eq!(code("scope=a&scope=b&code=x"), Ok(Some(Secret::new("x"))));
    }

    #[test]
    fn what_people_read_is_made_safe_rather_than_refused() {
        let query = Query::read("why=no%0D%0ATrace%1b[2J&empty=").expect("a form");
        assert_eq!(query.shown("why", 40), Ok(Some("no��Trace�[2J".to_owned())));
        assert_eq!(query.shown("empty", 40), Ok(None));
    }

    proptest! {
        #[test]
        fn every_text_without_control_characters_survives(value in "\\PC{0,80}") {
            let encoded: String = byte_serialize(value.as_bytes()).collect();
            let visible = !value.chars().any(char::is_control);
            prop_assert_eq!(code(&format!("code={encoded}")).ok().flatten(), visible.then(|| Secret::new(value)));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = code(&text);
        }
    }
}
