"""Event destinations and thin events, received and parsed by the SDK."""

import stripe

from link import link
from world import Case, Receiver, Sandbox, eventually, ids

CONNECTION = "v1.financial_connections.account"


def destination(sandbox, url, **changes):
    """A destination of thin events, with its secret."""
    return sandbox.client.v2.core.event_destinations.create({
        "name": "Shop", "type": "webhook_endpoint", "event_payload": "thin", "enabled_events": ["v1.customer.created"],
        "webhook_endpoint": {"url": url}, "include": ["webhook_endpoint.signing_secret", "webhook_endpoint.url"], **changes,
    })


def parsed(sandbox, delivery, made):
    """What an application's handler makes of a request."""
    body, headers = delivery
    secret = made.webhook_endpoint.signing_secret
    return sandbox.client.parse_event_notification(body, headers["Stripe-Signature"], secret)


class Destinations(Case):
    def test_a_destination_from_beginning_to_end(self):
        sandbox = Sandbox()
        api = sandbox.client.v2.core.event_destinations
        made = destination(sandbox, "http://127.0.0.1:9/hooks", metadata={"a": "1"})
        self.assertTrue(made.webhook_endpoint.signing_secret.startswith("whsec_"))
        kept = api.retrieve(made.id, {"include": ["webhook_endpoint.url"]})
        self.assertEqual(kept.webhook_endpoint.url, "http://127.0.0.1:9/hooks")
        self.assertNotIn("signing_secret", kept.webhook_endpoint)
        changed = api.update(made.id, {"name": "Other", "metadata": {"b": "2"}, "enabled_events": ["*"]})
        self.assertEqual((changed.name, changed.metadata.to_dict()), ("Other", {"a": "1", "b": "2"}))
        self.assertEqual(api.disable(made.id).status_details.disabled.reason, "user")
        self.assertEqual(api.enable(made.id).status, "enabled")
        others = [destination(sandbox, "http://127.0.0.1:9/hooks").id for _ in range(3)]
        walked = [row.id for row in api.list({"limit": 2}).auto_paging_iter()]
        self.assertEqual(walked, [*reversed(others), made.id])
        self.assertEqual(api.delete(made.id).id, made.id)
        self.refused(lambda: api.retrieve(made.id), status=404, code="not_found")
        wrong = lambda: destination(sandbox, "nowhere")
        self.refused(wrong, status=400, code="invalid_fields", param="webhook_endpoint.url")


class ThinEvents(Case):
    def test_a_notification_leads_to_its_event_and_its_object(self):
        sandbox = Sandbox()
        shop = Receiver(self)
        made = destination(sandbox, shop.url)
        customer = sandbox.v1.customers.create({"name": "Jenny 🚲"}, {"idempotency_key": "jenny"})
        delivery = shop.wait(1)[0]
        seen = parsed(sandbox, delivery, made)
        self.assertIsInstance(seen, stripe.events.V1CustomerCreatedEventNotification)
        self.assertEqual(seen.reason.request.idempotency_key, "jenny")
        self.assertEqual(seen.related_object.url, f"/v1/customers/{customer.id}")
        self.assertEqual(seen.fetch_related_object().name, "Jenny 🚲")
        event = seen.fetch_event()
        self.assertEqual((event.id, event.type), (seen.id, "v1.customer.created"))
        self.assertEqual(event.fetch_related_object().id, customer.id)
        self.assertEqual(ids(sandbox.client.v2.core.events.list({"object_id": customer.id})), [seen.id])
        with self.assertRaises(stripe.SignatureVerificationError):
            sandbox.client.parse_event_notification(delivery[0], delivery[1]["Stripe-Signature"], "whsec_wrong")

    def test_a_linked_account_and_its_refresh(self):
        sandbox = Sandbox()
        shop = Receiver(self)
        made = destination(sandbox, shop.url, enabled_events=["*"])
        account = link(sandbox, institution="Ownership Accounts", permissions=["balances"]).accounts[0]
        sandbox.v1.financial_connections.accounts.refresh(account.id, {"features": ["balance"]})

        def ended():
            seen = [parsed(sandbox, delivery, made) for delivery in list(shop.received)]
            return next((one for one in seen if one.type == f"{CONNECTION}.balance_refresh_succeeded"), None)

        seen = eventually("the end of the refresh", ended)
        self.assertIsInstance(seen, stripe.events.V1FinancialConnectionsAccountBalanceRefreshSucceededEventNotification)
        self.assertEqual(seen.fetch_related_object().balance_refresh.status, "succeeded")

    def test_a_ping(self):
        sandbox = Sandbox()
        shop = Receiver(self)
        made = destination(sandbox, shop.url)
        answered = sandbox.client.v2.core.event_destinations.ping(made.id)
        seen = parsed(sandbox, shop.wait(1)[0], made)
        self.assertEqual((seen.id, seen.type), (answered.id, "v2.core.event_destination.ping"))
        self.assertEqual(seen.fetch_related_object().id, made.id)
