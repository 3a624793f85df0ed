//! The linking flow as the official mobile SDKs walk it.

mod models;

use serde_json::{Value, json};
use testkit::{Person, Phone, each};
use url::Url;

use super::sign_in::sign_in;
use models::{Institutions, Login, Manifest, OauthResults, Offers, PaymentAccount, Receipt, Screen, Synchronization, read};

const LOGINS: &str = "/v1/connections/auth_sessions";
const SESSIONS: &str = "/v1/link_account_sessions";
const ALL_PAYABLE: (&str, &str) = ("filters[require_payment_method_support]", "all");

/// What an address says of how a login ended, and of which.
fn called_back(address: &str) -> (String, String, String) {
    let url = Url::parse(address).expect("an address");
    let value = |name| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
    (address.split('?').next().unwrap_or("").to_owned(), value("status"), value("authSessionId"))
}

async fn about(phone: &Phone, call: &str, login: &str) -> Value {
    phone.post(&format!("{LOGINS}/{call}"), &[("id", login)]).await.ok()
}

async fn receipt(phone: &Phone) -> Receipt {
    read(&phone.find(&format!("{SESSIONS}/session_receipt"), &[]).await.ok())
}

async fn complete(phone: &Phone) -> Receipt {
    read(&phone.post(&format!("{SESSIONS}/complete"), &[]).await.ok())
}

