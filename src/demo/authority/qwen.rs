//! Qwen's device codes (RFC 8628): PKCE is demanded, and `slow_down` comes with status 429.

/// Where device codes are asked for.
pub const DEVICE: &str = "/api/v1/oauth2/device/code";
/// Where device codes and refresh tokens become tokens.
pub const TOKEN: &str = "/api/v1/oauth2/token";
