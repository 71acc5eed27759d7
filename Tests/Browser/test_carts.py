"""The list of carts: what it finds, in which order, on which page, and as a file."""

import csv
import datetime
import io
import json
import re

import dashboard
import sample
from dashboard import expect


class CartsTests(dashboard.Case):
    settings = sample.SETTINGS

    @classmethod
    def fill(cls):
        cls.now = dashboard.now()
        cls.carts = sample.documents(cls.now)
        cls.load(cls.carts)

    def setUp(self):
        self.page = None

    def found(self, rule):
        return {cart["key"] for cart in self.carts if rule(cart)}

    def check(self, page, keys, of=None):
        """Fails unless the list shows these carts and says how many they are."""
        if not keys:
            return expect(page.get_by_role("heading", name="No cart matches these filters")).to_be_visible()
        expect(page.locator(".table-range")).to_have_text(re.compile(f"of {len(keys) if of is None else of} carts"))
        self.assertEqual(set(self.shown_keys(page)), keys)

    def ask(self, fields, keys):
        """Fills in the form: it must find these carts, which are neither none nor all, and keep what was typed."""
        with self.subTest(fields):
            self.assertTrue(0 < len(keys) < sample.COUNT, f"{len(keys)} carts prove nothing")
            page = self.page = self.page or self.open()
            page.goto("/carts?per_page=100")
            self.enter(page, fields)
            page.get_by_role("button", name="Show carts").click()
            expect(page.locator(".chips")).to_be_visible()
            self.check(page, keys)
            for label, value in fields.items():
                field = page.get_by_label(label, exact=True)
                if value is True:
                    expect(field).to_be_checked()
                elif field.evaluate("(field) => field.localName") == "select":
                    self.assertEqual(field.locator("option:checked").inner_text(), value)
                else:
                    expect(field).to_have_value(value)

    def enter(self, page, fields):
        page.locator("#d-filters > summary").click()
        for label, value in fields.items():
            field = page.get_by_label(label, exact=True)
            if value is True:
                field.check()
            elif field.evaluate("(field) => field.localName") == "select":
                field.select_option(label=value)
            else:
                field.fill(value)

    def test_search(self):
        self.ask({"Search": "LAST0"}, self.found(lambda cart: "Last0" in sample.name(cart)))
        self.ask({"Search": "@mail."}, self.found(lambda cart: "@mail." in sample.email(cart)))
        self.ask({"Search": "sample-3"}, self.found(lambda cart: "sample-3" in cart["key"]))

    def test_state(self):
        for state in ["active", "abandoned", "recovered", "converted", "expired"]:
            self.ask({"State": state.capitalize()}, self.found(lambda cart: sample.state(cart, self.now) == state))

    def test_texts(self):
        self.ask({"Customer’s name": "firsta"}, self.found(lambda cart: "FirstA" in sample.name(cart)))
        self.ask({"Customer’s e-mail": "shopper1"}, self.found(lambda cart: "shopper1" in sample.email(cart)))
        self.ask({"Source": "till"}, self.found(lambda cart: cart["source"] == "till"))
        self.ask({"Store id": "2"}, self.found(lambda cart: cart["store_id"] == 2))

    def test_choices(self):
        self.ask({"Customers": "Guests"}, self.found(lambda cart: cart["owner"]["type"] == "guest"))
        self.ask({"Customers": "Registered customers"}, self.found(lambda cart: cart["owner"]["type"] == "customer"))
        self.ask({"Holds": "Items to buy"}, self.found(sample.products))
        self.ask({"Holds": "A wish list"}, self.found(lambda cart: cart["items"] and not sample.products(cart)))
        self.ask({"Holds": "Nothing"}, self.found(lambda cart: not cart["items"]))
        self.ask({"Only carts with a name, e-mail or phone number": True}, self.found(sample.name))

    def test_numbers(self):
        total = lambda cart: cart["totals"]["total"]  # noqa: E731
        self.ask({"Total from": "500"}, self.found(lambda cart: total(cart) >= 50000))
        self.ask({"Total to": "99.99"}, self.found(lambda cart: total(cart) <= 9999))
        self.ask({"Total from": "100", "Total to": "200.00"}, self.found(lambda cart: 10000 <= total(cart) <= 20000))
        self.ask({"Product ids": "100"}, self.found(lambda cart: 100 in sample.products(cart)))
        self.ask({"Product ids": "200, 105"}, self.found(lambda cart: {200, 105} <= sample.products(cart)))

    def test_periods(self):
        day = datetime.timedelta(days=1)
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        for label, begin, end in [
            ("Last 24 hours", self.now - day, self.now), ("Last 7 days", self.now - 7 * day, self.now), ("Today", midnight, self.now),
            ("Yesterday", midnight - day, midnight), ("This week", midnight - midnight.weekday() * day, self.now),
        ]:
            keys = self.found(lambda cart: dashboard.iso(begin) <= cart["updated"] < dashboard.iso(end))
            if keys:
                self.ask({"Changed": label}, keys)
        first, last = midnight - 9 * day, midnight - 4 * day
        keys = self.found(lambda cart: dashboard.iso(first) <= cart["updated"] < dashboard.iso(last + day))
        self.ask({"Changed": "Between two dates", "From": f"{first:%Y-%m-%d}", "To": f"{last:%Y-%m-%d}"}, keys)

    def test_several_at_once_and_one_taken_away(self):
        page = self.open("/carts?per_page=100")
        self.enter(page, {"State": "Abandoned", "Customers": "Guests", "Total from": "300"})
        page.get_by_role("button", name="Show carts").click()
        expect(page.locator(".chip")).to_have_count(3)
        rules = [
            lambda cart: sample.state(cart, self.now) == "abandoned", lambda cart: cart["owner"]["type"] == "guest",
            lambda cart: cart["totals"]["total"] >= 30000,
        ]
        self.check(page, self.found(lambda cart: all(rule(cart) for rule in rules)))
        page.locator(".chip", has_text="Customers").click()
        expect(page.locator(".chip")).to_have_count(2)
        self.check(page, self.found(lambda cart: rules[0](cart) and rules[2](cart)))
        page.get_by_role("link", name="Clear all").click()
        expect(page.locator(".chip")).to_have_count(0)
        self.assertTrue(page.url.endswith("/carts"))

    def test_nothing_found(self):
        page = self.open("/carts?search=nobody-has-this")
        self.check(page, set())
        page.get_by_role("link", name="Show all carts").click()
        expect(page.locator(".table-range")).to_have_text(f"1–25 of {sample.COUNT} carts")

    def test_what_is_not_understood_is_told(self):
        page = self.open()
        for query, message in [
            ("total_min=cheap", "The total must be a number"), ("product_ids=tea", "Product ids must be whole numbers"),
            ("store_id=0", "The store must be a whole number"), ("state=sleepy", "The state is none of the five"),
            ("period=custom&time_from=1.5.2026", "A date must look like"), ("period=someday", "The period is none of those"),
        ]:
            page.goto("/carts?" + query)
            expect(page.get_by_role("alert")).to_contain_text(message)
            expect(page.get_by_role("button", name="Delete all")).to_have_count(0)

    def test_orders(self):
        page = self.open("/carts?per_page=100")
        orders = {
            "Customer": (sample.by_name, False), "Total": (lambda cart: cart["totals"]["total"], True),
            "Changed": (lambda cart: cart["updated"], True), "Expires": (lambda cart: cart["expires"], False),
        }
        for label, (order, is_reversed) in orders.items():
            heading = page.get_by_role("columnheader", name=label)
            for reverse in [is_reversed, not is_reversed]:
                # By the time of the change is how the list begins.
                if not (label == "Changed" and reverse and heading.get_attribute("aria-sort") == "descending"):
                    heading.get_by_role("link").click()
                expect(heading).to_have_attribute("aria-sort", "descending" if reverse else "ascending")
                wanted = [cart["key"] for cart in sorted(self.carts, key=order, reverse=reverse)]
                self.assertEqual(self.shown_keys(page), wanted, f"{label}, {'down' if reverse else 'up'}")

    def test_pages(self):
        newest = [cart["key"] for cart in self.carts]
        page = self.open("/carts")
        self.assertEqual(self.shown_keys(page), newest[:25])
        page.get_by_role("link", name="Next").click()
        expect(page.locator(".table-range")).to_have_text("26–50 of 60 carts")
        self.assertEqual(self.shown_keys(page), newest[25:50])
        page.get_by_role("link", name="Page 3").click()
        expect(page.locator(".table-range")).to_have_text("51–60 of 60 carts")
        self.assertEqual(self.shown_keys(page), newest[50:])
        expect(page.get_by_role("link", name="Next")).to_have_count(0)
        page.get_by_role("link", name="Previous").click()
        expect(page.get_by_role("link", name="Page 2")).to_have_attribute("aria-current", "page")
        page.get_by_role("list", name="Rows").get_by_role("link", name="10", exact=True).click()
        expect(page.locator(".table-range")).to_have_text("1–10 of 60 carts")
        self.assertEqual(self.shown_keys(page), newest[:10])
        page.goto("/carts?page=99&per_page=50")
        expect(page.locator(".table-range")).to_have_text("51–60 of 60 carts")

    def test_files_hold_what_the_filter_finds(self):
        page = self.open("/carts?search=last1&per_page=10&sort=total")
        keys = self.found(lambda cart: "Last1" in sample.name(cart))
        # A file in place of a page: the browser stays where it is.
        self.watch.expect("request: net::ERR_ABORTED GET .*/carts/export")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        self.assertRegex(download.value.suggested_filename, r"\.csv$")
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(), newline="")))
        self.assertEqual({row["key"] for row in rows}, keys)
        self.assertEqual({row["key"]: row["state"] for row in rows}, self.states(keys))
        with page.expect_download() as download:
            page.get_by_role("link", name="NDJSON").click()
        self.assertRegex(download.value.suggested_filename, r"\.ndjson$")
        lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]
        self.assertEqual({line["key"] for line in lines}, keys)
        self.assertEqual(len(lines), len(rows))

    def states(self, keys):
        return {cart["key"]: sample.state(cart, self.now) for cart in self.carts if cart["key"] in keys}

    def test_opening_one(self):
        page = self.open("/carts?search=sample-02")
        page.get_by_role("rowheader").get_by_role("link").click()
        self.heading(page, sample.name(self.carts[2]))
        expect(page.locator("#cart-key")).to_have_text("sample-02")
