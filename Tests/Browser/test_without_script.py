"""With JavaScript switched off: everything can be read, filtered and deleted. And the dashboard switched off."""

import json
import time

import dashboard
import serving
from dashboard import expect, item


class WithoutScriptTests(dashboard.Case):
    @classmethod
    def fill(cls):
        cls.load([
            {"key": f"plain-{place:02}", "customer": {"first_name": "Plain", "last_name": f"N{place:02}"}, "items": [item()],
             "source": "till" if place < 3 else "app"} for place in range(40)
        ])

    def open(self, path=None, **options):
        return super().open(path, java_script_enabled=False, **options)

    def counted(self, page, text):
        """Loads the overview until its figures, which are counted from time to time, say this."""
        deadline = time.monotonic() + 20
        while True:
            page.goto("/")
            if text in page.locator("main").text_content() or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        expect(page.locator("main")).to_contain_text(text)

    def test_signing_in_and_out(self):
        page = self.open("/carts", visitor=None)
        self.sign_in(page)
        self.heading(page, "Carts")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()

    def test_everything_can_be_read(self):
        page = self.open()
        self.counted(page, "40 with items")
        for path, text in [
            ("/carts", "1–25 of 40 carts"), ("/carts/plain-01", "The cart in each API"), ("/keys", "Create a key"),
            ("/keys/1", "Requests in the last 30 days"), ("/audit", "Audit trail"), ("/settings", "carts.guestLifetime"),
        ]:
            page.goto(path)
            expect(page.locator("main")).to_contain_text(text)
        # What only the script can do is not offered.
        page.goto("/carts/plain-01")
        expect(page.locator("[data-copy]").first).to_be_hidden()
        page.locator("details.document summary").first.click()
        expect(page.locator("#json-native")).to_be_visible()

    def test_filter_and_pages(self):
        page = self.open("/carts")
        page.locator("#d-filters > summary").click()
        page.get_by_label("Source").fill("app")
        page.get_by_role("button", name="Show carts").click()
        expect(page.locator(".table-range")).to_have_text("1–25 of 37 carts")
        page.get_by_role("link", name="Next").click()
        expect(page.locator(".table-range")).to_have_text("26–37 of 37 carts")
        page.get_by_role("columnheader", name="Customer").get_by_role("link").click()
        expect(page.get_by_role("rowheader").first).to_contain_text("Plain N03")
        page.goto("/carts")
        page.get_by_label("Changed").select_option("custom")
        page.get_by_label("From", exact=True).fill("2026-01-01")
        page.get_by_role("button", name="Show carts").click()
        expect(page.locator(".table-range")).to_be_visible()

    def test_deleting(self):
        page = self.open("/carts?source=app&sort=customer&order=asc")
        for row in page.locator("tbody tr").all()[:2]:
            row.get_by_role("checkbox").check()
        page.get_by_role("button", name="Delete selected").click()
        self.heading(page, "Delete 2 carts?")
        page.get_by_role("button", name="Delete 2 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("2 carts were deleted.")
        page.goto("/carts?source=till")
        page.get_by_role("button", name="Delete all 3 found…").click()
        page.get_by_role("button", name="Delete 3 carts").click()
        expect(page.get_by_role("status").first).to_contain_text("3 carts were deleted.")
        gone = {f"plain-{place:02}" for place in range(5)}
        self.assertEqual(self.stored(), {f"plain-{place:02}" for place in range(40)} - gone)
        self.load([{"key": key, "customer": {"first_name": "Plain", "last_name": "N" + key[-2:]}, "items": [item()],
                    "source": "till" if int(key[-2:]) < 3 else "app"} for key in gone])

    def test_keys(self):
        page = self.open("/keys")
        page.get_by_label("What is it for?").fill("Without script")
        page.get_by_role("button", name="Create key").click()
        self.heading(page, "The key “Without script” is ready")
        expect(page.locator(".secrets pre")).to_have_count(2)

    def test_nothing_selected(self):
        page = self.open("/carts")
        page.get_by_role("button", name="Delete selected").click()
        self.heading(page, "Carts")


class SwitchedOffTests(dashboard.Case):
    def test_only_the_api_answers(self):
        with serving.Server(self.store, CORRAL_DASHBOARD_ENABLED="false") as server:
            for path in ["/", "/sign-in", "/carts", "/keys", "/settings", "/assets/style.css", "/events"]:
                for headers in [{}, {"Accept": "text/html"}]:
                    status, answered, body = server.request("GET", path, headers=headers)
                    self.assertEqual((status, answered["Content-Type"]), (404, "application/problem+json"), path)
                    self.assertEqual(json.loads(body)["code"], "route_not_found")
            self.assertEqual(server.request("GET", "/v1/carts", self.key.authorization)[0], 200)
