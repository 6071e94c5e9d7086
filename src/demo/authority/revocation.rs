//! The revocation endpoint: a token goes in, and its grant is over (RFC 7009).

use crate::demo::authority::client;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::Ended;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::{Authority, dialect::Dialect};
use crate::domain::secret::Secret;

impl Authority {
    /// Answers one request to end a grant: 200 with an empty body, also for a token that is not known
    /// (RFC 7009 §2.2).
    pub(super) fn revocation(&mut self, asked: &Asked<'_>, parameters: &Parameters) -> Answer {
        match self.revoked(asked, parameters) {
            Ok(()) => Answer::new(200, "text/plain", ""),
            Err(refusal) => Dialect::Standard.refuse(refusal),
        }
    }

    fn revoked(&mut self, asked: &Asked<'_>, parameters: &Parameters) -> Result<(), Refusal> {
        parameters.sound()?;
        let client = client::authenticate(&self.clients, asked, parameters)?;
        let token = Secret::new(parameters.need("token", "token is missing")?);
        match self.grants.end_by(&token, &client) {
            Ended::Now => self.record.counters.revoked += 1,
            Ended::Before | Ended::Unknown => {}
            Ended::OfAnother => {
                let why = "this token was given to another client";
                return Err(Refusal::new(ErrorCode::UnauthorizedClient, why));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{Desk, but, text};
    use crate::demo::authority::{REVOKE, USERINFO};

    fn revoke(desk: &mut Desk, client: &str, token: &str) -> Answer {
        let pairs = vec![("token", token), ("token_type_hint", "refresh_token"), ("client_id", client)];
        desk.post(REVOKE, &but(pairs, "token", token))
    }

    #[test]
    fn either_token_ends_the_grant_with_all_its_tokens() {
        for shown in ["/refresh_token", "/access_token"] {
            let mut desk = Desk::new();
            let tokens = desk.tokens();
            let (access, refresh) = (text(&tokens, "/access_token"), text(&tokens, "/refresh_token"));
            assert_eq!(desk.get(USERINFO, access).status, 200);

            let answer = revoke(&mut desk, client::PUBLIC, text(&tokens, shown));

            assert_eq!((answer.status, answer.body.expose()), (200, ""), "{shown}");
            assert_eq!(desk.get(USERINFO, access).status, 401, "{shown}");
            assert!(desk.refresh(refresh).body.expose().contains("invalid_grant"), "{shown}");
            assert_eq!(desk.authority.counters().revoked, 1, "{shown}");
        }
    }

    #[test]
    fn a_spent_refresh_token_ends_its_grant_too() {
        let mut desk = Desk::new();
        let tokens = desk.tokens();
        let first = text(&tokens, "/refresh_token");
        assert_eq!(desk.refresh(first).status, 200);
        assert_eq!(revoke(&mut desk, client::PUBLIC, first).status, 200);
        assert_eq!(desk.authority.counters().revoked, 1);
    }

    #[test]
    fn what_is_not_known_or_over_already_is_no_error() {
        let mut desk = Desk::new();
        assert_eq!(revoke(&mut desk, client::PUBLIC, "never-given").status, 200);
        let tokens = desk.tokens();
        for _ in 0..2 {
            assert_eq!(revoke(&mut desk, client::PUBLIC, text(&tokens, "/refresh_token")).status, 200);
        }
        assert_eq!(desk.authority.counters().revoked, 1);
    }

    #[test]
    fn who_may_not_end_a_grant_is_refused_and_it_lives() {
        let mut desk = Desk::new();
        let tokens = desk.tokens();
        let refresh = text(&tokens, "/refresh_token");
        for (client, token, status, error) in [
            (client::SEED, refresh, 400, "unauthorized_client"),
            (client::CONFIDENTIAL, refresh, 401, "invalid_client"),
            ("nobody", refresh, 401, "invalid_client"),
            (client::PUBLIC, "", 400, "invalid_request"),
        ] {
            let answer = revoke(&mut desk, client, token);
            assert_eq!(answer.status, status, "{client}");
            assert!(answer.body.expose().contains(error), "{client}");
        }
        assert_eq!(desk.refresh(refresh).status, 200);
    }
}
