"""What stands beside payments: methods, tokens, sources, refunds, disputes, the balance, files, what pages get."""

import io

from payments import AGREED, Payer, linked_method, numbers
from world import Case, Sandbox, ids

PNG = b"\x89PNG\r\n\x1a\nrest"


class Methods(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.v1 = self.sandbox.v1

    def test_payment_methods(self):
        method = linked_method(self.sandbox)
        customer = self.v1.customers.create({"name": "Jenny Rosen"}).id
        self.assertEqual(self.v1.payment_methods.attach(method.id, {"customer": customer}).customer, customer)
        updated = self.v1.payment_methods.update(method.id, {"metadata": {"a": "1"}})
        self.assertEqual(self.v1.payment_methods.retrieve(method.id).to_dict(), updated.to_dict())
        self.assertEqual(ids(self.v1.payment_methods.list({"customer": customer})), [method.id])
        own = self.v1.customers.payment_methods
        self.assertEqual(ids(own.list(customer)), [method.id])
        self.assertEqual(own.retrieve(customer, method.id).to_dict(), updated.to_dict())
        self.assertIsNone(self.v1.payment_methods.detach(method.id).customer)
        self.refused(lambda: self.v1.payment_methods.create(numbers(routing="110000001")), status=400, code="routing_number_invalid")

    def test_tokens_and_sources(self):
        token = self.v1.tokens.create({"bank_account": {
            "country": "US", "routing_number": "110000000", "account_number": "000123456789", "account_holder_name": "Jenny Rosen",
        }})
        self.assertFalse(token.used)
        customer = self.v1.customers.create().id
        sources = self.v1.customers.payment_sources
        source = sources.create(customer, {"source": token.id})
        self.assertTrue(self.v1.tokens.retrieve(token.id).used)
        changed = sources.update(customer, source.id, {"metadata": {"a": "1"}})
        self.assertEqual(sources.retrieve(customer, source.id).to_dict(), changed.to_dict())
        self.assertEqual(sources.verify(customer, source.id, {"amounts": [32, 45]}).status, "verified")
        self.assertEqual(ids(sources.list(customer)), [source.id])
        self.assertTrue(sources.delete(customer, source.id).deleted)


class Money(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.v1 = self.sandbox.v1

    def test_refunds_and_the_balance(self):
        paid = Payer(self.sandbox).paid()
        refund = self.v1.refunds.create({"payment_intent": paid.id, "amount": 500})
        self.assertEqual(refund.pending_reason, "processing")
        self.v1.refunds.update(refund.id, {"metadata": {"a": "1"}})
        self.assertEqual(ids(self.v1.refunds.list({"charge": paid.latest_charge.id})), [refund.id])
        self.refused(lambda: self.v1.refunds.cancel(refund.id), status=400, code="status_transition_invalid")
        self.sandbox.advance(7 * 86_400)
        self.assertEqual(self.v1.refunds.retrieve(refund.id).status, "succeeded")
        lines = self.v1.balance_transactions.list().data
        self.assertEqual([line.type for line in lines], ["payment_refund", "payment"])
        self.assertEqual(self.v1.balance_transactions.retrieve(lines[0].id).source, refund.id)
        balance = self.v1.balance.retrieve()
        held = sum(own.amount for own in [*balance.available, *balance.pending])
        self.assertEqual(held, sum(line.net for line in lines))

    def test_disputes(self):
        paid = Payer(self.sandbox, "000555555559").paid()
        self.sandbox.advance(60)
        disputes = self.v1.disputes.list({"payment_intent": paid.id})
        dispute = disputes.data[0]
        self.assertEqual((dispute.status, dispute.reason), ("lost", "debit_not_authorized"))
        updated = self.v1.disputes.update(dispute.id, {"metadata": {"a": "1"}})
        self.assertEqual(self.v1.disputes.retrieve(dispute.id).to_dict(), updated.to_dict())
        self.refused(lambda: self.v1.disputes.close(dispute.id), status=400)
        self.refused(lambda: self.v1.refunds.create({"payment_intent": paid.id}), status=400, code="refund_disputed_payment")


class Beside(Case):
    def setUp(self):
        self.sandbox = Sandbox()
        self.v1 = self.sandbox.v1

    def test_files_and_links(self):
        content = io.BytesIO(PNG)
        content.name = "receipt.png"
        made = self.v1.files.create({"purpose": "dispute_evidence", "file": content})
        self.assertEqual((made.filename, made.size), ("receipt.png", len(PNG)))
        self.assertEqual(self.v1.files.retrieve(made.id).to_dict(), made.to_dict())
        self.assertEqual(ids(self.v1.files.list()), [made.id])
        link = self.v1.file_links.create({"file": made.id})
        self.assertTrue(self.v1.file_links.update(link.id, {"expires_at": "now"}).expired)
        self.assertEqual(self.v1.file_links.retrieve(link.id).file, made.id)
        self.assertEqual(ids(self.v1.file_links.list()), [link.id])

    def test_configurations(self):
        configurations = self.v1.payment_method_configurations
        own = configurations.create({"name": "Shop"})
        intent = self.v1.payment_intents.create({"amount": 2000, "currency": "usd", "payment_method_configuration": own.id})
        self.assertEqual(intent.payment_method_configuration_details.id, own.id)
        off = configurations.update(own.id, {"us_bank_account": {"display_preference": {"preference": "off"}}})
        self.assertFalse(off.us_bank_account.available)
        self.assertEqual(configurations.retrieve(own.id).to_dict(), off.to_dict())
        self.assertEqual(len(configurations.list().data), 2)

    def test_sessions_and_keys_of_customers(self):
        customer = self.v1.customers.create().id
        session = self.v1.customer_sessions.create({"customer": customer, "components": {"payment_element": {"enabled": True}}})
        self.assertTrue(session.client_secret)
        key = self.v1.ephemeral_keys.create({"customer": customer}, {"stripe_version": "2026-10-28.endive"})
        self.assertTrue(key.secret.startswith("ek_test_"))
        self.assertEqual(self.v1.ephemeral_keys.delete(key.id).id, key.id)

    def test_confirmation_tokens(self):
        method = linked_method(self.sandbox)
        token = self.v1.test_helpers.confirmation_tokens.create({"payment_method": method.id})
        done = self.v1.payment_intents.create({
            "amount": 2000, "currency": "usd", "confirm": True, "confirmation_token": token.id, "mandate_data": AGREED,
        })
        self.assertEqual(done.status, "processing")
        self.assertEqual(self.v1.confirmation_tokens.retrieve(token.id).payment_intent, done.id)
