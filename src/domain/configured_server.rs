//! Configured server: an MCP server that programs on this machine use, as their configurations say.

use url::Url;

/// An MCP server that can be logged in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredServer {
    pub address: Url,
    /// What the programs are called that use it.
    pub programs: Vec<String>,
}

impl ConfiguredServer {
    /// Where it is named: `in Codex's configuration`.
    #[must_use]
    pub fn place(&self) -> String {
        match self.programs.as_slice() {
            [one] => format!("in {one}'s configuration"),
            all => format!("in the configurations of {}", all.join(", ")),
        }
    }
}

/// Adds a server that `program` uses; one that is known already gets another program.
pub fn add(servers: &mut Vec<ConfiguredServer>, address: Url, program: &str) {
    match servers.iter_mut().find(|server| is_same(&server.address, &address)) {
        Some(server) if server.programs.iter().any(|known| known == program) => {}
        Some(server) => server.programs.push(program.to_owned()),
        None => servers.push(ConfiguredServer { address, programs: vec![program.to_owned()] }),
    }
}

/// Whether two addresses are the same but for a slash at the end.
fn is_same(one: &Url, other: &Url) -> bool {
    one.as_str().trim_end_matches('/') == other.as_str().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_two_programs_is_one_with_both() {
        let url = |text: &str| Url::parse(text).expect("an address");
        let mut servers = Vec::new();
        for (address, program) in [
            ("https://a.test/mcp", "Codex"),
            ("https://a.test/mcp/", "Cursor"),
            ("https://a.test/mcp", "Codex"),
            ("https://b.test/mcp", "Codex"),
        ] {
            add(&mut servers, url(address), program);
        }
        let told: Vec<String> = servers.iter().map(ConfiguredServer::place).collect();
        assert_eq!(told, ["in the configurations of Codex, Cursor", "in Codex's configuration"]);
    }
}
