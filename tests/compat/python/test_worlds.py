"""A world that a test states, with the official SDK as the guide shows it."""

from link import link
from world import DIRECT, Case, Sandbox


class Worlds(Case):
    def test_what_is_stated_is_linked_and_read(self):
        sandbox = Sandbox()
        client = sandbox.connect(at=DIRECT)

        def say(path, **params):
            return client.raw_request("post", f"/drawbridge/v1/testbank{path}", **params).data

        bank = say("/institutions", name="Riverside Bank")
        jenny = say("/people", institution=bank["id"], username="jenny", name="Jenny Rosen")
        account = say(
            "/accounts", institution=bank["id"], owners=[jenny["id"]], type="savings", name="Rainy days", balance=100000
        )
        rows = [{"amount": -1250, "description": "Tea house"}]
        imported = say(f"/accounts/{account['id']}/transactions/import", transactions=rows)
        self.assertEqual((imported["added"], imported["account"]["balance"]), (1, 98750))
        linked = link(sandbox, institution="Riverside Bank", prefetch=["balances"])
        fca = linked.one("savings")
        self.assertEqual(fca.institution_name, "Riverside Bank")
        self.assertEqual(fca.balance.current.to_dict(), {"usd": 98750})
