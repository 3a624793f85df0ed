"""Payments: intents, charges, setups, mandates, refusals, the types that a version takes."""

import json

import stripe

from payments import AGREED, DEPOSITS, Payer, linked_method, numbers
from world import DIRECT, Case, Receiver, Sandbox, ids


class Payments(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.v1 = self.sandbox.v1
        self.intents = self.v1.payment_intents

    def test_a_linked_account_pays(self):
        method = linked_method(self.sandbox)
        made = self.intents.create({"amount": 1000, "currency": "usd"})
        self.assertEqual(made.status, "requires_payment_method")
        updated = self.intents.update(made.id, {"amount": 2000, "payment_method": method.id, "metadata": {"order": "6735"}})
        self.assertEqual(updated.status, "requires_confirmation")
        confirmed = self.intents.confirm(made.id, {"mandate_data": AGREED, "expand": ["latest_charge"]})
        self.assertEqual(confirmed.status, "processing")
        self.assertEqual(confirmed.latest_charge.status, "pending")
        self.sandbox.advance(60)
        done = self.intents.retrieve(made.id, {"expand": ["latest_charge.balance_transaction"]})
        self.assertEqual(done.status, "succeeded")
        self.assertEqual(done.latest_charge.balance_transaction.amount, 2000)
        bank = done.latest_charge.payment_method_details.us_bank_account
        self.assertRegex(bank.payment_reference, r"^\d{15}$")
        self.assertEqual(self.v1.mandates.retrieve(bank.mandate).payment_method, method.id)
        self.assertEqual(ids(self.intents.list()), [made.id])
        self.assertEqual(ids(self.intents.search({"query": 'metadata["order"]:"6735"'})), [made.id])
        charge = done.latest_charge.id
        self.assertEqual(ids(self.v1.charges.list({"payment_intent": made.id})), [charge])
        self.assertEqual(ids(self.v1.charges.search({"query": 'metadata["order"]:"6735"'})), [charge])
        noted = self.v1.charges.update(charge, {"description": "Rockets"})
        self.assertEqual(self.v1.charges.retrieve(charge).to_dict(), noted.to_dict())

    def test_small_deposits_verify_typed_numbers(self):
        waiting = self.intents.create({
            "amount": 2000, "currency": "usd", "payment_method_data": numbers(), "confirm": True, "mandate_data": AGREED,
        })
        self.assertEqual(waiting.next_action.type, "verify_with_microdeposits")
        verify = self.intents.verify_microdeposits
        self.refused(lambda: verify(waiting.id, {"amounts": [1, 2]}), status=400,
                     code="payment_method_microdeposit_verification_amounts_mismatch")
        self.assertEqual(verify(waiting.id, {"descriptor_code": "SM11AA"}).status, "processing")

    def test_cancel(self):
        made = self.intents.create({"amount": 2000, "currency": "usd"})
        self.assertEqual(self.intents.cancel(made.id, {"cancellation_reason": "abandoned"}).status, "canceled")
        self.refused(lambda: self.intents.cancel(made.id), status=400, code="payment_intent_unexpected_state")

    def test_returns_and_blocks(self):
        payer = Payer(self.sandbox, "000111111113")
        made = payer.debit()
        self.sandbox.advance(60)
        failed = self.intents.retrieve(made.id)
        self.assertEqual(failed.status, "requires_payment_method")
        self.assertEqual(failed.last_payment_error.code, "account_closed")
        error = self.refused(lambda: payer.debit(mandate_data=AGREED), error=stripe.CardError, status=402, code="bank_account_unusable")
        self.assertEqual(error.error.payment_intent.status, "requires_payment_method")
        self.assertEqual(self.v1.charges.retrieve(error.error.charge).status, "failed")

    def test_a_charge_without_an_intent(self):
        customer = self.v1.customers.create({"source": "btok_us_verified"})
        made = self.v1.charges.create({"amount": 1500, "currency": "usd", "customer": customer.id})
        self.sandbox.advance(60)
        self.assertEqual(self.v1.charges.retrieve(made.id).status, "succeeded")

    def test_types_by_version(self):
        params = {"amount": 2000, "currency": "usd", "payment_method_types": ["us_bank_account"]}
        self.refused(lambda: self.intents.create(params), status=400, code="payment_method_types_no_longer_supported")
        older = self.sandbox.connect(at=DIRECT, stripe_version="2026-08-26.dahlia").v1
        self.assertEqual(older.payment_intents.create(params).payment_method_types, ["us_bank_account"])

    def test_the_same_request_twice_is_one_payment(self):
        payer = Payer(self.sandbox)
        params = {"amount": 2000, "currency": "usd", "customer": payer.customer, "payment_method": payer.method, "confirm": True}
        first, second = (self.intents.create(params, {"idempotency_key": "order-1"}) for _ in range(2))
        self.assertEqual(first.id, second.id)
        self.refused(lambda: self.intents.create({**params, "amount": 1}, {"idempotency_key": "order-1"}),
                     error=stripe.IdempotencyError, status=400)

    def test_the_life_of_a_payment_is_told(self):
        shop = Receiver(self)
        endpoint = self.v1.webhook_endpoints.create({
            "url": shop.url, "enabled_events": ["payment_intent.processing", "charge.succeeded", "payment_intent.succeeded"],
        })
        made = Payer(self.sandbox).debit()
        self.sandbox.advance(60)
        heard = [
            self.sandbox.client.construct_event(body, headers["Stripe-Signature"], endpoint.secret)
            for body, headers in shop.wait(3)
        ]
        self.assertEqual({event.type for event in heard}, {"payment_intent.processing", "charge.succeeded", "payment_intent.succeeded"})
        last = next(event for event in heard if event.type == "payment_intent.succeeded")
        self.assertEqual(last.data.object.id, made.id)
        body = shop.received[0][0]
        with self.assertRaises(stripe.SignatureVerificationError):
            self.sandbox.client.construct_event(body, shop.received[0][1]["Stripe-Signature"], "whsec_wrong")
        self.assertEqual(json.loads(body)["livemode"], False)


class Setups(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.v1 = self.sandbox.v1
        self.setups = self.v1.setup_intents

    def test_from_nothing_to_a_mandate(self):
        method = linked_method(self.sandbox)
        made = self.setups.create()
        self.assertEqual(self.setups.update(made.id, {"description": "Rent"}).description, "Rent")
        done = self.setups.confirm(made.id, {"payment_method": method.id, "mandate_data": AGREED})
        self.assertEqual(done.status, "succeeded")
        self.assertEqual(self.v1.mandates.retrieve(done.mandate).status, "active")
        attempts = self.v1.setup_attempts.list({"setup_intent": made.id})
        self.assertEqual(ids(attempts), [done.latest_attempt])
        self.assertEqual(self.setups.retrieve(made.id).to_dict(), done.to_dict())
        other = self.setups.create()
        self.assertEqual(self.setups.cancel(other.id).status, "canceled")
        self.assertEqual(ids(self.setups.list()), [other.id, made.id])

    def test_small_deposits(self):
        waiting = self.setups.create({"payment_method_data": numbers(), "confirm": True, "mandate_data": AGREED})
        self.assertEqual(waiting.status, "requires_action")
        self.refused(lambda: self.setups.verify_microdeposits(waiting.id, {"descriptor_code": "SM33CC"}), status=400,
                     code="payment_method_microdeposit_verification_attempts_exceeded")
        again = self.setups.confirm(waiting.id, {"payment_method_data": numbers("000222222227"), "mandate_data": AGREED})
        self.assertEqual(self.setups.verify_microdeposits(again.id, {"amounts": DEPOSITS}).status, "succeeded")
