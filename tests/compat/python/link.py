"""Links accounts as a person with script switched off does: page by page, form by form, over plain HTTP."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

from world import DIRECT

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    """An element of a page, with its words and elements in order."""

    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent, self.children = tag, attributes, parent, []

    def all(self, accepts):
        """Every element below that the predicate accepts, in document order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += ([child] if accepts(child) else []) + child.all(accepts)
        return found

    def closest(self, tag):
        """The nearest element above with the tag."""
        at = self.parent
        while at is not None and at.tag != tag:
            at = at.parent
        return at

    @property
    def text(self):
        """Its visible words, with single spaces."""
        if self.tag in ("script", "style", "head"):
            return ""
        return " ".join(" ".join(c if isinstance(c, str) else c.text for c in self.children).split())


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, url, status, html):
        super().__init__(convert_charrefs=True)
        self.url, self.status, self.html = url, status, html
        self.path = urllib.parse.urlsplit(url).path
        self.root = self.at = Element("#document", {}, None)
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        if tag not in EMPTY:
            self.at = element

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.at.tag == tag:
            self.at = self.at.parent

    def handle_endtag(self, tag):
        opened = self.at if self.at.tag == tag else self.at.closest(tag)
        if opened is not None and opened.parent is not None:
            self.at = opened.parent

    def handle_data(self, data):
        self.at.children.append(data)

    def label(self, control):
        """What a screen reader calls a control."""
        if control.attributes.get("aria-label"):
            return control.attributes["aria-label"]
        name = control.attributes.get("id")
        around = control.closest("label")
        if around is None and name:
            around = next(iter(self.root.all(lambda e: e.tag == "label" and e.attributes.get("for") == name)), None)
        return around.text if around is not None else control.text

    def forms(self):
        return self.root.all(lambda element: element.tag == "form")

    def form_to(self, ending):
        """The form that goes to an address with the given ending."""
        for form in self.forms():
            if form.attributes.get("action", "").split("?")[0].endswith(ending):
                return form
        return None

    def controls(self, form):
        """The controls of a form, those outside that name it included."""
        def belongs(element):
            if element.tag not in ("input", "button", "select", "textarea"):
                return False
            if "form" in element.attributes:
                return element.attributes["form"] == form.attributes.get("id")
            return element.closest("form") is form

        return self.root.all(belongs)

    def buttons(self, form):
        return [
            c for c in self.controls(form)
            if "disabled" not in c.attributes and (
                (c.tag == "button" and c.attributes.get("type", "submit") == "submit")
                or (c.tag == "input" and c.attributes.get("type") == "submit"))
        ]

    def choices(self, form):
        return [
            c for c in self.controls(form)
            if c.attributes.get("type") in ("checkbox", "radio") and "disabled" not in c.attributes
        ]

    def button(self, *texts):
        """The first submit button whose words contain one of the texts, with its form."""
        pairs = [(form, button) for form in self.forms() for button in self.buttons(form)]
        for text in texts:
            for form, button in pairs:
                if text in (self.label(button) or button.attributes.get("value", "")):
                    return form, button
        return None


class Person:
    """A browser without script: one page at a time, cookies kept, redirects followed."""

    def __init__(self):
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(
                http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))))
        self.page = None

    def open(self, address, data=None):
        address = urllib.parse.urljoin(self.page.url if self.page else DIRECT, address)
        request = urllib.request.Request(address, data=data, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})
        if data is not None and self.page:
            parts = urllib.parse.urlsplit(self.page.url)
            request.add_header("Origin", f"{parts.scheme}://{parts.netloc}")
        try:
            response = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            self.page = Page(response.geturl(), response.status, response.read().decode())
        assert self.page.status < 500, (address, self.page.status, self.page.html[:300])
        return self.page

    def submit(self, form, button=None, values=None, chosen=None):
        """Sends a form by a button, with values for named fields on top of what the page has filled in."""
        fields = []
        for control in self.page.controls(form):
            attributes = control.attributes
            name, kind = attributes.get("name"), attributes.get("type")
            if not name or "disabled" in attributes or control.tag == "button" or kind == "submit":
                continue
            if kind in ("checkbox", "radio"):
                if control in chosen if chosen is not None else "checked" in attributes:
                    fields.append((name, attributes.get("value", "on")))
            else:
                fields.append((name, (values or {}).get(name, attributes.get("value", ""))))
        if button is not None and button.attributes.get("name"):
            fields.append((button.attributes["name"], button.attributes.get("value", "")))
        own = button.attributes if button is not None else {}
        action = own.get("formaction") or form.attributes.get("action") or self.page.url
        text = urllib.parse.urlencode(fields)
        if form.attributes.get("method", "get").lower() == "post":
            return self.open(action, text.encode())
        return self.open(action.split("?")[0] + "?" + text)

    def press(self, *texts):
        found = self.page.button(*texts)
        assert found, (texts, self.page.url, self.page.root.text[:500])
        return self.submit(*found)

    def choose(self, form, wanted, *buttons):
        """Fills in a form with choices; false when nothing can be chosen."""
        chosen = [c for c in self.page.choices(form) if wanted(self.page.label(c))]
        if not chosen:
            return False
        if chosen[0].attributes["type"] == "radio":
            chosen = chosen[:1]
        own = self.page.buttons(form)
        named = [b for b in own if any(text in self.page.label(b) for text in buttons)]
        self.submit(form, (named or own)[0], chosen=chosen)
        return True


