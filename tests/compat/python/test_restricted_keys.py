"""Restricted keys through the SDK: reading allowed, writing refused with the SDK's class for missing rights."""

import stripe

from link import link
from world import Case, Sandbox, ids


class RestrictedKeys(Case):
    def denied(self, call, resource):
        """Asserts that a call is refused because its key lacks a right to a resource."""
        error = self.refused(call, error=stripe.PermissionError, status=403)
        self.assertIn(resource, str(error))

    def test_reading_is_allowed_and_writing_is_not(self):
        sandbox = Sandbox()
        made = sandbox.v1.customers.create({"name": "Jenny"})
        customers = sandbox.restricted(customers="read").v1.customers
        self.assertEqual(customers.retrieve(made.id).name, "Jenny")
        self.assertEqual(ids(customers.list()), [made.id])
        self.assertEqual(ids(customers.search({"query": 'name:"nobody"'})), [])
        self.denied(lambda: customers.create({"name": "Jane"}), "customers")
        self.denied(lambda: customers.update(made.id, {"name": "Jane"}), "customers")
        self.denied(lambda: customers.delete(made.id), "customers")
        self.assertEqual([row.name for row in customers.list().data], ["Jenny"], "nothing was done")

    def test_writing_includes_reading_of_the_same_resource_only(self):
        sandbox = Sandbox()
        writer = sandbox.restricted(customers="write", events="none").v1
        made = writer.customers.create({"name": "Jenny"})
        self.assertEqual(writer.customers.update(made.id, {"name": "Jane"}).name, "Jane")
        self.assertEqual(writer.customers.retrieve(made.id).name, "Jane")
        self.denied(writer.events.list, "events")
        self.denied(writer.webhook_endpoints.list, "webhook_endpoints")
        self.denied(writer.accounts.retrieve_current, "accounts")
        self.denied(writer.test_helpers.test_clocks.list, "test_clocks")
        self.denied(writer.financial_connections.accounts.list, "financial_connections")
        self.assertTrue(writer.customers.delete(made.id).deleted)

    def test_bank_data_can_be_read_by_a_key_that_cannot_ask_for_more(self):
        sandbox = Sandbox()
        linked = link(sandbox, prefetch=["transactions"])
        account = linked.one("checking").id
        reader = sandbox.restricted(financial_connections="read").v1.financial_connections
        self.assertEqual(reader.accounts.retrieve(account).id, account)
        self.assertTrue(reader.transactions.list({"account": account}).data)
        for call in (
            lambda: reader.accounts.refresh(account, {"features": ["balance"]}),
            lambda: reader.accounts.subscribe(account, {"features": ["transactions"]}),
            lambda: reader.accounts.disconnect(account),
            lambda: reader.sessions.create({
                "account_holder": {"type": "customer", "customer": linked.customer.id}, "permissions": ["balances"]}),
        ):
            self.denied(call, "financial_connections")
        self.assertEqual(reader.accounts.retrieve(account).status, "active")
