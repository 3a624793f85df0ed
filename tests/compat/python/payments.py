"""Bank accounts to pay from, and payments as far as a test needs them."""

from link import link

DEPOSITS = [32, 45]
"""What arrives of small deposits in a sandbox, in cents."""

AGREED = {"customer_acceptance": {"type": "offline"}}
"""The payer has agreed, not on a page of ours."""


def numbers(account="000123456789", routing="110000000"):
    """Typed account numbers, as a payment method or as the data of one."""
    return {
        "type": "us_bank_account",
        "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"},
        "us_bank_account": {"routing_number": routing, "account_number": account, "account_holder_type": "individual"},
    }


def linked_method(sandbox):
    """The payment method of an account that was just linked: verified."""
    linked = link(sandbox, permissions=["payment_method"])
    account = next(account for account in linked.accounts if account.subcategory == "checking")
    return sandbox.v1.payment_methods.create({
        "type": "us_bank_account", "billing_details": {"name": "Jenny Rosen"},
        "us_bank_account": {"financial_connections_account": account.id},
    })


class Payer:
    """A customer with a verified bank account that may be debited again and again, set up by small deposits."""

    def __init__(self, sandbox, account="000123456789"):
        self.sandbox, self.v1 = sandbox, sandbox.v1
        self.customer = self.v1.customers.create({"name": "Jenny Rosen"}).id
        waiting = self.v1.setup_intents.create({
            "customer": self.customer, "payment_method_data": numbers(account), "confirm": True, "mandate_data": AGREED,
        })
        done = self.v1.setup_intents.verify_microdeposits(waiting.id, {"amounts": DEPOSITS})
        self.setup, self.method, self.mandate = done.id, done.payment_method, done.mandate

    def debit(self, **params):
        """A payment that was confirmed just now."""
        return self.v1.payment_intents.create({
            "amount": 2000, "currency": "usd", "customer": self.customer, "payment_method": self.method,
            "confirm": True, "off_session": True, **params,
        })

    def paid(self, **params):
        """A payment that has arrived, with its charge in full."""
        made = self.debit(**params)
        self.sandbox.advance(60)
        return self.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