def anything(_name):
    return True


def _choose_bank(person, flow, name):
    person.open(f"{flow}?q={urllib.parse.quote(name)}")
    found = person.page.button(name)
    if found:
        person.submit(*found)
        return
    form = person.page.form_to("/institution")
    assert form is not None, person.page.root.text[:500]
    assert person.choose(form, lambda label: name in label, "Continue"), person.page.root.text[:500]


def _visit_bank(person, flow, deny):
    page = person.open(f"{flow}/bank")
    for _ in range(8):
        if page.path.startswith("/connections/"):
            break
        password = page.root.all(lambda e: e.attributes.get("type") == "password")
        choosing = [form for form in page.forms() if page.choices(form)]
        if password:
            form = password[0].closest("form")
            user = next(c for c in page.controls(form)
                        if c.tag == "input" and c.attributes.get("type", "text") in ("text", "email"))
            button = next(b for b in page.buttons(form) if "Log in" in page.label(b))
            person.submit(form, button, {user.attributes["name"]: "jenny", password[0].attributes["name"]: "rosen"})
        elif deny:
            person.press("Cancel", "Deny")
        elif choosing:
            assert person.choose(choosing[0], anything, "Continue", "Agree and share")
        else:
            person.press("Agree and share", "Continue")
        page = person.page
    assert page.path.startswith("/connections/"), page.root.text[:500]
    person.open(flow)


def walk(person, flow, institution="Bank (OAuth)", accounts=anything, deny=False):
    """Goes to the success pane, or to the pane where the flow cannot go on; true when accounts were linked."""
    person.open(flow)
    visited = False
    for _ in range(10):
        page = person.page
        if page.form_to("/agree") is not None:
            person.press("Agree and continue")
        elif page.form_to("/done") is not None:
            return True
        elif visited and page.form_to("/accounts") is not None:
            if not person.choose(page.form_to("/accounts"), accounts, "Connect"):
                return False
        elif not visited and page.form_to("/institution") is not None:
            _choose_bank(person, flow, institution)
        elif not visited and f"{urllib.parse.urlsplit(flow).path}/bank" in page.html:
            visited = True
            _visit_bank(person, flow, deny)
        else:
            return False
    raise AssertionError(f"the flow does not end: {person.page.root.text[:500]}")


def open_flow(sandbox, client_secret):
    """Opens a flow as the browser SDK does; its address."""
    status, _, body = sandbox.call(
        "POST", "/drawbridge/v1/connections/flows", {"client_secret": client_secret},
        key=sandbox.publishable, at=DIRECT, headers={"Origin": "http://shop.example"})
    assert status == 200, body
    return body["url"]


class Linked:
    """What linking gave: the session with its accounts, the holder, and whether it worked."""

    def __init__(self, session, customer, done):
        self.session, self.customer, self.done = session, customer, done
        self.accounts = session.accounts.data

    def one(self, subcategory):
        """The first account of a kind, such as `checking`."""
        return next(account for account in self.accounts if account.subcategory == subcategory)


def link(sandbox, *, institution="Bank (OAuth)", accounts=anything, deny=False, **params):
    """Creates a session for a new customer and links accounts in it."""
    customer = sandbox.v1.customers.create({"name": "Jenny Rosen", "email": "jenny@example.com"})
    sessions = sandbox.v1.financial_connections.sessions
    created = sessions.create({
        "account_holder": {"type": "customer", "customer": customer.id},
        "permissions": ["payment_method", "balances", "ownership", "transactions"],
        **params,
    })
    person = Person()
    done = walk(person, open_flow(sandbox, created.client_secret), institution, accounts, deny)
    if done:
        person.press("Done")
    # What prefetch asked for has run once the clock was told to move.
    sandbox.advance(1)
    return Linked(sessions.retrieve(created.id), customer, done)
