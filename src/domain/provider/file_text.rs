//! Text of a provider file that is written here: by the wizard, and of a server that told what it is.
//!
//! Every text in it is a JSON string, which is a double-quoted one of YAML too.

use std::fmt::Display;

use url::Url;

use crate::domain::provider::Authentication;

pub(super) struct FileText(String);

impl FileText {
    pub(super) fn new() -> Self {
        Self(
            "# Written by authtui. Every field is described by `authtui providers fields`.\n\
             # A client secret is never kept here, but with the profile.\n"
                .to_owned(),
        )
    }

    /// A file that is to have more fields.
    pub(super) fn from(text: String) -> Self {
        Self(text)
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// A field with a value that is YAML.
    pub(super) fn field(&mut self, name: &str, value: impl Display) {
        self.0.push_str(&format!("{name}: {value}\n"));
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.field(name, quoted(value));
    }

    /// A list; one that is empty too.
    pub(super) fn texts<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
        let values: Vec<String> = values.into_iter().map(quoted).collect();
        self.field(name, format_args!("[{}]", values.join(", ")));
    }

    /// Begins a map; its fields are written with two spaces before their names.
    pub(super) fn map(&mut self, name: &str) {
        self.0.push_str(&format!("{name}:\n"));
    }

    pub(super) fn endpoints<'a>(&mut self, endpoints: impl IntoIterator<Item = (&'a str, Option<&'a Url>)>) {
        self.map("endpoints");
        for (name, url) in endpoints {
            if let Some(url) = url {
                self.field(&format!("  {name}"), address(url));
            }
        }
    }

    /// The map of the client, which more fields may follow.
    pub(super) fn client(&mut self, id: Option<&str>, authentication: &Authentication) {
        self.map("client");
        if let Some(id) = id {
            self.text("  id", id);
        }
        match authentication {
            Authentication::None => self.field("  authentication", "none"),
            Authentication::Post => self.field("  authentication", "post"),
            Authentication::Basic => self.field("  authentication", "basic"),
            Authentication::BasicRaw => self.field("  authentication", "basic_raw"),
            Authentication::Header(name) => {
                self.field("  authentication", format_args!("{{ header: {} }}", quoted(name)));
            }
        }
    }
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An address, in which a brace would be a placeholder that nothing fills.
pub(super) fn address(url: &Url) -> String {
    quoted(&url.as_str().replace('{', "%7B").replace('}', "%7D"))
}