#[tokio::test]
async fn an_app_walks_from_the_beginning_to_the_receipt() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[("permissions[]", "balances"), ("permissions[]", "payment_method")]).await;
        let opened: Synchronization = read(&phone.synchronize().await);
        let manifest = &opened.manifest;
        assert_eq!((manifest.next_pane, manifest.id.as_str()), (Screen::Consent, phone.session["id"].as_str().unwrap()));
        assert_eq!(manifest.consent_acquired_at, None);
        assert!(!manifest.single_account && !manifest.disable_link_more_accounts && !manifest.allow_manual_entry);
        assert!(!manifest.features.as_ref().unwrap()["bank_connections_mobile_native_version_killswitch"]);
        assert_eq!(manifest.experiment_assignments.as_ref().unwrap()["connections_mobile_native"], "treatment");
        assert_eq!(manifest.success_url.as_deref(), Some("stripe-auth://link-accounts/com.example.shop/success"));
        let shared: Vec<_> =
            opened.text.consent_pane.data_access_notice.body.bullets.iter().filter_map(|one| one.title.as_deref()).collect();
        assert_eq!(shared, ["Account numbers", "Balances"], "exactly what is asked for");

        let agreed: Manifest = read(&phone.agree().await);
        assert_eq!(agreed.next_pane, Screen::InstitutionPicker);
        assert!(agreed.consent_acquired_at.is_some());
        let featured: Institutions = read(&phone.find("/v1/connections/featured_institutions", &[]).await.ok());
        assert!(featured.data.iter().all(|bank| bank.featured) && !featured.show_manual_entry);
        let found: Institutions =
            read(&phone.find("/v1/connections/institutions", &[("query", "test"), ("limit", "1")]).await.ok());
        assert_eq!(found.data.iter().map(|bank| bank.name.as_str()).collect::<Vec<_>>(), ["Test (OAuth)"]);

        let login: Login = read(&phone.choose("Test (OAuth)").await.ok());
        assert_eq!((login.next_pane, login.is_oauth), (Screen::PartnerAuth, Some(true)));
        assert!(login.display.as_ref().unwrap().text.oauth_prepane.title.contains("Test (OAuth)"));
        let events = [
            ("id", login.id.as_str()),
            ("client_timestamp", "1795000000000"),
            ("frontend_events[0][event_namespace]", "partner-auth-lifecycle"),
            ("frontend_events[0][event_name]", "launched"),
            ("frontend_events[0][client_timestamp]", "1795000000000"),
            ("frontend_events[0][raw_event_details]", "{}"),
        ];
        read::<Login>(&phone.post(&format!("{LOGINS}/events"), &events).await.ok());
        let waiting = phone.post(&format!("{LOGINS}/oauth_results"), &[("id", &login.id)]).await;
        assert_eq!(waiting.status, 202, "{}", waiting.text());
        assert!(waiting.text().contains("\"error\""), "SDKs read it as an error to try again after");

        let mut browser = Person::at(&sandbox, login.url.as_deref().unwrap()).await;
        assert!(browser.page.says("Log in to Test (OAuth)"), "{:?}", browser.page.texts);
        browser.share_everything("jane").await;
        let place = "stripe://auth-redirect/com.example.shop".to_owned();
        assert_eq!(called_back(&browser.page.address), (place, "success".to_owned(), login.id.clone()));
        let results: OauthResults = read(&about(&phone, "oauth_results", &login.id).await);
        assert_eq!(results.status.as_deref(), Some("success"));
        let authorized: Login = read(&about(&phone, "authorized", &login.id).await);
        assert_eq!(authorized.next_pane, Screen::AccountPicker);

        let expanded = [("id", login.id.as_str()), ("expand[0]", "data.institution")];
        let offers: Offers = read(&phone.post(&format!("{LOGINS}/accounts"), &expanded).await.ok());
        assert_eq!(offers.data.len(), 12);
        assert!(offers.data.iter().all(|offer| offer.allow_selection == Some(true) && offer.linked_account_id.is_none()));
        assert!(offers.data.iter().all(|offer| offer.institution.as_ref().is_some_and(|bank| bank.name == "Test (OAuth)")));
        let chosen = offers.data.iter().find(|offer| offer.name == "Success").unwrap();
        let select = [("id", login.id.as_str()), ("selected_accounts[0]", chosen.id.as_str())];
        let linked: Offers = read(&phone.post(&format!("{LOGINS}/selected_accounts"), &select).await.ok());
        assert_eq!((linked.data.len(), linked.next_pane), (1, Screen::Success));
        let again: Offers = read(&phone.post(&format!("{LOGINS}/selected_accounts"), &select).await.ok());
        assert_eq!(again.data[0].linked_account_id, linked.data[0].linked_account_id, "an app may have missed the answer");

        let done = complete(&phone).await;
        assert_eq!(done.accounts.data.len(), 1);
        assert_eq!(Some(&done.accounts.data[0].id), linked.data[0].linked_account_id.as_ref());
        assert_eq!(done.client_secret, phone.secret);
        let receipt = receipt(&phone).await;
        assert_eq!(receipt.accounts.data[0].id, done.accounts.data[0].id);
        let listed = phone.find(&format!("{SESSIONS}/list_accounts"), &[("starting_after", &receipt.accounts.data[0].id)]).await;
        assert_eq!(listed.ok()["data"], json!([]));
        assert_eq!(complete(&phone).await.accounts.data.len(), 1, "closing it again changes nothing");
        let prying = phone.find(&format!("{SESSIONS}/list_accounts"), &[("expand[]", "data.account_holder.customer")]).await;
        prying.error(403, None, "expand");
        assert_eq!(sandbox.events("financial_connections.account.created").await.len(), 1);
        let consents = sandbox.get("/drawbridge/v1/consents").await.ok();
        let words = &consents["data"][0]["text"];
        let first = opened.text.consent_pane.title.as_str();
        assert_eq!((words["lines"][0].as_str(), words["language"].as_str()), (Some(first), Some("en")), "{consents}");
        let again = phone.post("/v1/financial_connections/sessions/synchronize", &[]).await;
        again.error(400, "session_already_used", "client_secret");
    })
    .await;
}

