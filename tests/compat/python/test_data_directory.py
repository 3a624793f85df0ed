"""The program on data that it cannot use: it says so in one line and ends, or goes on reading, and loses nothing."""

import contextlib
import os
import pathlib
import pwd
import re
import selectors
import shutil
import signal
import sqlite3
import subprocess
import tempfile

from world import Case, Sandbox

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(
    os.environ.get("DRAWBRIDGE_BINARY") or ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/drawbridge")
PATIENCE = 30
"""Seconds within which the program listens or ends."""
IS_ROOT = os.geteuid() == 0
FULL_AFTER = 600
"""So many large customers fill any of the small disks here."""


class Program:
    """A running server with data of its own."""

    def __init__(self, binary, data, **options):
        self.process = subprocess.Popen(
            command(binary, data), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.address = None
        self.printed = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while self.address is None and selector.select(PATIENCE):
                read = os.read(self.process.stdout.fileno(), 65_536)
                if not read:
                    break
                self.printed += read
                found = re.search(rb"listening on (\S+)\n", self.printed)
                self.address = found and found[1].decode()

    def stop(self, number=signal.SIGTERM):
        """Ends it; its exit code and what it wrote to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, complaints.decode()


def command(binary, data):
    return [str(binary), "serve", "--listen", "127.0.0.1:0", "--data", str(data)]


def environment():
    """That of this process, without what would lead the program elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DRAWBRIDGE_")}


class DataDirectory(Case):
    def setUp(self):
        self.assertTrue(BINARY.exists(), f"{BINARY} is not there: cargo build -p server")
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="drawbridge-data-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.home.chmod(0o755)
        self.data = self.home / "data"
        self.binary = BINARY
        self.someone = {}
        if IS_ROOT:
            # Root may write everywhere, so somebody else runs the program, from where they can reach it.
            nobody = pwd.getpwnam("nobody")
            self.someone = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self.binary = self.home / "drawbridge"

    def as_someone(self):
        if IS_ROOT and not self.binary.exists():
            shutil.copy2(BINARY, self.binary)
            self.binary.chmod(0o755)
        return self.someone

    def start(self, **options):
        program = Program(self.binary if options else BINARY, self.data, **options)
        self.addCleanup(program.stop, signal.SIGKILL)
        if program.address is None:
            self.fail(f"the server did not start: {program.stop()[1]}")
        return program

    def refusal(self, **options):
        """The one line with which the program refuses to start."""
        run = subprocess.run(
            command(self.binary if options else BINARY, self.data), env=environment(), capture_output=True, timeout=PATIENCE,
            check=False, **options)
        said = run.stderr.decode()
        self.assertEqual(run.returncode, 1, said)
        self.assertNotIn("panicked", said)
        self.assertNotIn(b"listening", run.stdout)
        lines = [line for line in said.splitlines() if line.startswith("drawbridge: ")]
        self.assertEqual(len(lines), 1, said)
        return lines[0]

    def fill(self, program, sandbox, count=3):
        """Makes customers; their ids, oldest first."""
        made = []
        for number in range(count):
            status, _, body = sandbox.call("POST", "/v1/customers", {"name": f"c{number}"}, at=program.address)
            self.assertEqual(status, 200, body)
            made.append(body["id"])
        return made

    def kept(self, program, sandbox):
        """Ids of all customers, oldest first."""
        found, after = [], {}
        while True:
            status, _, page = sandbox.call("GET", "/v1/customers", {"limit": 100, **after}, at=program.address)
            self.assertEqual(status, 200, page)
            found += [row["id"] for row in page["data"]]
            if not page["has_more"]:
                return found[::-1]
            after = {"starting_after": found[-1]}

    def test_a_file_where_the_directory_should_be(self):
        self.data.write_text("something else")
        said = self.refusal()
        self.assertIn(f"{self.data} is a file", said)
        self.assertEqual(self.data.read_text(), "something else")

    def test_a_directory_where_nothing_can_be_made(self):
        self.data.mkdir(mode=0o555)
        said = self.refusal(**self.as_someone())
        self.assertIn(str(self.data), said)
        self.assertIn("ermission denied", said)
        self.assertEqual(list(self.data.iterdir()), [])

    def test_data_that_may_only_be_read(self):
        sandbox = Sandbox()
        first = self.start()
        made = self.fill(first, sandbox)
        self.assertEqual(first.stop()[0], 0)
        with self.read_only():
            said = self.refusal(**self.as_someone())
            self.assertIn("no right to the database", said)
            self.assertIn(str(self.data), said)
        again = self.start()
        self.assertEqual(self.kept(again, sandbox), made)
        self.assertEqual(len(self.fill(again, sandbox)), 3)

    @contextlib.contextmanager
    def read_only(self):
        everything = [self.data, *self.data.iterdir()]
        before = {path: path.stat().st_mode for path in everything}
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            yield
        finally:
            for path, mode in before.items():
                path.chmod(mode)

    def test_data_of_a_newer_program(self):
        sandbox = Sandbox()
        first = self.start()
        made = self.fill(first, sandbox)
        self.assertEqual(first.stop()[0], 0)
        self.change(
            "insert into schema_migrations (version, name, checksum) select 9999, 'of tomorrow', max(checksum) from schema_migrations")
        before = (self.data / "drawbridge.db").read_bytes()
        said = self.refusal()
        for part in ("9999", "newer"):
            self.assertIn(part, said)
        self.assertEqual((self.data / "drawbridge.db").read_bytes(), before, "it is left as it was")
        self.change("delete from schema_migrations where version = 9999")
        self.assertEqual(self.kept(self.start(), sandbox), made)

    def change(self, sql):
        with contextlib.closing(sqlite3.connect(self.data / "drawbridge.db")) as database:
            database.execute(sql)
            database.commit()

    def test_a_file_that_is_no_database(self):
        self.data.mkdir()
        (self.data / "drawbridge.db").write_bytes(b"not a database, but long enough to be looked at " * 100)
        before = (self.data / "drawbridge.db").read_bytes()
        said = self.refusal()
        self.assertIn("database", said)
        self.assertEqual((self.data / "drawbridge.db").read_bytes(), before)

    def test_a_disk_that_is_full_before_anything_is_there(self):
        self.mount("64k")
        self.assertIn("full", self.refusal())
        self.mount("64m", "remount,")
        self.assertEqual(self.kept(self.start(), Sandbox()), [])

    def test_a_disk_that_becomes_full_under_way(self):
        self.mount("4m")
        sandbox, program = Sandbox(), self.start()
        made = self.fill(program, sandbox)
        made += self.fill_up(program, sandbox)
        for _ in range(3):
            self.assertEqual(self.kept(program, sandbox), made, "reads go on")
            status, headers, body = self.large(program, sandbox)
            self.assertEqual((status, body["error"]["type"]), (503, "api_error"))
            self.assertEqual(headers["Stripe-Should-Retry"], "true")
        # Even a crash on the full disk takes nothing away. It may start there again or say why not.
        program.stop(signal.SIGKILL)
        crowded = Program(BINARY, self.data)
        if crowded.address is None:
            code, said = crowded.stop()
            self.assertEqual(code, 1, said)
            self.assertIn("full", said)
        else:
            self.assertEqual(self.kept(crowded, sandbox), made)
            crowded.stop(signal.SIGKILL)
        self.mount("64m", "remount,")
        again = self.start()
        self.assertEqual(self.kept(again, sandbox), made)
        self.assertEqual(self.large(again, sandbox)[0], 200)

    def test_a_disk_that_has_room_again(self):
        self.mount("4m")
        sandbox, program = Sandbox(), self.start()
        made = self.fill(program, sandbox)
        made += self.fill_up(program, sandbox)
        self.mount("64m", "remount,")
        status, _, body = self.large(program, sandbox)
        self.assertEqual(status, 200, body)
        self.assertEqual(self.kept(program, sandbox), [*made, body["id"]])
        self.assertEqual(program.stop()[0], 0)
        self.assertEqual(self.kept(self.start(), sandbox), [*made, body["id"]])

    def large(self, program, sandbox):
        """Makes a customer that takes some room."""
        params = {f"metadata[key{number}]": "x" * 500 for number in range(50)}
        return sandbox.call("POST", "/v1/customers", params, at=program.address)

    def fill_up(self, program, sandbox):
        """Makes customers until there is no room; the ids of those that were acknowledged."""
        made = []
        for _ in range(FULL_AFTER):
            status, _, body = self.large(program, sandbox)
            if status == 503:
                return made
            self.assertEqual(status, 200, body)
            made.append(body["id"])
        return self.fail("the disk does not become full")

    def mount(self, size, how=""):
        """A disk of this size at the data directory, or that disk with another size."""
        self.data.mkdir(exist_ok=True)
        if not IS_ROOT:
            self.skipTest("skipped: only root can mount a small disk")
        run = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"{how}size={size}", "tmpfs", str(self.data)], capture_output=True, check=False)
        if run.returncode != 0:
            self.skipTest(f"skipped: no small disk can be mounted here: {run.stderr.decode().strip()}")
        if not how:
            self.addCleanup(subprocess.run, ["umount", "--lazy", str(self.data)], check=False)
