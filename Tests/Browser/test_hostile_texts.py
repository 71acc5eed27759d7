"""Texts of strangers on every page: they are shown as they are, and nothing of them runs."""

import json
import urllib.parse

import dashboard
import hostile
from dashboard import expect
from hostile import NAME, TEXTS

FIELDS = [
    "search", "state", "period", "time_from", "time_to", "name", "email", "users_type", "content", "total_min", "total_max", "product_ids",
    "source", "store_id", "with_contact", "page", "per_page", "sort", "order", "deleted", "unknown",
]


class HostileTextTests(dashboard.Case):
    # So that the overview names the products.
    settings = {"CORRAL_CARTS_ABANDONED_AFTER": "1s", "CORRAL_SWEEP_ENABLED": "false"}

    @classmethod
    def fill(cls):
        cls.carts = [hostile.cart(place, text) for place, text in enumerate(TEXTS)]
        cls.load(cls.carts)
        cls.store.create_user(NAME, hostile.EMAIL)
        descriptions = [hostile.cut(text, hostile.LONGEST_DESCRIPTION) for text in TEXTS]
        cls.descriptions = [text for text in descriptions if "\u0001" not in text]
        for text in cls.descriptions[:4]:
            cls.store.corral("keys", "create", "--user", NAME, "--permissions", "read_write", f"--description={text}")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visitor = dashboard.Visitor(cls.server).sign_in(NAME)
        for text in TEXTS:
            # What programs say of themselves comes into logs and the audit trail.
            header = urllib.parse.quote(text, safe="<>\"'=(){} /;&#:%")
            headers = {"User-Agent": header, "Origin": header, "Referer": header, "X-Forwarded-For": header, "X-Request-ID": header}
            cls.server.request("GET", "/v1/carts", headers=headers)
            cls.server.request("POST", "/v1/carts/delete", cls.key.authorization, "{}", headers=headers)
            cls.server.request("GET", "/" + urllib.parse.quote(text), headers=headers)

    def setUp(self):
        # Nothing but the escaping stands between the texts and the browser here.
        self.page = self.open(bypass_csp=True)

    def visit(self, path, page=None):
        """Opens a page and does what a reader may do there."""
        page = page or self.page
        page.goto(path)
        self.assertEqual(page.evaluate(hostile.PROVOKE), [], path)
        return page

    def shows(self, locator, text):
        """Fails unless the element holds the text as it is."""
        self.assertEqual(locator.first.evaluate("(element) => element.value ?? element.textContent"), text)

    def test_list_and_overview(self):
        page = self.visit("/carts?per_page=100")
        for cart in self.carts:
            row = page.locator(f'tr[data-key="{cart["key"]}"]')
            text = cart["source"]
            self.shows(row.locator("th bdi"), f"{text} {text}")
            self.shows(row.locator(".under bdi"), text)
            self.shows(row.locator('[data-label="Source"]'), text)
        page = self.visit("/")
        names = page.locator("tr[data-key] th a bdi").all_text_contents()
        self.assertTrue(names and set(names) <= {f"{text} {text}" for text in TEXTS}, names)
        products = page.locator(".ranks bdi").all_text_contents()
        self.assertTrue(products and set(products) <= set(TEXTS), products)
        expect(page.locator(".account-name")).to_contain_text(NAME)

    def test_policy_has_nothing_to_refuse(self):
        page = self.open()
        for path in ["/carts?per_page=100", "/", "/keys", "/audit", "/settings", *(f"/carts/{cart['key']}" for cart in self.carts[::4])]:
            self.visit(path, page)

    def test_carts(self):
        for cart in self.carts:
            text = cart["source"]
            with self.subTest(text):
                page = self.visit(f"/carts/{cart['key']}")
                self.shows(page.locator("h1 bdi"), f"{text} {text}")
                self.assertEqual(page.locator(".product").all_text_contents(), [text] * 3)
                # Names of attributes are shown as words.
                self.shows(page.locator("th .under bdi").nth(1), text)
                self.shows(page.locator(".ids bdi"), text)
                self.shows(page.locator(".sums code"), text)
                self.shows(page.locator(".sums dt bdi").last, text)
                self.shows(page.locator("address bdi").nth(1), text)
                facts = page.get_by_role("region", name="Facts").locator("dd").all_text_contents()
                self.assertIn(text, facts)
                self.assertIn(hostile.cut(text, hostile.LONGEST_ADDRESS), facts)
                document = json.loads(page.locator("#json-native").text_content())
                self.assertEqual(document["items"][0]["variation"], {text: text})
        page.keyboard.press("Tab")
        page.locator("th .under").first.hover()

    def test_deletion(self):
        for cart in self.carts[::3]:
            page = self.visit(f"/carts/{cart['key']}")
            page.get_by_role("button", name="Delete cart").click()
            self.assertEqual(page.evaluate(hostile.PROVOKE), [])
            self.shows(page.locator(".names bdi"), f"{cart['source']} {cart['source']}")

    def test_fields_of_the_list(self):
        for text in TEXTS:
            with self.subTest(text):
                # The server drops what surrounds a text, and addresses have a longest length.
                text = hostile.cut(text, 200).strip(" ")
                page = self.visit("/carts?" + urllib.parse.urlencode(dict.fromkeys(FIELDS, text)))
                for label in ["Search", "Customer’s name", "Source", "Product ids"]:
                    self.shows(page.get_by_label(label, exact=True), text)
                self.assertGreaterEqual(page.locator(".chip bdi").all_text_contents().count(text), 4)

    def test_found_by_what_they_hold(self):
        for cart in self.carts[::5]:
            page = self.visit("/carts?" + urllib.parse.urlencode({"source": cart["source"]}))
            page.get_by_role("button", name="Delete all").click()
            self.assertEqual(page.evaluate(hostile.PROVOKE), [])
            expect(page.locator(".lede")).to_contain_text(cart["source"].strip("\u2028\u2029")[:20])

    def test_other_addresses(self):
        self.watch.allow("status of (400|404)")
        for text in TEXTS[::2]:
            part = urllib.parse.quote(text, safe="")
            for path in [
                f"/audit?actor={part}&action={part}&subject={part}&from={part}&to={part}&cursor={part}", f"/keys/1?done={part}",
                f"/settings?done={part}", f"/carts/{part}", f"/keys/{part}", f"/carts/export?state={part}", f"/carts?{part}={part}",
            ]:
                self.visit(path)
        page = self.visit("/audit?actor=" + urllib.parse.quote(TEXTS[19]))
        self.shows(page.get_by_label("Who"), TEXTS[19])

    def test_signing_in(self):
        page = self.open(visitor=None, bypass_csp=True)
        for text in TEXTS:
            self.visit("/sign-in?" + urllib.parse.urlencode({"next": "/carts?search=" + text, "ended": text, "out": text}), page)
        self.watch.expect("status of 401")
        self.sign_in(page, TEXTS[16], TEXTS[16])
        self.assertEqual(page.evaluate(hostile.PROVOKE), [])
        self.assertEqual(page.get_by_label("Name").input_value(), TEXTS[16])

    def test_keys(self):
        page = self.page
        for text in self.descriptions[4::4]:
            page.goto("/keys")
            page.get_by_label("What is it for?").fill(text)
            page.get_by_label("User").select_option(NAME)
            page.get_by_role("button", name="Create key").click()
            expect(page.locator("#h-secret")).to_be_visible()
            self.assertEqual(page.evaluate(hostile.PROVOKE), [])
            expect(page.locator("#h-secret")).to_contain_text(text[:20])
        page = self.visit("/keys")
        shown = page.locator("table.keys th bdi").all_text_contents()
        self.assertTrue({text.strip(" ") for text in self.descriptions[:4] + self.descriptions[4::4]} <= set(shown), shown)
        for row in page.locator("table.keys th a").all()[:6]:
            self.visit(row.get_attribute("href"), self.open(bypass_csp=True))

    def test_form_that_comes_back(self):
        page = self.page
        self.watch.expect("status of 422")
        for text in TEXTS[::4]:
            page.goto("/keys")
            page.get_by_label("What is it for?").fill(text)
            page.get_by_label("Store id").fill(text)
            page.get_by_label("Allowed addresses").fill(text)
            page.get_by_role("button", name="Create key").click()
            expect(page.get_by_role("alert")).to_be_visible()
            self.assertEqual(page.evaluate(hostile.PROVOKE), [])
            self.shows(page.get_by_label("Allowed addresses"), text)

    def test_audit_trail(self):
        for path in ["/audit", "/audit?action=user.sign_in", "/audit?action=key.create", "/audit?action=request.refused", "/settings"]:
            page = self.visit(path)
        page = self.visit("/audit?action=user.create")
        expect(page.locator("table.audit")).to_contain_text(NAME)
