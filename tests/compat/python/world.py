"""A world of its own for every test: a private sandbox, its clients, its clock."""

import json
import os
import secrets
import string
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe

BASE = os.environ.get("DRAWBRIDGE_URL", "http://127.0.0.1:12111")
"""Where the suites connect: the checking proxy when there is one, else the server."""

DIRECT = os.environ.get("DRAWBRIDGE_DIRECT", BASE)
"""The server itself, for calls on older API versions that the contract of today does not describe."""

DAY = 86_400


def random_name(length=24):
    """Random letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


class Sandbox:
    """One private, empty sandbox."""

    def __init__(self):
        rest = random_name()
        self.secret = f"sk_test_{rest}"
        self.publishable = f"pk_test_{rest}"
        self.client = self.connect()
        self.v1 = self.client.v1

    def connect(self, key=None, at=BASE, **options):
        """An official client."""
        return stripe.StripeClient(
            key or self.secret, base_addresses={"api": at, "files": at}, max_network_retries=0, **options
        )

    def call(self, method, path, params=None, key=None, at=BASE, headers=None):
        """A request without the SDK: status, headers and the decoded body."""
        text = urllib.parse.urlencode(params or {})
        in_query = method in ("GET", "DELETE")
        request = urllib.request.Request(
            at + path + (f"?{text}" if in_query and text else ""),
            method=method,
            data=None if in_query else text.encode(),
            headers={"Authorization": f"Bearer {key or self.secret}", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.headers, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, json.loads(error.read() or b"null")

    def restricted(self, **permissions):
        """An official client with a new restricted key that may do what is named: `customers="read"`."""
        params = {f"permissions[{name}]": right for name, right in permissions.items()}
        status, _, body = self.call("POST", "/drawbridge/v1/api_keys", {"type": "restricted", **params})
        if status != 200:
            raise AssertionError(body)
        return self.connect(key=body["key"])

    def advance(self, seconds):
        """Moves the sandbox's clock; everything that became due has run when this returns."""
        status, _, body = self.call("POST", "/drawbridge/v1/clock/advance", {"seconds": seconds})
        if status != 200:
            raise AssertionError(body)


def eventually(what, probe, patience=30):
    """Waits until `probe` returns something true, and returns that."""
    end = time.monotonic() + patience
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"gave up waiting for {what}")
        time.sleep(0.04)


def ids(page):
    """Ids of a list, in order."""
    return [row.id for row in page.data]


class Case(unittest.TestCase):
    """A test with assertions about refusals."""

    def refused(self, call, *, error=stripe.InvalidRequestError, **expected):
        """Asserts that a call is refused: the class of the error, and any of status, code, param."""
        with self.assertRaises(error) as caught:
            call()
        seen = {
            "status": caught.exception.http_status,
            "code": caught.exception.error.code,
            "param": getattr(caught.exception, "param", None),
        }
        for name, value in expected.items():
            self.assertEqual(seen[name], value, f"{name} of {seen}: {caught.exception}")
        self.assertTrue(caught.exception.request_id)
        return caught.exception


class Receiver:
    """A web server of a merchant that takes webhooks and remembers them."""

    def __init__(self, case, answer=lambda count: 200):
        self.received = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                received.append((body, self.headers))
                self.send_response(answer(len(received)))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()

        def close():
            server.shutdown()
            thread.join()
            server.server_close()

        case.addCleanup(close)
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"

    def wait(self, count):
        """Waits until at least so many deliveries have come, and returns them."""
        return eventually(f"{count} deliveries", lambda: len(self.received) >= count and self.received)
