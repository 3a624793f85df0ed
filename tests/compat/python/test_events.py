"""Events and webhooks."""

import json

import stripe

from world import Case, Receiver, Sandbox, eventually, ids


class Events(Case):
    def test_changes_are_events_and_events_are_found(self):
        sandbox = Sandbox()
        created = sandbox.v1.customers.create({"name": "Jenny"})
        sandbox.advance(1000)
        sandbox.v1.customers.update(created.id, {"name": "Jane"})
        sandbox.advance(1000)
        sandbox.v1.customers.delete(created.id)
        events = sandbox.v1.events
        rows = events.list().data
        self.assertEqual([row.type for row in rows], ["customer.deleted", "customer.updated", "customer.created"])
        updated = events.retrieve(rows[1].id)
        self.assertEqual(updated.data.object.name, "Jane")
        self.assertEqual(updated.data.previous_attributes["name"], "Jenny")
        self.assertEqual(ids(events.list({"type": "customer.updated"})), [rows[1].id])
        self.assertEqual(ids(events.list({"types": ["customer.created", "customer.deleted"]})), [rows[2].id, rows[0].id][::-1])
        self.assertEqual(len(events.list({"type": "customer.*", "created": {"gte": rows[1].created}}).data), 2)
        self.refused(lambda: events.list({"type": "a.b", "types": ["c.d"]}), status=400)
        self.refused(lambda: events.retrieve("evt_nothing"), status=404, code="resource_missing")


class Webhooks(Case):
    def test_an_endpoint_from_beginning_to_end(self):
        endpoints = Sandbox().v1.webhook_endpoints
        made = endpoints.create({"url": "http://127.0.0.1:9/hooks", "enabled_events": ["customer.created"], "description": "mine"})
        self.assertTrue(made.secret.startswith("whsec_"))
        kept = endpoints.retrieve(made.id)
        self.assertNotIn("secret", kept)
        self.assertEqual((kept.status, kept.description), ("enabled", "mine"))
        changed = endpoints.update(made.id, {"disabled": True, "enabled_events": ["*"], "metadata": {"a": "1"}})
        self.assertEqual((changed.status, changed.enabled_events), ("disabled", ["*"]))
        self.assertEqual(ids(endpoints.list({"limit": 1})), [made.id])
        self.assertTrue(endpoints.delete(made.id).deleted)
        self.refused(lambda: endpoints.retrieve(made.id), status=404, code="resource_missing")
        self.refused(lambda: endpoints.create({"enabled_events": ["*"]}), status=400, code="parameter_missing", param="url")

    def test_deliveries_are_signed(self):
        sandbox = Sandbox()
        shop = Receiver(self)
        endpoint = sandbox.v1.webhook_endpoints.create({"url": shop.url, "enabled_events": ["customer.created"]})
        customer = sandbox.v1.customers.create({"name": "Jenny 🚲"})
        body, headers = shop.wait(1)[0]
        signature = headers["Stripe-Signature"]
        event = sandbox.client.construct_event(body, signature, endpoint.secret)
        self.assertEqual(event.type, "customer.created")
        self.assertEqual(event.data.object.id, customer.id)
        self.assertEqual(event.data.object.name, "Jenny 🚲")
        with self.assertRaises(stripe.SignatureVerificationError):
            sandbox.client.construct_event(body, signature, "whsec_wrong")
        eventually("no pending webhooks", lambda: sandbox.v1.events.retrieve(event.id).pending_webhooks == 0)
        self.assertEqual(ids(sandbox.v1.events.list({"delivery_success": True})), [event.id])

    def test_what_was_refused_is_tried_again(self):
        sandbox = Sandbox()
        shop = Receiver(self, lambda count: 500 if count < 2 else 200)
        sandbox.v1.webhook_endpoints.create({"url": shop.url, "enabled_events": ["customer.created"]})
        sandbox.v1.customers.create()
        shop.wait(1)
        for _ in range(30):
            if len(shop.received) >= 2:
                break
            sandbox.advance(3600)
        self.assertEqual(len(shop.received), 2)
        first, second = (json.loads(body) for body, _ in shop.received)
        self.assertEqual(first["id"], second["id"])