#[tokio::test]
async fn more_banks_are_linked_in_one_session() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[("limits[accounts]", "2")]).await;
        for (bank, account) in [("Test (OAuth)", "Success"), ("Bank (OAuth)", "Joint Checking")] {
            let (login, _) = phone.to_accounts(bank).await;
            let id = login["id"].as_str().unwrap();
            let offers: Offers = read(&about(&phone, "accounts", id).await);
            let offer = offers.data.iter().find(|offer| offer.name == account).unwrap();
            phone.post(&format!("{LOGINS}/selected_accounts"), &[("id", id), ("selected_accounts[]", &offer.id)]).await.ok();
            let more = phone.post(&format!("{SESSIONS}/link_more_accounts"), &[("expand[0]", "active_auth_session")]).await;
            if account == "Success" {
                let manifest: Manifest = read(&more.ok());
                assert_eq!(manifest.next_pane, Screen::InstitutionPicker);
                assert!(manifest.single_account, "one is left");
            } else {
                more.error(400, None, None);
            }
        }
        let names: Vec<_> = complete(&phone).await.accounts.data.into_iter().filter_map(|account| account.display_name).collect();
        assert_eq!(names, ["Joint Checking", "Success"]);
    })
    .await;
}

#[tokio::test]
async fn a_bank_without_pages_of_its_own_asks_on_ours() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        phone.synchronize().await;
        phone.agree().await;
        let login: Login = read(&phone.choose("Test (Non-OAuth)").await.ok());
        assert!(login.is_oauth == Some(false) && login.display.is_none(), "the app opens the page at once");
        let page = login.url.as_deref().unwrap();
        let path = page.strip_prefix(&sandbox.base_url).unwrap();
        assert_eq!(Person::at(&sandbox, page).await.pane(), "sign_in");
        sign_in(&sandbox, page.rsplit('/').next().unwrap(), "anything").await;
        let back = format!("0; url=stripe://auth-redirect/com.example.shop?status=success&authSessionId={}", login.id);
        assert_eq!(sandbox.get(path).await.header("refresh"), Some(back.as_str()));
        let offers: Offers = read(&about(&phone, "accounts", &login.id).await);
        assert!(offers.data.iter().any(|offer| offer.name == "Success"));
    })
    .await;
}

#[tokio::test]
async fn numbers_are_typed_in_an_app() {
    each(async |server| {
        let sandbox = server.sandbox();
        let attach = format!("{SESSIONS}/attach_payment_account");
        let numbers = |routing, account| {
            [("type", "bank_account"), ("bank_account[routing_number]", routing), ("bank_account[account_number]", account)]
        };
        let phone = Phone::new(&sandbox, &[("manual_entry[mode]", "automatic")]).await;
        let opened: Synchronization = read(&phone.synchronize().await);
        assert!(opened.manifest.allow_manual_entry);
        let good = numbers("110000000", "000123456789");
        phone.post(&attach, &good).await.error(400, None, "type");
        phone.agree().await;
        for (routing, account, field) in
            [("110000001", "1", "bank_account[routing_number]"), ("110000000", "12a", "bank_account[account_number]")]
        {
            phone.post(&attach, &numbers(routing, account)).await.error(400, None, field);
        }
        phone.post(&attach, &[("type", "bank_account")]).await.error(400, "parameter_missing", "bank_account");
        let attached: PaymentAccount = read(&phone.post(&attach, &good).await.ok());
        assert_eq!(attached.next_pane, Screen::ManualEntrySuccess);
        let done = complete(&phone).await;
        assert!(done.accounts.data.is_empty());
        let account = done.payment_account.expect("what was typed");
        assert_eq!((account.id, account.last4.as_str()), (attached.id, "6789"));
        let token = done.bank_account_token.expect("a token, whatever version the SDK names");
        assert_eq!((token.used, token.bank_account.status.as_str()), (false, "new"));

        let logged = sandbox.find("/drawbridge/v1/request_logs", &[("limit", "100")]).await.ok().to_string();
        assert!(logged.contains(&attach) && !logged.contains("123456789"), "the numbers are in no log");

        let strict = Phone::new(&sandbox, &[("manual_entry[mode]", "disabled")]).await;
        strict.synchronize().await;
        strict.agree().await;
        strict.post(&attach, &good).await.error(400, None, "type");
    })
    .await;
}

