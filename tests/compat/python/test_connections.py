"""Financial Connections: sessions, accounts, owners, transactions."""

from link import link
from world import DAY, DIRECT, Case, Receiver, Sandbox, eventually, ids


class Sessions(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.sessions = self.sandbox.v1.financial_connections.sessions
        self.customer = self.sandbox.v1.customers.create()
        self.holder = {"type": "customer", "customer": self.customer.id}

    def test_defaults_of_today(self):
        session = self.sessions.create({"account_holder": self.holder, "permissions": ["balances"]})
        self.assertTrue(session.client_secret.startswith("fcsess_client_secret_"))
        self.assertEqual(session.manual_entry.mode, "disabled")
        self.assertEqual(session.filters.country, "US")
        self.assertEqual(session.filters.require_payment_method_support, "none")
        self.assertEqual(session.accounts.data, [])
        self.assertEqual(session.accounts.url, "/v1/financial_connections/accounts")
        self.assertEqual(self.sessions.retrieve(session.id).to_dict(), session.to_dict())

    def test_every_parameter_comes_back(self):
        session = self.sessions.create({
            "account_holder": self.holder, "permissions": ["balances", "transactions"], "prefetch": ["balances"],
            "filters": {"account_subcategories": ["checking"], "country": "US", "require_payment_method_support": "all"},
            "limits": {"accounts": 2}, "manual_entry": {"mode": "automatic"}, "return_url": "https://shop.example/back",
            "expand": ["account_holder.customer"],
        })
        self.assertEqual(session.account_holder.customer.id, self.customer.id)
        self.assertEqual(session.filters.account_subcategories, ["checking"])
        self.assertEqual(session.limits.accounts, 2)
        self.assertEqual(session.return_url, "https://shop.example/back")

    def test_refusals(self):
        create = self.sessions.create
        self.refused(lambda: create({"permissions": ["balances"]}), code="parameter_missing", param="account_holder")
        self.refused(lambda: create({"account_holder": self.holder}), code="parameter_missing", param="permissions")
        good = {"account_holder": self.holder, "permissions": ["balances"]}
        self.refused(lambda: create({**good, "permissions": ["shoes"]}), status=400, param="permissions[0]")
        self.refused(lambda: create({**good, "filters": {"countries": ["US"]}}), code="parameter_unknown", param="filters[countries]")
        self.refused(lambda: self.sessions.retrieve("fcsess_nothing"), status=404, code="resource_missing")

    def test_an_older_version_knows_countries(self):
        client = self.sandbox.connect(at=DIRECT, stripe_version="2026-08-26.dahlia")
        session = client.v1.financial_connections.sessions.create({
            "account_holder": self.holder, "permissions": ["balances"], "filters": {"countries": ["US"]},
        })
        self.assertEqual(session.filters.countries, ["US"])


class Linking(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.connections = self.sandbox.v1.financial_connections

    def ended(self, account, refresh):
        """Waits until a refresh of an account has ended."""
        def probe():
            kept = self.connections.accounts.retrieve(account)
            return kept[refresh] and kept[refresh].status != "pending" and kept

        return eventually(f"the end of {refresh}", probe)

    def test_accounts_are_linked_listed_and_read(self):
        linked = link(self.sandbox)
        self.assertTrue(linked.done)
        for account in linked.accounts:
            self.assertEqual((account.status, account.institution_name), ("active", "Bank (OAuth)"))
            self.assertEqual(self.connections.accounts.retrieve(account.id).to_dict(), account.to_dict())
        mine = sorted(account.id for account in linked.accounts)
        self.assertEqual(sorted(ids(self.connections.accounts.list({"session": linked.session.id, "limit": 100}))), mine)
        holder = {"account_holder": {"customer": linked.customer.id}, "limit": 2}
        self.assertEqual(sorted(row.id for row in self.connections.accounts.list(holder).auto_paging_iter()), mine)
        created = self.sandbox.v1.events.list({"type": "financial_connections.account.created", "limit": 100})
        self.assertEqual(sorted(row.data.object.id for row in created.data), mine)

    def test_balances_and_owners_come_by_refresh(self):
        accounts = link(self.sandbox, institution="Ownership Accounts").accounts
        checking = next(account for account in accounts if account.display_name == "Joint Owners Checking")
        started = self.connections.accounts.refresh(checking.id, {"features": ["balance", "ownership"]})
        self.assertEqual(started.balance_refresh.status, "pending")
        self.ended(checking.id, "balance_refresh")
        account = self.ended(checking.id, "ownership_refresh")
        self.assertEqual(account.balance.type, account.category)
        owners = self.connections.accounts.owners.list(checking.id, {"ownership": account.ownership})
        self.assertEqual(len(owners.data), 2)
        self.assertTrue(all(owner.ownership == account.ownership and owner.name for owner in owners.data))
        expanded = self.connections.accounts.retrieve(checking.id, {"expand": ["ownership"]})
        self.assertEqual(ids(expanded.ownership.owners), ids(owners))
        self.refused(lambda: self.connections.accounts.owners.list(checking.id, {}), code="parameter_missing", param="ownership")

    def test_subscriptions_start_and_end(self):
        checking = link(self.sandbox).one("checking")
        subscribed = self.connections.accounts.subscribe(checking.id, {"features": ["transactions"]})
        self.assertEqual(subscribed.subscriptions, ["transactions"])
        first = self.ended(checking.id, "transaction_refresh")
        self.sandbox.advance(2 * DAY)
        self.assertNotEqual(self.ended(checking.id, "transaction_refresh").transaction_refresh.id, first.transaction_refresh.id)
        unsubscribed = self.connections.accounts.unsubscribe(checking.id, {"features": ["transactions"]})
        self.assertEqual(unsubscribed.subscriptions, [])

    def test_disconnecting_is_the_end(self):
        account = link(self.sandbox).accounts[0]
        self.assertEqual(self.connections.accounts.disconnect(account.id).status, "disconnected")
        self.refused(lambda: self.connections.accounts.refresh(account.id, {"features": ["balance"]}), status=400)
        event = self.sandbox.v1.events.list({"type": "financial_connections.account.disconnected"}).data[0]
        self.assertEqual(event.data.previous_attributes["status"], "active")

    def test_permissions_hold(self):
        account = link(self.sandbox, permissions=["balances"]).one("checking")
        self.refused(lambda: self.connections.accounts.refresh(account.id, {"features": ["transactions"]}), status=400)
        self.refused(lambda: self.connections.transactions.list({"account": account.id}), status=400)

    def test_who_says_no_links_nothing(self):
        linked = link(self.sandbox, deny=True)
        self.assertFalse(linked.done)
        self.assertEqual(linked.accounts, [])

    def test_transactions_are_read_and_followed(self):
        linked = link(self.sandbox, permissions=["transactions"], prefetch=["transactions"])
        account = self.ended(linked.one("checking").id, "transaction_refresh")
        transactions = self.connections.transactions
        rows = list(transactions.list({"account": account.id, "limit": 100}).auto_paging_iter())
        self.assertGreater(len(rows), 60)
        self.assertEqual(len({row.id for row in rows}), len(rows))
        self.assertEqual([row.transacted_at for row in rows], sorted((row.transacted_at for row in rows), reverse=True))
        self.assertEqual(transactions.retrieve(rows[0].id).to_dict(), rows[0].to_dict())
        middle = rows[len(rows) // 2].transacted_at
        later = list(transactions.list({"account": account.id, "transacted_at": {"gt": middle}, "limit": 100}).auto_paging_iter())
        self.assertEqual([row.id for row in later], [row.id for row in rows if row.transacted_at > middle])
        self.sandbox.advance(10 * DAY)
        self.connections.accounts.refresh(account.id, {"features": ["transactions"]})
        fresh = self.ended(account.id, "transaction_refresh")
        news = list(transactions.list({
            "account": account.id, "transaction_refresh": {"after": account.transaction_refresh.id}, "limit": 100,
        }).auto_paging_iter())
        self.assertGreater(len(news), 0)
        self.assertEqual({row.transaction_refresh for row in news}, {fresh.transaction_refresh.id})

    def test_transactions_before_any_refresh(self):
        account = link(self.sandbox).one("checking")
        self.refused(
            lambda: self.connections.transactions.list({"account": account.id}),
            status=400, code="financial_connections_no_successful_transaction_refresh")
        self.refused(lambda: self.connections.transactions.list({}), code="parameter_missing", param="account")

    def test_refreshes_are_told_by_webhook(self):
        shop = Receiver(self)
        wanted = "financial_connections.account.refreshed_balance"
        endpoint = self.sandbox.v1.webhook_endpoints.create({"url": shop.url, "enabled_events": [wanted]})
        linked = link(self.sandbox, permissions=["balances"], prefetch=["balances"])
        told = set()
        for body, headers in shop.wait(len(linked.accounts)):
            event = self.sandbox.client.construct_event(body, headers["Stripe-Signature"], endpoint.secret)
            self.assertEqual(event.data.object.balance_refresh.status, "succeeded")
            told.add(event.data.object.id)
        self.assertEqual(told, {account.id for account in linked.accounts})


class Preview(Case):
    """What only preview versions have, asked for by raw requests; today's contract does not describe it."""

    def setUp(self):
        self.sandbox = Sandbox()
        self.client = self.sandbox.connect(at=DIRECT, stripe_version="2026-10-28.preview")

    def raw(self, method, path, **params):
        return self.client.raw_request(method, f"/v1/financial_connections{path}", **params).data

    def test_banks_and_authorizations(self):
        linked = link(self.sandbox)
        account = self.raw("get", f"/accounts/{linked.accounts[0].id}")
        authorization = self.raw("get", f"/authorizations/{account['authorization']}")
        self.assertEqual(authorization["status"], "active")
        self.assertEqual(authorization["institution"], account["institution"])
        institution = self.raw("get", f"/institutions/{account['institution']}")
        self.assertEqual(institution["name"], "Bank (OAuth)")
        general = self.sandbox.connect(at=DIRECT)
        path = f"/v1/financial_connections/institutions/{account['institution']}"
        self.refused(lambda: general.raw_request("get", path), status=404)

    def test_inferred_balances(self):
        account = link(self.sandbox).one("checking")
        self.raw("post", f"/accounts/{account.id}/refresh", features=["inferred_balances"])
        self.sandbox.advance(1)
        balances = self.raw("get", f"/accounts/{account.id}/inferred_balances")["data"]
        self.assertEqual(len(balances), 10)
        self.assertEqual(balances[0]["object"], "financial_connections.account_inferred_balance")


class Ends(Case):
    def test_a_consent_that_ends(self):
        sandbox = Sandbox()
        account = link(sandbox, institution="Eventually Requires Reauthentication").one("checking")
        sandbox.advance(60)
        accounts = sandbox.v1.financial_connections.accounts
        self.assertEqual(accounts.retrieve(account.id).status_details.active.action, "relink_required")
        upcoming = {"type": "financial_connections.authorization.upcoming_deactivation"}
        self.assertEqual(len(sandbox.v1.events.list(upcoming).data), 1)
        sandbox.advance(30 * DAY)
        self.assertEqual(accounts.retrieve(account.id).status, "inactive")
