"""Customers, lists, search, errors, idempotency, the account, test clocks."""

import stripe

from world import Case, Sandbox, eventually, ids, random_name

ADDRESS = {
    "line1": "510 Townsend St", "line2": "Floor 2", "city": "San Francisco",
    "state": "CA", "postal_code": "94103", "country": "US",
}
START = 1_800_000_000


class Customers(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.customers = self.sandbox.v1.customers

    def test_every_parameter_comes_back(self):
        given = {
            "name": "Jenny Rosen", "email": "jenny@example.com", "phone": "+15555550100",
            "description": "Fährt Räder 🚲", "address": ADDRESS, "metadata": {"order": "6735"},
            "shipping": {"name": "Jenny", "phone": "+15555550101", "address": ADDRESS},
            "preferred_locales": ["de-AT", "en"], "tax_exempt": "exempt", "balance": -2500,
            "invoice_prefix": "JENNY01", "next_invoice_sequence": 7,
        }
        created = self.customers.create({
            **given, "invoice_settings": {"footer": "Thanks", "custom_fields": [{"name": "PO", "value": "17"}]},
        })
        kept = self.customers.retrieve(created.id).to_dict()
        self.assertEqual(kept, created.to_dict())
        for field, value in given.items():
            self.assertEqual(kept[field], value, field)
        self.assertEqual(kept["invoice_settings"]["footer"], "Thanks")
        self.assertEqual(kept["invoice_settings"]["custom_fields"], [{"name": "PO", "value": "17"}])

    def test_updates_leave_set_and_clear(self):
        created = self.customers.create({"name": "Jenny", "description": "old", "address": ADDRESS, "metadata": {"a": "1", "b": "2"}})
        changed = self.customers.update(created.id, {"description": "", "metadata": {"b": "", "c": "3"}})
        self.assertEqual(changed.name, "Jenny")
        self.assertIsNone(changed.description)
        self.assertEqual(changed.metadata.to_dict(), {"a": "1", "c": "3"})
        self.assertEqual(changed.address.to_dict(), ADDRESS)
        cleared = self.customers.update(created.id, {"address": "", "metadata": ""})
        self.assertIsNone(cleared.address)
        self.assertEqual(cleared.metadata.to_dict(), {})

    def test_a_deleted_customer_is_a_stub(self):
        created = self.customers.create()
        gone = self.customers.delete(created.id)
        self.assertTrue(gone.deleted)
        self.assertEqual(self.customers.retrieve(created.id).to_dict(), {"id": created.id, "object": "customer", "deleted": True})
        self.assertEqual(ids(self.customers.list()), [])
        self.refused(lambda: self.customers.update(created.id, {"name": "x"}), status=404, code="resource_missing")

    def test_pages_in_both_directions(self):
        made = [self.customers.create({"email": f"{at % 2}@example.com"}).id for at in range(7)][::-1]
        self.assertEqual(ids(self.customers.list({"limit": 3, "starting_after": made[2]})), made[3:6])
        back = self.customers.list({"limit": 2, "ending_before": made[5]})
        self.assertEqual(ids(back), made[3:5])
        self.assertTrue(back.has_more)
        walked = [row.id for row in self.customers.list({"limit": 2}).auto_paging_iter()]
        self.assertEqual(walked, made)
        backwards = [row.id for row in self.customers.list({"limit": 2, "ending_before": made[6]}).auto_paging_iter()]
        self.assertEqual(backwards, made[:6][::-1])
        self.assertEqual(len(self.customers.list({"email": "1@example.com"}).data), 3)

    def test_created_ranges(self):
        made = []
        for _ in range(3):
            made.append(self.customers.create())
            self.sandbox.advance(1000)
        first, second, third = made
        self.assertEqual(ids(self.customers.list({"created": {"gt": first.created, "lt": third.created}})), [second.id])
        self.assertEqual(ids(self.customers.list({"created": {"gte": second.created}})), [third.id, second.id])
        self.assertEqual(ids(self.customers.list({"created": first.created})), [first.id])

    def test_search(self):
        jenny = self.customers.create({"name": "Jenny Rosen", "email": "jenny@example.com", "metadata": {"plan": "gold"}})
        for _ in range(3):
            self.customers.create({"name": "Jane Smith"})
        found = self.customers.search({"query": 'email:"jenny@example.com" AND metadata["plan"]:"gold"'})
        self.assertEqual(found.object, "search_result")
        self.assertEqual(ids(found), [jenny.id])
        pages = self.customers.search({"query": 'name~"jane"', "limit": 2})
        self.assertEqual(len({row.id for row in pages.auto_paging_iter()}), 3)
        self.refused(lambda: self.customers.search({"query": "name:"}), status=400)

    def test_refusals_have_their_class_code_and_param(self):
        create = self.customers.create
        self.refused(lambda: create({"shoe_size": 44}), status=400, code="parameter_unknown", param="shoe_size")
        self.refused(lambda: create({"balance": "much"}), status=400, code="parameter_invalid_integer", param="balance")
        self.refused(lambda: create({"shipping": {"name": "J"}}), status=400, code="parameter_missing", param="shipping[address]")
        self.refused(lambda: self.customers.retrieve("cus_nothing"), status=404, code="resource_missing", param="id")
        self.refused(lambda: self.customers.list({"limit": 101}), status=400, param="limit")
        self.refused(lambda: self.customers.create({"metadata": {f"k{at}": "v" for at in range(51)}}), status=400)
        stranger = self.sandbox.connect(key="sk_test_short")
        self.refused(stranger.v1.customers.list, error=stripe.AuthenticationError, status=401)
        for key in (self.sandbox.publishable,):
            browser = self.sandbox.connect(key=key)
            self.refused(
                browser.v1.customers.list, error=(stripe.AuthenticationError, stripe.PermissionError, stripe.InvalidRequestError),
                code="secret_key_required")

    def test_every_answer_names_its_request_and_version(self):
        customer = self.customers.create()
        self.assertRegex(customer.last_response.request_id, r"^req_")
        self.assertEqual(customer.last_response.headers["stripe-version"], "2026-10-28.endive")

    def test_idempotency(self):
        options = {"idempotency_key": random_name(32)}
        first = self.customers.create({"name": "Jenny"}, options)
        second = self.customers.create({"name": "Jenny"}, options)
        self.assertEqual(second.id, first.id)
        self.assertEqual(second.last_response.headers["idempotent-replayed"], "true")
        self.refused(lambda: self.customers.create({"name": "Jane"}, options), error=stripe.IdempotencyError, status=400)
        self.assertEqual(len(self.customers.list().data), 1)


class Account(Case):
    def test_the_account_of_a_sandbox(self):
        sandbox = Sandbox()
        account = sandbox.v1.accounts.retrieve_current()
        self.assertEqual(account.object, "account")
        self.assertTrue(account.id.startswith("acct_"))
        named = sandbox.connect(stripe_account=account.id).v1.accounts.retrieve_current()
        self.assertEqual(named.id, account.id)


class Clocks(Case):
    def test_a_clock_from_beginning_to_end(self):
        sandbox = Sandbox()
        clocks = sandbox.v1.test_helpers.test_clocks
        clock = clocks.create({"frozen_time": START, "name": "Renewal"})
        self.assertEqual((clock.status, clock.frozen_time, clock.name), ("ready", START, "Renewal"))
        customer = sandbox.v1.customers.create({"test_clock": clock.id, "expand": ["test_clock"]})
        self.assertEqual(customer.test_clock.id, clock.id)
        self.assertEqual(ids(sandbox.v1.customers.list({"test_clock": clock.id})), [customer.id])
        self.assertEqual(ids(clocks.list()), [clock.id])
        moving = clocks.advance(clock.id, {"frozen_time": START + 86_400})
        self.assertEqual(moving.status, "advancing")
        eventually("the clock", lambda: clocks.retrieve(clock.id).status == "ready")
        self.assertEqual(clocks.retrieve(clock.id).frozen_time, START + 86_400)
        self.refused(lambda: clocks.advance(clock.id, {"frozen_time": START}), status=400, param="frozen_time")
        self.assertTrue(clocks.delete(clock.id).deleted)
        self.refused(lambda: clocks.retrieve(clock.id), status=404, code="resource_missing")
        self.assertTrue(sandbox.v1.customers.retrieve(customer.id).deleted)
