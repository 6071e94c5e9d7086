//! Revocation (RFC 7009) at a provider that this project did not write.

use crate::home::person;
use crate::interop::provider::{Client, Provider};

#[test]
#[ignore = "needs Node"]
fn a_grant_that_was_revoked_renews_nothing_and_its_access_token_is_refused() {
    for client in [Client::Public, Client::Post, Client::Basic] {
        let provider = Provider::start(client);
        let home = &provider.home;
        assert_eq!(provider.login(&[]).end().code, Some(0));
        let (access, before) = (provider.token(), home.bytes());
        assert_eq!(provider.userinfo(&access), 200, "{client:?}");

        let ended = home.run(&["revoke", "op/work", "--remote", "--yes"]);

        assert!(ended.said(0).contains("signed out here and at its provider."), "{ended:?}");
        assert_eq!(provider.userinfo(&access), 401, "{client:?}");
        let [asked] = &provider.log("/token/revocation")[..] else { panic!("one request") };
        let proof = match client {
            Client::Public => "none",
            Client::Post => "post",
            Client::Basic => "basic",
        };
        assert_eq!((&asked["status"], &asked["client_auth"]), (&200.into(), &proof.into()), "{asked}");

        // As if the file had been restored from a backup: what it holds is dead.
        home.store(before);
        assert!(home.run(&["refresh", "op/work"]).said(3).contains("invalid_grant"), "{client:?}");
        assert_eq!(provider.count("/refresh/rotated"), 0);
        // A token that is not known is revoked all the same (RFC 7009 §2.2).
        assert_eq!(home.run(&["revoke", "op/work", "--remote", "--yes"]).code, Some(0), "{client:?}");
        assert_eq!(home.run(&["token", "op/work"]).code, Some(3));
    }
}

#[test]
#[ignore = "needs Node"]
fn a_wrong_client_secret_revokes_nothing() {
    let provider = Provider::start(Client::Post);
    let home = &provider.home;
    assert_eq!(provider.login(&[]).end().code, Some(0));
    let access = provider.token();
    let right = String::from_utf8(home.bytes()).expect("text");
    home.store(right.replace(Client::Post.secret(), "wrong"));

    let ended = home.run(&["revoke", "op/work", "--remote", "--yes"]);

    assert!(ended.said(1).contains("refused with invalid_client"), "{ended:?}");
    assert!(ended.err.contains("Stored tokens are unchanged."), "{ended:?}");
    assert_eq!((provider.userinfo(&access), provider.token()), (200, access));
    home.store(right);
    assert_eq!(home.run(&["refresh", "op/work"]).code, Some(0));
}

impl Provider {
    /// The status of its answer to who the access token speaks for.
    fn userinfo(&self, access: &str) -> u16 {
        person::call(&self.address("me"), access).status
    }
}