#[tokio::test]
async fn a_bank_that_is_down_says_so_when_it_is_chosen() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        phone.synchronize().await;
        phone.agree().await;
        let planned = phone.choose("Down (Scheduled)").await.error(400, None, None);
        let extra = &planned["extra_fields"];
        assert_eq!(extra["institution_unavailable"], json!(true));
        assert!(extra["expected_to_be_available_at"].as_i64().is_some_and(|until| until > testkit::START), "{planned}");
        let unplanned = phone.choose("Down (Unscheduled)").await.error(400, None, None);
        assert_eq!(unplanned["extra_fields"], json!({"institution_unavailable": true}));
        let broken = phone.choose("Down (Error)").await.error(400, None, None);
        assert_eq!(broken["extra_fields"], Value::Null);
        let manifest: Synchronization = read(&phone.synchronize().await);
        assert_eq!(manifest.manifest.next_pane, Screen::InstitutionPicker);
        read::<Login>(&phone.choose("Test (OAuth)").await.ok());
    })
    .await;
}

#[tokio::test]
async fn accounts_that_cannot_be_used_are_counted() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[ALL_PAYABLE]).await;
        let (login, address) = phone.to_accounts("Invalid Payment Accounts").await;
        assert_eq!(called_back(&address).1, "success", "the login itself went well");
        let id = login["id"].as_str().unwrap();
        let authorized: Login = read(&about(&phone, "authorized", id).await);
        assert_eq!(authorized.next_pane, Screen::AccountPicker);
        let error = phone.post(&format!("{LOGINS}/accounts"), &[("id", id)]).await.error(400, None, None);
        let extra = &error["extra_fields"];
        assert_eq!(extra["reason"], "no_supported_payment_method_type_accounts_found");
        assert!(extra["total_accounts_count"].as_i64().is_some_and(|count| count > 0), "{error}");

        let phone = Phone::new(&sandbox, &[ALL_PAYABLE]).await;
        let (login, _) = phone.to_accounts("Bank (OAuth)").await;
        let offers: Offers = read(&about(&phone, "accounts", login["id"].as_str().unwrap()).await);
        let open = offers.data.iter().take_while(|offer| offer.allow_selection == Some(true)).count();
        let rest = &offers.data[open..];
        assert_eq!((open, rest.len()), (3, 3), "those that can be chosen come first");
        assert!(rest.iter().all(|offer| offer.allow_selection == Some(false) && offer.allow_selection_message.is_some()));
        let refused = [("id", login["id"].as_str().unwrap()), ("selected_accounts[]", rest[0].id.as_str())];
        phone.post(&format!("{LOGINS}/selected_accounts"), &refused).await.error(400, None, "selected_accounts");
    })
    .await;
}

#[tokio::test]
async fn a_person_changes_their_mind() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        phone.synchronize().await;
        phone.agree().await;
        let login: Login = read(&phone.choose("Test (OAuth)").await.ok());
        let mut browser = Person::at(&sandbox, login.url.as_deref().unwrap()).await;
        browser.press("Cancel").await;
        assert_eq!(called_back(&browser.page.address).1, "cancel");
        let retrieved: Login = read(&about(&phone, "retrieve", &login.id).await);
        assert_eq!(retrieved.next_pane, Screen::PartnerAuth, "the app knows by it that nothing came of the login");
        let cancelled: Login = read(&about(&phone, "cancel", &login.id).await);
        assert_eq!(cancelled.next_pane, Screen::InstitutionPicker);
        phone.post(&format!("{LOGINS}/authorized"), &[("id", &login.id)]).await.error(400, None, "id");

        let second: Login = read(&phone.choose("Bank (OAuth)").await.ok());
        assert_ne!(second.id, login.id);
        about(&phone, "cancel", &login.id).await;
        let current: Login = read(&about(&phone, "retrieve", &second.id).await);
        assert_eq!(current.next_pane, Screen::PartnerAuth, "cancelling an old login leaves the new one alone");
        let closed = complete(&phone).await;
        assert!(closed.accounts.data.is_empty() && closed.payment_account.is_none() && closed.bank_account_token.is_none());
        let opened: Synchronization = read(&phone.synchronize().await);
        assert_eq!(opened.manifest.next_pane, Screen::Consent, "nothing was linked, so it begins again");
    })
    .await;
}

