"""The audit trail and the settings, with the clean-up that waits for somebody."""

import datetime
import json

import dashboard
from dashboard import MANAGER, expect, item

DUE = 1100


class AuditTests(dashboard.Case):
    @classmethod
    def fill(cls):
        cls.load([{"key": "first", "items": [item()]}])
        cls.load([{"key": f"told-{place:03}", "items": [item()]} for place in range(70)])

    def rows(self, page):
        return page.locator("table.audit tbody tr")

    def ask(self, page, **fields):
        page.goto("/audit")
        for name, value in fields.items():
            field = page.locator(f'.filters [name="{name}"]')
            if name == "action":
                field.select_option(value)
            else:
                field.fill(value)
        page.get_by_role("button", name="Show entries").click()
        expect(page.get_by_role("link", name="Clear the filters")).to_be_visible()

    def test_sign_in_and_deletion_are_told(self):
        visitor = dashboard.Visitor(self.server, "198.51.100.20").sign_in()
        visitor.get("/carts/told-001")
        self.assertEqual(visitor.post("/carts/delete/confirm", {"key": "told-001", "back": "/carts"})[0], 303)
        page = self.open()
        self.ask(page, action="cart.delete")
        expect(self.rows(page)).to_have_count(1)
        for text in ["admin", "198.51.100.20", "cart.delete", "told-001"]:
            expect(self.rows(page)).to_contain_text(text)
        self.ask(page, action="user.sign_in")
        expect(self.rows(page).first).to_contain_text("admin")
        expect(self.rows(page).first).to_contain_text("198.51.100.20")

    def test_filters(self):
        page = self.open()
        self.ask(page, subject="cart:told-007")
        expect(self.rows(page)).to_have_count(1)
        expect(self.rows(page)).to_contain_text("told-007")
        self.api("PUT", "/v1/carts/by-a-key", {"items": [item()]})
        self.ask(page, actor=f"key:{self.key.id}")
        expect(self.rows(page)).to_have_count(1)
        expect(self.rows(page)).to_contain_text("by-a-key")
        today = dashboard.now()
        self.ask(page, **{"from": f"{today:%Y-%m-%d}", "action": "user.create"})
        expect(self.rows(page)).to_have_count(1)
        self.ask(page, to=f"{today - datetime.timedelta(days=2):%Y-%m-%d}")
        expect(self.rows(page)).to_have_count(0)
        page.get_by_role("link", name="Clear the filters").click()
        self.assertGreater(self.rows(page).count(), 10)

    def test_older_entries(self):
        everything = json.loads(self.store.corral("audit", "--action", "cart.create", "--format", "json", "--limit", "1000"))
        page = self.open("/audit?action=cart.create")
        seen = []
        while True:
            seen += [row.locator("td").nth(2).inner_text() for row in self.rows(page).all()]
            older = page.get_by_role("link", name="Older entries")
            if not older.count():
                break
            self.assertLess(len(seen), 500)
            older.click()
            expect(page.get_by_role("link", name="Newest")).to_be_visible()
        self.assertGreater(len(seen), 60)
        entries = everything.get("entries", everything.get("data")) if isinstance(everything, dict) else everything
        self.assertEqual(sorted(seen), sorted(entry["subject"] for entry in entries))
        page.get_by_role("link", name="Newest").click()
        expect(page.get_by_role("link", name="Newest")).to_have_count(0)

    def test_what_is_not_understood_is_told(self):
        page = self.open()
        for query in ["action=dance", "from=yesterday", "cursor=x"]:
            page.goto("/audit?" + query)
            expect(page.get_by_role("alert")).to_be_visible()
            self.assertGreater(self.rows(page).count(), 10)


class SettingsTests(dashboard.Case):
    # The server itself begins to clean up only when the test is over.
    settings = {"CORRAL_SWEEP_EVERY": "7d", "CORRAL_CARTS_GUEST_LIFETIME": "3d"}

    @classmethod
    def fill(cls):
        cls.store.create_user(MANAGER, "maria@example.com", role="shop_manager")
        old = dashboard.now() - datetime.timedelta(days=90)
        times = {"created": dashboard.iso(old), "updated": dashboard.iso(old), "expires": dashboard.iso(old + datetime.timedelta(days=2))}
        cls.load([{"key": f"old-{place:04}", "items": [item()], **times} for place in range(DUE)])
        cls.load([{"key": "new", "items": [item()]}])

    def test_clean_up_that_waits_is_confirmed(self):
        page = self.open("/settings")
        clean_up = page.get_by_role("region", name="Clean-up")
        # That it will have to wait is seen before the first run.
        expect(clean_up).to_contain_text("Waiting for you.")
        with self.assertRaises(dashboard.serving.Failure) as refused:
            self.store.corral("sweep")
        self.assertIn(f"corral sweep --confirm {DUE}", str(refused.exception))
        page.reload()
        expect(clean_up).to_contain_text("1,100")
        expect(clean_up.locator("#sweep-command")).to_have_text(f"corral sweep --confirm {DUE}")
        page.goto("/")
        expect(page.get_by_role("region", name="Clean-up").locator(".health-warn")).to_be_visible()
        page.get_by_role("region", name="Clean-up").get_by_role("link", name="Settings").click()
        expect(clean_up.locator("#sweep-command")).to_be_visible()
        # Shop managers see that it waits, and cannot confirm it.
        watch = self.watch
        manager = self.open("/settings", visitor=dashboard.Visitor(self.server).sign_in(MANAGER))
        expect(manager.locator("#sweep-command")).to_be_visible()
        expect(manager.get_by_label("To go on, type")).to_have_count(0)
        self.watch = watch
        button = clean_up.get_by_role("button", name="Remove 1,100 carts")
        self.watch.expect("status of 422")
        for wrong in ["12", "many"]:
            clean_up.get_by_label("To go on, type").fill(wrong)
            button.click()
            expect(clean_up.get_by_role("alert")).to_be_visible()
            self.assertEqual(len(self.stored()), DUE + 1)
        clean_up.get_by_label("To go on, type").fill("1,100")
        button.click()
        expect(page.get_by_role("status").first).to_have_text("The clean-up was confirmed.")

        for _ in range(30):
            page.goto("/settings")
            if clean_up.locator(".health-good").count():
                break
            page.wait_for_timeout(500)
        self.assertEqual(self.stored(), {"new"})
        expect(clean_up.locator(".health-good")).to_be_visible()
        expect(clean_up.get_by_label("To go on, type")).to_have_count(0)
        page.goto("/audit?actor=user:1&action=cart.delete")
        expect(page.locator("tbody tr").first).to_contain_text("admin")

    def test_settings_are_shown(self):
        page = self.open("/settings")
        row = page.get_by_role("row", name="carts.guestLifetime")
        expect(row.get_by_role("cell").first).to_have_text("3d")
        expect(page.get_by_role("region", name="Store")).to_contain_text(str(self.store.path))
        text = page.locator("main").inner_text()
        for secret in [self.key.secret, dashboard.PASSWORD, self.visitor.cookie]:
            self.assertNotIn(secret, text)
