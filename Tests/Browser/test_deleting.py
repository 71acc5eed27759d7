"""Deleting carts from the list: what is selected, what the filter finds, and what changes meanwhile."""

import datetime
import re

import dashboard
from dashboard import expect, item

MANY = 130


class DeletingTests(dashboard.Case):
    settings = {"CORRAL_SWEEP_ENABLED": "false"}

    def setUp(self):
        self.prefix = self.id().rsplit("_", 1)[1]  # the last word of the name, another for each test
        now = dashboard.now()
        # The newest first, as the list has them.
        self.keys = [f"{self.prefix}-{place:03}" for place in range(60)]
        self.load([
            {
                "key": key, "customer": {"first_name": self.prefix.capitalize(), "last_name": f"Number{place:02}"}, "items": [item()],
                "source": self.prefix, "updated": dashboard.iso(now - datetime.timedelta(minutes=place)),
            } for place, key in enumerate(self.keys)
        ])
        self.list = f"/carts?source={self.prefix}"

    def tick(self, page, key):
        page.locator(f'tr[data-key="{key}"]').get_by_role("checkbox").check()

    def bar(self, page, text):
        expect(page.locator(".bulk-count")).to_have_text(re.compile(text), use_inner_text=True)

    def own(self):
        """The carts of this test that still stand."""
        return {key for key in self.stored() if key.startswith(self.prefix)}

    def test_selection_stays_on_other_pages(self):
        page = self.open(self.list)
        expect(page.get_by_role("button", name="Delete selected")).to_be_disabled()
        self.tick(page, self.keys[0])
        self.tick(page, self.keys[3])
        self.bar(page, "^2 selected ")
        page.get_by_role("link", name="Next").click()
        self.bar(page, "^2 selected, 2 on other pages")
        self.tick(page, self.keys[30])
        self.bar(page, "^3 selected, 2 on other pages")
        page.get_by_role("link", name="Previous").click()
        expect(page.locator("tbody input:checked")).to_have_count(2)
        page.get_by_role("button", name="Delete selected").click()
        self.heading(page, "Delete 3 carts?")
        expect(page.locator(".names li")).to_have_count(3)
        self.assertEqual(len(self.own()), 60)
        page.get_by_role("button", name="Delete 3 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("3 carts were deleted.")
        expect(page.locator(".bulk-count")).to_be_hidden()
        self.assertEqual(self.own(), set(self.keys) - {self.keys[0], self.keys[3], self.keys[30]})

    def test_whole_page_and_clear(self):
        page = self.open(self.list)
        page.get_by_label("Select all carts of this page").check()
        self.bar(page, "^25 selected ")
        self.tick_off(page, self.keys[1])
        self.bar(page, "^24 selected ")
        self.assertTrue(page.get_by_label("Select all carts of this page").evaluate("(box) => box.indeterminate"))
        page.get_by_role("button", name="Clear", exact=True).click()
        expect(page.locator("tbody input:checked")).to_have_count(0)
        expect(page.get_by_role("button", name="Delete selected")).to_be_disabled()

    def tick_off(self, page, key):
        page.locator(f'tr[data-key="{key}"]').get_by_role("checkbox").uncheck()

    def test_cancel(self):
        page = self.open(self.list + "&page=2")
        self.tick(page, self.keys[25])
        page.get_by_role("button", name="Delete selected").click()
        self.heading(page, "Delete 1 cart?")
        page.get_by_role("link", name="Cancel").click()
        self.assertTrue(page.url.endswith(self.list + "&page=2"), page.url)
        self.bar(page, "^1 selected ")
        self.assertEqual(len(self.own()), 60)

    def test_one_from_its_page(self):
        page = self.open(f"/carts/{self.keys[7]}")
        page.get_by_role("button", name="Delete cart").click()
        self.heading(page, "Delete 1 cart?")
        expect(page.locator(".names")).to_contain_text("Number07")
        page.get_by_role("link", name="Cancel").click()
        self.heading(page, f"{self.prefix.capitalize()} Number07")
        page.get_by_role("button", name="Delete cart").click()
        page.get_by_role("button", name="Delete 1 cart").click()
        expect(page.get_by_role("status").first).to_contain_text("1 cart was deleted.")
        self.assertEqual(self.own(), set(self.keys) - {self.keys[7]})
        self.watch.expect("status of 404")
        page.goto(f"/carts/{self.keys[7]}")
        self.heading(page, "There is no such cart")

    def test_few_that_are_found(self):
        page = self.open(f"{self.list}&name=number1")
        page.get_by_role("button", name="Delete all 10 found…").click()
        self.heading(page, "Delete 10 carts?")
        expect(page.locator(".lede")).to_contain_text("source ")
        expect(page.locator(".names")).to_contain_text("and 5 more")
        page.get_by_role("button", name="Delete 10 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("10 carts were deleted.")
        self.assertEqual(self.own(), {key for key in self.keys if not key.startswith(f"{self.prefix}-01")})

    def many(self):
        """So many carts that their number must be typed."""
        self.keys = [f"{self.prefix}-{place:03}" for place in range(MANY)]
        self.load([{"key": key, "items": [item()], "source": self.prefix} for key in self.keys])
        return self.open(self.list)

    def test_number_must_be_typed(self):
        page = self.many()
        page.get_by_role("button", name=f"Delete all {MANY} found…").click()
        button = page.get_by_role("button", name=f"Delete {MANY} carts")
        button.click()
        # The browser asks for the field to be filled in.
        self.heading(page, f"Delete {MANY} carts?")
        self.watch.expect("status of 422")
        page.get_by_label("To go on, type").fill("12")
        button.click()
        expect(page.get_by_role("alert")).to_have_text("The number that you typed is not the number of carts.")
        self.assertEqual(len(self.own()), MANY)
        page.get_by_label("To go on, type").fill(str(MANY))
        button.click()
        expect(page.get_by_role("status").first).to_contain_text(f"{MANY} carts were deleted.")
        self.assertEqual(self.own(), set())

    def test_many_that_are_selected(self):
        page = self.many()
        page.goto(self.list + "&per_page=100")
        page.get_by_label("Select all carts of this page").check()
        page.get_by_role("button", name="Delete selected").click()
        self.heading(page, "Delete 100 carts?")
        page.get_by_label("To go on, type").fill("100")
        page.get_by_role("button", name="Delete 100 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("100 carts were deleted.")
        self.assertEqual(len(self.own()), MANY - 100)

    def test_one_more_comes_meanwhile(self):
        page = self.open(self.list)
        page.get_by_role("button", name="Delete all 60 found…").click()
        self.heading(page, "Delete 60 carts?")
        self.api("PUT", f"/v1/carts/{self.prefix}-new", {"items": [item()], "source": self.prefix})
        self.watch.expect("status of 422")
        page.get_by_role("button", name="Delete 60 carts").click()
        expect(page.get_by_role("alert")).to_contain_text("More carts match now.")
        self.assertEqual(self.own(), {*self.keys, f"{self.prefix}-new"})
        self.heading(page, "Delete 61 carts?")
        page.get_by_role("button", name="Delete 61 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("61 carts were deleted.")
        self.assertEqual(self.own(), set())

    def test_one_goes_meanwhile(self):
        page = self.open(self.list)
        page.get_by_role("button", name="Delete all 60 found…").click()
        self.api("DELETE", f"/v1/carts/{self.keys[0]}")
        page.get_by_role("button", name="Delete 60 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("59 carts were deleted.")
        self.assertEqual(self.own(), set())

    def test_filter_that_is_changed_by_hand(self):
        page = self.open(f"{self.list}&name=number1")
        page.get_by_role("button", name="Delete all 10 found…").click()
        page.locator('form[action="/carts/delete/confirm"] input[name="name"]').evaluate("(field) => { field.value = 'number' }")
        self.watch.expect("status of 422")
        page.get_by_role("button", name="Delete 10 carts").click()
        expect(page.get_by_role("alert")).to_contain_text("The filter has changed.")
        self.assertEqual(len(self.own()), 60)

    def test_all_carts_are_never_offered(self):
        page = self.open("/carts")
        expect(page.locator(".table-range")).to_be_visible()
        expect(page.get_by_role("button", name="Delete all")).to_have_count(0)