#[tokio::test]
async fn what_began_on_the_web_goes_on_in_an_app() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Test (OAuth)").await;
        let phone = Phone::with(&sandbox, session);
        let opened: Synchronization = read(&phone.synchronize().await);
        assert_eq!(opened.manifest.next_pane, Screen::AccountPicker);
        assert_eq!(opened.manifest.active_institution.unwrap().name, "Test (OAuth)");
        let login = opened.manifest.active_auth_session.expect("a login to go on with");
        let offers: Offers = read(&about(&phone, "accounts", &login.id).await);
        let select = [("id", login.id.as_str()), ("selected_accounts[]", offers.data[0].id.as_str())];
        phone.post(&format!("{LOGINS}/selected_accounts"), &select).await.ok();
        person.reload().await;
        assert_eq!(person.pane(), "success", "both show one flow");
    })
    .await;
}

#[tokio::test]
async fn pages_lead_back_to_apps_that_show_them() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        let opened: Synchronization = read(&phone.synchronize().await);
        let mut person = Person::at(&sandbox, opened.manifest.hosted_auth_url.as_deref().unwrap()).await;
        assert_eq!(person.pane(), "consent");
        let flow = person.flow.split('?').next().unwrap().to_owned();
        person.to_accounts("Test (OAuth)").await;
        assert_eq!(person.pane(), "accounts", "the bank leads back to these pages");
        assert_eq!(sandbox.flow_view(flow.rsplit('/').next().unwrap()).await.return_url, opened.manifest.success_url);
        person.press("Cancel").await;
        assert_eq!(sandbox.flow_view(flow.rsplit('/').next().unwrap()).await.return_url, opened.manifest.cancel_url);

        // A web view of an app without an SDK: the bank's page opens in a browser, which then opens the app.
        for (return_url, expected) in
            [("shop://linked?order=7", "shop://linked?order=7&status=success"), ("https://shop.example/x", "")]
        {
            let (_, mut person) = sandbox.person(&[("return_url", return_url)]).await;
            person.to_bank("Test (OAuth)").await.share_everything("jane").await;
            let address = &person.page.address;
            assert_eq!(address.strip_prefix(&sandbox.base_url).map_or(address.as_str(), |_| ""), expected, "{return_url}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_of_a_login_that_is_over_leads_back_into_the_app() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        phone.synchronize().await;
        phone.agree().await;
        let login: Login = read(&phone.choose("Test (OAuth)").await.ok());
        let page = login.url.unwrap().replace("/bank?redirect=1", "");
        let path = page.strip_prefix(&sandbox.base_url).unwrap();
        assert_eq!(sandbox.get(path).await.header("refresh"), None, "the person has not signed in yet");
        about(&phone, "cancel", &login.id).await;
        let over = sandbox.get(path).await;
        assert_eq!((over.status, over.header("refresh")), (200, None), "the login is gone, and nobody waits for it");

        let (login, address) = phone.to_accounts("Test (OAuth)").await;
        let over = sandbox.get(path).await;
        assert_eq!(over.header("refresh"), Some(format!("0; url={address}").as_str()));
        let alone = sandbox.with("x-pane", "1").get(path).await;
        assert_eq!((alone.text(), alone.header("refresh")), ("", None), "a script loads the page instead");
        assert_eq!(called_back(&address).2, login["id"].as_str().unwrap());
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_to_a_page_that_a_caller_made_up() {
    each(async |server| {
        let sandbox = server.sandbox();
        let own = "https://shop.example/back";
        let phone = Phone::new(&sandbox, &[("return_url", own)]).await;
        phone.synchronize().await;
        phone.agree().await;
        let bank = phone.bank("Test (OAuth)").await;
        for made_up in ["https://evil.example/", "https://shop.example/other", "javascript:alert(1)", "other://place"] {
            let params = [("institution", bank.as_str()), ("return_url", made_up)];
            phone.post(LOGINS, &params).await.error(400, None, "return_url");
        }
        for (sent, expected) in [("ios", "stripe://ios"), (own, own)] {
            let login: Login = read(&phone.post(LOGINS, &[("institution", &bank), ("return_url", sent)]).await.ok());
            let mut browser = Person::at(&sandbox, login.url.as_deref().unwrap()).await;
            browser.fill("username", "jane").fill("password", "secret");
            browser.press("Log in").await;
            let address = browser.leaves_by("Deny").await;
            assert_eq!(called_back(&address), (expected.to_owned(), "cancel".to_owned(), login.id));
        }
    })
    .await;
}

#[tokio::test]
async fn calls_that_make_no_sense_are_refused() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        let consent = format!("{SESSIONS}/consent_acquired");
        phone.post(&consent, &[]).await.error(400, None, "client_secret");
        phone.synchronize().await;
        let bank = phone.bank("Test (OAuth)").await;
        phone.post(LOGINS, &[("institution", &bank), ("return_url", "ios")]).await.error(400, None, None);
        phone.agree().await;
        read::<Manifest>(&phone.agree().await);
        phone.post(LOGINS, &[("institution", "fcinst_none")]).await.error(400, "resource_missing", "institution");
        phone.post(&consent, &[("surprise", "1")]).await.error(400, "parameter_unknown", "surprise");
        phone.post(&consent, &[("expand[]", "surprise")]).await.error(400, None, "expand");
        let (login, _) = phone.to_accounts("Test (OAuth)").await;
        for call in ["retrieve", "events", "oauth_results", "authorized", "accounts", "cancel"] {
            let path = format!("{LOGINS}/{call}");
            phone.post(&path, &[("id", "bcsess_none")]).await.error(400, "resource_missing", "id");
        }
        let other = Phone::new(&sandbox, &[]).await;
        other.synchronize().await;
        let theirs = [("id", login["id"].as_str().unwrap())];
        other.post(&format!("{LOGINS}/accounts"), &theirs).await.error(400, "resource_missing", "id");
        let attach = [("type", "linked_account"), ("linked_account[id]", "fca_none")];
        let path = format!("{SESSIONS}/attach_payment_account");
        phone.post(&path, &attach).await.error(400, "resource_missing", "linked_account[id]");
        let ended = [("terminal_error", "user_initiated_with_custom_manual_entry")];
        phone.post(&format!("{SESSIONS}/complete"), &ended).await.error(400, None, "terminal_error");
    })
    .await;
}

