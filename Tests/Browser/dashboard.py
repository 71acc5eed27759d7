"""What the tests of the dashboard share: a shop with a server, a visitor without a browser, and browsers that are watched."""

import datetime
import functools
import html
import http.client
import json
import pathlib
import re
import sys
import unittest
import urllib.parse

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Reliability"))
import serving  # noqa: E402
from watching import Watch  # noqa: E402

PROGRAM = None  # the build of Corral that is tested; set by run.py
CHROMIUM = "/usr/bin/chromium"
ADMIN, MANAGER, PASSWORD = serving.USER, "maria", serving.PASSWORD
FORM = "application/x-www-form-urlencoded"

expect.set_options(timeout=10_000)


@functools.cache
def playwright():
    """The driver of the browser."""
    return sync_playwright().start()


@functools.cache
def browser():
    """The one browser of a run; each test has a context of its own in it."""
    return playwright().chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


def close_browser():
    """Ends what was started."""
    if browser.cache_info().currsize:
        browser().close()
    if playwright.cache_info().currsize:
        playwright().stop()


def iso(moment):
    """A moment as cart documents have it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def item(product=145, name="Tea", price=1800, **more):
    """One item of a cart document."""
    return {"product_id": product, "name": name, "unit_price": price, **more}


def exactly(text):
    """JSON with its members in their order and its numbers as they are spelt."""
    return json.loads(text, object_pairs_hook=list, parse_int=lambda text: ("number", text), parse_float=lambda text: ("number", text))


class Visitor:
    """Somebody who sends requests to the pages without a browser, and keeps the cookies: that of the session, and that of the form for
    signing in."""

    def __init__(self, server, address=None):
        self.server, self.cookie, self.form, self.token = server, None, None, None
        self.headers = {"X-Forwarded-For": address} if address else {}

    def get(self, path, **headers):
        """Status, headers and text of a page; its token is remembered."""
        return self._send("GET", path, None, headers)

    def post(self, path, fields=(), token=..., **headers):
        """The answer to a form. It is sent with the token of the last page, with another, or with None."""
        token = self.token if token is ... else token
        fields = [*(fields.items() if isinstance(fields, dict) else fields), *([("csrf", token)] if token is not None else [])]
        return self._send("POST", path, urllib.parse.urlencode(fields), {"Content-Type": FORM, **headers})

    def sign_in(self, name=ADMIN, password=PASSWORD):
        """Signs in; fails unless that works."""
        self.get("/sign-in")
        status, headers, text = self.post("/sign-in", {"name": name, "password": password, "next": "/carts"})
        if status != 303:
            raise serving.Failure(f"{name} cannot sign in: {status}\n{text[:2000]}")
        self.get(headers["Location"])
        return self

    def _send(self, method, path, body, headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()} | self.headers
        if cookies := [f"{name}={value}" for name, value in (("corral", self.cookie), ("corral-form", self.form)) if value]:
            headers["Cookie"] = "; ".join(cookies)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=serving.PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if found := re.match(r"corral=([0-9a-f]*);", cookie):
                self.cookie = found[1] or None
            elif found := re.match(r"corral-form=([0-9a-f]*);", cookie):
                self.form = found[1] or None
        if found := re.search(r'name="csrf" value="([0-9a-f]+)"', text):
            self.token = html.unescape(found[1])
        return answer.status, answer.headers, text


class Case(unittest.TestCase):
    """Tests over one store and one server; each test has a browser context of its own, which is watched."""

    settings = {}  # of the server, as environment variables
    longMessage = True

    @classmethod
    def setUpClass(cls):
        # So that tests can come from addresses of their own.
        cls.store = serving.Store(PROGRAM, CORRAL_SERVER_TRUSTED_PROXIES="127.0.0.1", **cls.settings)
        cls.addClassCleanup(cls.store.__exit__)
        cls.store.create_user()
        cls.key = cls.store.create_key(permissions="admin")
        cls.fill()
        cls.server = serving.Server(cls.store)
        # Looked up at the end: a test may have put another in its place.
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.visitor = Visitor(cls.server).sign_in()

    @classmethod
    def fill(cls):
        """Puts in what the tests of the class need."""

    @classmethod
    def load(cls, documents):
        """Imports cart documents."""
        cls.store.corral("import", "ndjson", "-", given="".join(json.dumps(each) + "\n" for each in documents))

    def api(self, method, path, document=None, key=None):
        """What the API answers to an administrator's key, or another; it must be a success."""
        body = None if document is None else json.dumps(document)
        status, _, answer = self.server.request(method, path, (key or self.key).authorization, body)
        self.assertLess(status, 300, f"{method} {path}: {answer[:500]}")
        return answer.decode()

    def stored(self):
        """The keys of all carts in the store."""
        lines = self.store.corral("carts", "export", "-").splitlines()
        return {json.loads(line)["key"] for line in lines if line.startswith("{")}

    def open(self, path=None, visitor=..., address=None, width=1280, height=900, **options):
        """A page in a context of its own, signed in as the administrator unless another visitor or None is given."""
        visitor = self.visitor if visitor is ... else visitor
        if address:
            options["extra_http_headers"] = {"X-Forwarded-For": address, **options.get("extra_http_headers", {})}
        context = browser().new_context(base_url=self.server.url, viewport={"width": width, "height": height}, **options)
        self.addCleanup(context.close)
        self.watch = Watch(context)
        self.addCleanup(self.settle, self.watch)
        if visitor:
            context.add_cookies([{"name": "corral", "value": visitor.cookie, "url": self.server.url}])
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    def settle(self, watch):
        """Fails if something happened on a page that must not."""
        if problems := watch.problems():
            self.fail("on the pages:\n" + "\n".join(problems))

    def sign_in(self, page, name=ADMIN, password=PASSWORD):
        """Fills in the form of the page and sends it."""
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()

    def heading(self, page, text):
        """Fails unless the page has this heading; what is quoted in it cannot change the direction of the rest."""
        text = text.replace("“", "“\u2068").replace("”", "\u2069”")
        expect(page.get_by_role("heading", level=1)).to_have_text(text)

    def shown_keys(self, page):
        """The keys of the carts in the list, in their order."""
        return [row.get_attribute("data-key") for row in page.locator("tr[data-key]").all()]
