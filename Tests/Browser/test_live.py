"""Pages that follow the carts: by a stream of events, after a restart, and by asking when there is no stream."""

import time

import dashboard
import serving
from dashboard import expect, item

SOON = 2000  # milliseconds within which a change must show
ASKED = 6000  # the same without a stream: the page asks every three seconds


def cart(name, price=1800):
    return {"customer": {"first_name": name}, "items": [item(price=price)]}


class LiveTests(dashboard.Case):
    settings = {"CORRAL_SWEEP_ENABLED": "false"}

    @classmethod
    def fill(cls):
        cls.load([{"key": "standing", **cart("Standing")}])

    def row(self, page, key):
        return page.locator(f'tr[data-key="{key}"]')

    def follow(self, path="/carts", **options):
        """A page that has begun to follow."""
        page = self.open(**options)
        page.goto(path)
        # Lost if the test's page were loaded anew.
        page.evaluate("() => { window.stayed = true }")
        return page

    def is_live(self, page, text="Live"):
        expect(page.locator("#live-state .live-text")).to_have_text(text, timeout=20_000)

    def stayed(self, page):
        self.assertTrue(page.evaluate("() => window.stayed"), "the page was loaded anew")

    def test_list_follows(self):
        page = self.follow()
        self.is_live(page)
        self.api("PUT", "/v1/carts/coming", cart("Coming"))
        expect(self.row(page, "coming")).to_contain_text("Coming", timeout=SOON)
        page.wait_for_timeout(1200)
        self.api("PUT", "/v1/carts/coming", cart("Changed", 2500))
        expect(self.row(page, "coming")).to_contain_text("Changed", timeout=SOON)
        expect(self.row(page, "coming")).to_contain_text("$\u00a025.00")
        page.wait_for_timeout(1200)
        self.api("DELETE", "/v1/carts/coming")
        expect(self.row(page, "coming")).to_have_count(0, timeout=SOON)
        expect(page.locator("#announce")).to_contain_text("changed")
        self.stayed(page)

    def test_selection_and_focus_outlast_changes(self):
        page = self.follow("/carts?search=standing")
        self.is_live(page)
        self.row(page, "standing").get_by_role("checkbox").check()
        for name in ["Standing One", "Standing Two"]:
            self.api("PUT", "/v1/carts/standing", cart(name))
            expect(self.row(page, "standing")).to_contain_text(name)
            expect(self.row(page, "standing").get_by_role("checkbox")).to_be_checked()
            expect(self.row(page, "standing").get_by_role("checkbox")).to_be_focused()
        expect(page.locator("[data-selected]")).to_have_text("1")

    def test_overview_follows(self):
        page = self.follow("/")
        self.is_live(page)
        self.api("PUT", "/v1/carts/on-overview", cart("Overview"))
        expect(self.row(page, "on-overview")).to_be_visible(timeout=SOON)
        # Figures are counted anew from time to time: what the page showed at first may have been older than the tests before this one.
        expect(page.locator(".figure-value").first).to_have_text(f"{len(self.stored()):,}", timeout=20_000)
        self.stayed(page)

    def test_cart_follows(self):
        self.api("PUT", "/v1/carts/looked-at", cart("Before"))
        page = self.follow("/carts/looked-at")
        self.is_live(page)
        page.locator("details.document summary").first.click()
        self.api("PUT", "/v1/carts/looked-at", cart("After"))
        self.heading(page, "After")
        expect(page.locator("details.document").first).to_have_attribute("open", "")
        self.api("DELETE", "/v1/carts/looked-at")
        expect(page.get_by_text("This cart has just been deleted.")).to_be_visible()
        self.heading(page, "After")
        self.stayed(page)

    def test_other_program_writes(self):
        page = self.follow()
        self.is_live(page)
        self.load([{"key": "imported", **cart("Imported")}])
        expect(self.row(page, "imported")).to_be_visible(timeout=SOON)

    def test_restart(self):
        page = self.follow()
        self.is_live(page)
        self.watch.allow("(console|request): .*net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING)")
        begun = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - begun, 10, "open streams hold the server up")
        self.is_live(page, "Offline")
        # Something happens while nobody tells the page.
        self.load([{"key": "meanwhile", **cart("Meanwhile")}])
        type(self).server = serving.Server(self.store, self.server.port)
        self.is_live(page)
        expect(self.row(page, "meanwhile")).to_be_visible()
        self.api("PUT", "/v1/carts/afterwards", cart("Afterwards"))
        expect(self.row(page, "afterwards")).to_be_visible(timeout=SOON)
        self.stayed(page)

    def test_without_stream_the_page_asks(self):
        page = self.open()
        page.route("**/events*", lambda route: route.abort())
        self.watch.expect("request: net::ERR_FAILED GET .*/events")
        self.watch.expect("console: .*net::ERR_FAILED")
        page.goto("/carts")
        self.is_live(page, "Every 3 seconds")
        self.api("PUT", "/v1/carts/asked-for", cart("Asked"))
        expect(self.row(page, "asked-for")).to_be_visible(timeout=ASKED)
        self.api("DELETE", "/v1/carts/asked-for")
        expect(self.row(page, "asked-for")).to_have_count(0, timeout=ASKED)

    def test_many_changes_at_once(self):
        page = self.follow("/carts?per_page=100&search=flood")
        self.is_live(page)
        self.load([{"key": f"flood-{place:03}", **cart("Flood")} for place in range(700)])
        expect(page.locator(".table-range")).to_have_text("1–100 of 700 carts", timeout=ASKED)
        self.stayed(page)