#[tokio::test]
async fn a_session_whose_time_is_over_links_nothing_more() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        let (login, _) = phone.to_accounts("Test (OAuth)").await;
        let id = login["id"].as_str().unwrap();
        let offers: Offers = read(&about(&phone, "accounts", id).await);
        sandbox.advance(3 * 3_600 + 1).await;
        let select = [("id", id), ("selected_accounts[]", offers.data[0].id.as_str())];
        for (path, params) in [
            ("/v1/financial_connections/sessions/synchronize".to_owned(), &[][..]),
            (format!("{SESSIONS}/link_more_accounts"), &[]),
            (format!("{LOGINS}/selected_accounts"), &select),
        ] {
            phone.post(&path, params).await.error(400, "session_expired", "client_secret");
        }
        assert!(complete(&phone).await.accounts.data.is_empty(), "what was linked can be read for longer");
        sandbox.settle().await;
        sandbox.advance(21 * 3_600 - 2).await;
        receipt(&phone).await;
        sandbox.advance(1).await;
        for path in ["session_receipt", "list_accounts"] {
            phone.find(&format!("{SESSIONS}/{path}"), &[]).await.error(400, "session_expired", "client_secret");
        }
        phone.post(&format!("{SESSIONS}/complete"), &[]).await.error(400, "session_expired", "client_secret");
        let result = "/drawbridge/v1/connections/flows/result";
        sandbox.publishable().post(result, &[("client_secret", &phone.secret)]).await.error(
            400,
            "session_expired",
            "client_secret",
        );
    })
    .await;
}

