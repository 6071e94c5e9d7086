//! The pages of the wizard about keys, new servers and scopes.

use authtui::domain::change::Snapshot;
use authtui::domain::name::StoreId;
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::provider::scopes::OfferedScope;
use authtui::domain::provider::{Authentication, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::login::preflight::{Preflight, PreflightGoal};
use authtui::oauth::scopes::Listed;
use authtui::stored::provider_file;
use authtui::tui::field::{Field, Sight};
use authtui::tui::list_search::ListSearch;
use authtui::tui::model::Model;
use authtui::tui::screen::Screen;
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::wizard::form::{FormField, ServerForm};
use authtui::tui::wizard::key_page::{KeyField, KeyPage};
use authtui::tui::wizard::picker::{Picker, ProviderList};
use authtui::tui::wizard::{ListQuestion, Page, TextQuestion, Wizard, WizardContext};

use insta::assert_snapshot;

use super::print::{drawn, text, with};
use super::{MIDDLE, NARROW, SMALLEST, WIDE, cast};

#[test]
fn a_way_in_is_chosen_and_a_key_typed() {
    let at = |page| Wizard {
        preflight: Some(Preflight::new(&keyed(), PreflightGoal::Key)),
        page,
        ..Wizard::new()
    };
    let mut field = Field::new("", Sight::Masked);
    field.paste(&Secret::new("sk-ant-api03-hush\n"));
    let key = Wizard {
        preflight: Some(named(&keyed(), "ci", PreflightGoal::Key)),
        ..at(Page::Key(Box::new(KeyPage { key: field.clone(), ..KeyPage::new() })))
    };
    let ends = |typed, focus| {
        let (key, ends) = (field.clone(), Field::new(typed, Sight::Clear));
        let preflight = Some(named(&keyed(), "ci", PreflightGoal::Key));
        Wizard { preflight, ..at(Page::Key(Box::new(KeyPage { key, ends, focus }))) }
    };
    let bad = Wizard {
        complaint: Some("A key has only visible ASCII characters: no spaces, line ends or accents".into()),
        ..key.clone()
    };
    let how = Wizard {
        preflight: Some(Preflight::new(&keyed(), PreflightGoal::Login)),
        ..at(Page::Choice(ListQuestion::LoginOrKey, 1))
    };
    for (name, wizard) in [
        ("how", how),
        ("key_name", at(Page::Text(TextQuestion::Name, Field::new("key", Sight::Clear)))),
        ("key", key),
        ("key_refused", bad),
        ("key_ends", ends("90d", KeyField::Ends)),
        ("key_ends_how", ends("", KeyField::Ends)),
        ("key_ends_unreadable", ends("next summer", KeyField::Key)),
    ] {
        at_each_size(name, &wizard);
    }
}

#[test]
fn a_secret_that_may_be_wrong_is_asked_for_again() {
    let mut known = Profile::new(cast::id("anthropic/work"), Kind::OAuth);
    known.login.client_secret = Some(Secret::new("hush"));
    let mut provider = cast::provider();
    provider.client.authentication = Authentication::Post;
    let preflight = Preflight::again(&known, &provider, PreflightGoal::Login).expect("a login");
    at_each_size("secret_again", &Wizard::again(preflight.doubting()));
}

#[test]
fn a_new_server_is_described_on_one_page() {
    let there = Trouble::untouched(
        "cannot save ~/.config/authtui/providers/corp.yaml",
        "it is there already",
        FailureKind::NeedsFix("go back and choose another name".into()),
    );
    let at = |form: ServerForm| Wizard { page: Page::Form(Box::new(form)), ..Wizard::new() };
    let mut wrong = form();
    wrong.go(FormField::Token);
    wrong.field_mut().expect("a field").paste(&Secret::new("https://cid"));
    let mut choice = form();
    choice.go(FormField::Authentication);
    let mut preview = form();
    preview.preview = Some(0);
    let mut end = form();
    end.go(FormField::LogIn);
    for (name, wizard) in [
        ("server_empty", at(ServerForm::new(&template()))),
        ("server_wrong", at(wrong)),
        ("server_choice", at(choice)),
        ("server_refused", Wizard { complaint: Some(there.to_string()), ..at(end) }),
        ("server_preview", at(preview)),
    ] {
        at_each_size(name, &wizard);
    }
    let (mono, ascii) = (Theme::mono(Glyphs::unicode()), Theme::colored(Glyphs::ascii()));
    assert_snapshot!("wizard_server_mono", with(&model(&at(form())), NARROW, mono));
    assert_snapshot!("wizard_server_ascii", with(&model(&at(form())), NARROW, ascii));
}

#[test]
fn scopes_are_ticked_with_what_they_allow() {
    let failed = Trouble::untouched(
        "cannot read the list",
        "api.anthropic.com answered 503",
        FailureKind::Temporary(None),
    );
    let mut few = Picker::for_provider(&scoped(), Some(&known()));
    few.list = ProviderList::Failed(failed);
    few.toggle();
    let mut typing = Picker::for_provider(&scoped(), None);
    typing.list = ProviderList::Coming;
    typing.typing = Some(Field::new("user:office", Sight::Clear));
    for (name, picker) in [("scopes", few), ("scopes_typing", typing), ("scopes_many", many_scopes())] {
        let page = Page::Scopes(Box::new(picker));
        let preflight = Some(named(&scoped(), "work", PreflightGoal::Scopes));
        let wizard = Wizard { preflight, page, ..Wizard::new() };
        at_each_size(name, &wizard);
        let ascii = Theme::colored(Glyphs::ascii());
        assert_snapshot!(format!("wizard_{name}_ascii"), with(&model(&wizard), NARROW, ascii));
    }
}

/// Every kind of page.
pub(super) fn all() -> Vec<Wizard> {
    let field = || Field::new("corp", Sight::Clear);
    let preflight = |goal| Some(named(&keyed(), "work", goal));
    let login = [
        Page::Provider(ListSearch::at(0)),
        Page::Choice(ListQuestion::LoginOrKey, 0),
        Page::Choice(ListQuestion::LoginOrKey, 1),
        Page::Text(TextQuestion::Name, field()),
        Page::Key(Box::new(KeyPage { ends: field(), focus: KeyField::Ends, ..KeyPage::new() })),
        Page::Text(TextQuestion::ClientId, field()),
        Page::Text(TextQuestion::ClientSecret, Field::new("hush", Sight::Masked)),
        Page::Notice,
        Page::Scopes(Box::new(Picker::for_provider(&scoped(), Some(&known())))),
    ];
    let login =
        login.map(|page| Wizard { preflight: preflight(PreflightGoal::Login), page, ..Wizard::new() });
    let forms = FormField::ALL.map(|field| {
        let mut form = form();
        form.go(field);
        form.field_mut().into_iter().for_each(|field| field.paste(&Secret::new("https://corp")));
        Wizard { page: Page::Form(Box::new(form)), ..Wizard::new() }
    });
    login.into_iter().chain(forms).chain([preview()]).collect()
}

/// The preview of a server's file.
pub(super) fn preview() -> Wizard {
    let mut form = form();
    form.preview = Some(0);
    Wizard { page: Page::Form(Box::new(form)), ..Wizard::new() }
}

fn template() -> Provider {
    provider_file::catalog([]).template().expect("a preset").clone()
}

/// A form in which all is filled but what is optional.
fn form() -> ServerForm {
    let mut form = ServerForm::new(&template());
    for (field, text) in [
        (FormField::LoginPage, "https://id.corp.example.org/oauth2/authorize"),
        (FormField::Token, "https://tokens.corp.example.org/oauth2/token"),
        (FormField::Device, "https://id.corp.example.org/oauth2/device"),
        (FormField::ClientId, "authtui-on-ana's-laptop"),
        (FormField::ClientSecret, "hush"),
        (FormField::Scopes, "openid profile documents:read"),
    ] {
        form.go(field);
        form.field_mut().expect("a field").paste(&Secret::new(text));
        form.edited(WizardContext::default());
    }
    form
}

/// Two hundred scopes, the last but nine marked.
pub(super) fn many_scopes() -> Picker {
    let mut picker = Picker::for_provider(&scoped(), Some(&known()));
    let offered = (0..195).map(|number| OfferedScope {
        name: format!("https://www.example.org/auth/part.{number:03}.readonly"),
        title: Some(format!("See part {number} of your account, \u{202e}and nothing else")),
    });
    picker.listed(Ok(Listed { offered: offered.collect(), left_out: 12 }));
    picker.marked = picker.choices.len() - 10;
    picker
}

/// A new profile of that name.
fn named(provider: &Provider, name: &str, goal: PreflightGoal) -> Preflight {
    let mut preflight = Preflight::new(provider, goal);
    let store = StoreId::Own;
    let empty = Snapshot::empty(store);
    preflight.name(name, &empty).expect("a name");
    preflight
}

fn known() -> Profile {
    let mut known = Profile::new(cast::id("anthropic/work"), Kind::OAuth);
    known.scopes = ["user:profile", "user:inference"].map(String::from).into();
    known.login.asked_scopes = known.scopes.to_vec();
    known
}

fn scoped() -> Provider {
    let mut provider = cast::provider();
    let offered =
        [("user:office", Some("Use your documents")), ("user:profile", Some("Read your name and e-mail"))];
    provider.scopes.offered = offered
        .map(|(name, title)| OfferedScope { name: name.into(), title: title.map(String::from) })
        .to_vec();
    provider
}

fn keyed() -> Provider {
    Provider { key_page: "https://console.anthropic.com/settings/keys".parse().ok(), ..cast::provider() }
}

fn model(wizard: &Wizard) -> Model {
    let mut model = cast::model(cast::rows());
    model.providers = "~/.config/authtui/providers".to_owned();
    model.screen = Screen::Wizard(Box::new(wizard.clone()));
    model
}

fn at_each_size(name: &str, wizard: &Wizard) {
    let name = format!("wizard_{name}");
    let model = model(wizard);
    assert_snapshot!(name.as_str(), drawn(&model, MIDDLE));
    let others = [WIDE, NARROW, SMALLEST].map(|size| text(&model, size));
    assert_snapshot!(format!("{name}_sizes"), others.join("\n"));
}