/// Apps ask again and again while a person is at a bank; none of it is a change, so none of it is logged.
#[tokio::test]
async fn what_only_asks_is_not_logged() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        let (login, _) = phone.to_accounts("Test (OAuth)").await;
        let id = login["id"].as_str().unwrap();
        let told = [("frontend_events[0][event_name]", "launched"), ("frontend_events[0][raw_event_details]", "what they did")];
        for call in ["retrieve", "oauth_results", "authorized", "accounts"] {
            about(&phone, call, id).await;
        }
        phone.post(&format!("{LOGINS}/events"), &[&[("id", id)], &told[..]].concat()).await.ok();
        phone.post(&format!("{SESSIONS}/disable_networking"), &[]).await.ok();
        let refused = [&[("id", "bcsess_none")], &told[..]].concat();
        phone.post(&format!("{LOGINS}/events"), &refused).await.error(400, "resource_missing", "id");
        phone.post(&format!("{LOGINS}/retrieve"), &[("id", "bcsess_none"), ("public_token", "t0ken")]).await.error(
            400,
            "resource_missing",
            "id",
        );
        let log = sandbox.find("/drawbridge/v1/request_logs", &[("limit", "100")]).await.ok();
        let paths: Vec<&str> = log["data"].as_array().unwrap().iter().map(|line| line["path"].as_str().unwrap()).collect();
        let changes = [&format!("{LOGINS}/retrieve"), &format!("{LOGINS}/events"), LOGINS];
        assert_eq!(paths[..3], changes, "the refused ones, and the choice of a bank");
        assert!(!paths.iter().any(|path| path.contains("institutions")), "{paths:?}");
        let text = log.to_string();
        assert!(!text.contains("what they did") && !text.contains("t0ken"), "{text}");
    })
    .await;
}

/// Numbers that cannot be typed leave the person at the accounts.
#[tokio::test]
async fn numbers_that_are_not_taken_leave_the_choice_of_accounts() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[("manual_entry[mode]", "disabled")]).await;
        let (login, _) = phone.to_accounts("Test (OAuth)").await;
        let numbers = [
            ("type", "bank_account"),
            ("bank_account[routing_number]", "110000000"),
            ("bank_account[account_number]", "000123456789"),
        ];
        phone.post(&format!("{SESSIONS}/attach_payment_account"), &numbers).await.error(400, None, "type");
        let offers: Offers = read(&about(&phone, "accounts", login["id"].as_str().unwrap()).await);
        assert_eq!(offers.data.len(), 12);
    })
    .await;
}

#[tokio::test]
async fn texts_are_in_the_language_of_the_phone() {
    each(async |server| {
        let sandbox = server.sandbox();
        let phone = Phone::new(&sandbox, &[]).await;
        for (locale, button) in [("es-MX", "Aceptar y continuar"), ("fr-FR", "Agree and continue")] {
            let sync = phone.post("/v1/financial_connections/sessions/synchronize", &[("locale", locale)]).await.ok();
            let opened: Synchronization = read(&sync);
            assert_eq!(opened.text.consent_pane.cta, button, "{locale}");
        }
    })
    .await;
}
