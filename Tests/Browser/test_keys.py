"""The life of keys on the pages, proven with curl, and who sees them."""

import json
import re
import subprocess
import time

import dashboard
from dashboard import MANAGER, PASSWORD, expect, item


def curl(url, login, secret, *more):
    """The status of an answer to curl, and its body."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--user", f"{login}:{secret}", "--write-out", "\n%{http_code}", *more, url],
        capture_output=True, encoding="utf-8", timeout=60, check=True,
    )
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), body


class KeysTests(dashboard.Case):
    @classmethod
    def fill(cls):
        cls.store.create_user(MANAGER, "maria@example.com", role="shop_manager")
        cls.load([{"key": "one", "items": [item()]}])

    def create(self, page, description, **fields):
        """Fills in the form and sends it: what the next page shows, by its labels."""
        page.goto("/keys")
        page.get_by_label("What is it for?").fill(description)
        for name, value in fields.items():
            field = page.locator(f'#create [name="{name}"]')
            if field.evaluate("(field) => field.localName") == "select":
                field.select_option(value)
            else:
                field.fill(value)
        page.get_by_role("button", name="Create key").click()
        return self.secrets(page)

    def secrets(self, page):
        expect(page.locator(".secrets")).to_be_visible()
        return [each.inner_text() for each in page.locator(".secrets pre").all()]

    def carts(self, login, secret):
        status, body = curl(f"{self.server.url}/v1/carts", login, secret)
        return status, len(json.loads(body)["data"]) if status == 200 else None

    def test_create_rotate_revoke(self):
        page = self.open("/keys")
        login, secret = self.create(page, "Stock report", permissions="read")
        self.assertRegex(f"{login} {secret}", r"^ck_[0-9a-f]{40} cs_[0-9a-f]{40}$")
        self.heading(page, "The key “Stock report” is ready")
        self.assertEqual(self.carts(login, secret), (200, 1))
        self.assertEqual(curl(f"{self.server.url}/v1/carts/one", login, secret, "--request", "DELETE")[0], 403)
        page.get_by_role("link", name="I have kept it").click()
        self.heading(page, "Stock report")
        self.assertNotIn(secret, page.content())
        # Both secrets work for a while.
        page.get_by_label("How long the old secret works").select_option(label="1 day")
        page.get_by_role("button", name="Rotate").click()
        self.heading(page, "“Stock report” has a new secret")
        [new_secret] = self.secrets(page)
        self.assertNotEqual(new_secret, secret)
        expect(page.get_by_text("The old secret works until")).to_be_visible()
        self.assertEqual([self.carts(login, each) for each in [secret, new_secret]], [(200, 1), (200, 1)])
        page.get_by_role("link", name="I have kept it").click()
        expect(page.get_by_text("Old secret works until")).to_be_visible()
        # And none of them after the end.
        page.get_by_role("button", name="Revoke…").click()
        self.heading(page, "Revoke “Stock report”?")
        page.get_by_role("link", name="Cancel").click()
        self.assertEqual(self.carts(login, new_secret), (200, 1))
        page.get_by_role("button", name="Revoke…").click()
        page.get_by_role("button", name="Revoke the key").click()
        expect(page.get_by_role("status").first).to_have_text("The key was revoked.")
        expect(page.locator(".cart-line")).to_contain_text("Revoked")
        # Within a second, the server forgets that it knew them.
        for each in [secret, new_secret]:
            self.until(lambda: self.carts(login, each) == (401, None), seconds=1)
        expect(page.get_by_role("button", name="Rotate")).to_have_count(0)

    def test_rotating_without_grace(self):
        page = self.open("/keys")
        login, secret = self.create(page, "No grace")
        page.get_by_role("link", name="I have kept it").click()
        page.get_by_label("How long the old secret works").select_option(label="Not at all")
        page.get_by_role("button", name="Rotate").click()
        self.heading(page, "“No grace” has a new secret")
        expect(page.get_by_text("The old secret works no longer.")).to_be_visible()
        [new_secret] = self.secrets(page)
        self.until(lambda: self.carts(login, secret) == (401, None), seconds=1)
        self.assertEqual(self.carts(login, new_secret), (200, 1))

    def test_disable_and_enable(self):
        page = self.open("/keys")
        login, secret = self.create(page, "Paused")
        page.get_by_role("link", name="I have kept it").click()
        page.get_by_role("button", name="Disable").click()
        expect(page.get_by_role("status").first).to_contain_text("The key was disabled.")
        self.until(lambda: self.carts(login, secret)[0] == 401, seconds=1)
        page.get_by_role("button", name="Enable").click()
        expect(page.get_by_role("status").first).to_have_text("The key was enabled.")
        self.until(lambda: self.carts(login, secret)[0] == 200)

    def test_api_key(self):
        page = self.open("/keys")
        login, api_key = self.create(page, "Mail", kind="cscart", permissions="read_write")
        self.assertEqual(login, "admin@example.com")
        status, body = curl(f"{self.server.url}/api/carts", login, api_key)
        self.assertEqual((status, len(json.loads(body)["carts"])), (200, 1))

    def test_example_that_is_shown_works(self):
        page = self.open("/keys")
        login, secret = self.create(page, "To try")
        command = page.locator("#secret-curl").inner_text().replace("ck_…", login).replace("cs_…", secret)
        done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", timeout=60, check=True)
        self.assertEqual(len(json.loads(done.stdout)["data"]), 1)

    def test_limits_of_a_key(self):
        page = self.open("/keys")
        login, secret = self.create(page, "Elsewhere", allowed_ips="192.0.2.0/24\n2001:db8::/32", store_id="2", expires="30d")
        self.assertEqual(self.carts(login, secret)[0], 403)
        status, body = curl(f"{self.server.url}/v1/carts", login, secret, "--header", "X-Forwarded-For: 192.0.2.9")
        self.assertEqual((status, json.loads(body)["data"]), (200, []))
        page.get_by_role("link", name="I have kept it").click()
        facts = page.get_by_role("region", name="Facts").inner_text()
        for text in ["192.0.2.0/24", "2001:db8::/32", "Read"]:
            self.assertIn(text, facts)
        self.assertRegex(facts, r"Store\s+2\b")

    def test_what_is_wrong_is_told_and_kept(self):
        page = self.open("/keys")
        self.watch.expect("status of 422")
        page.get_by_label("What is it for?").fill("Wrong")
        page.get_by_label("Store id").fill("many")
        page.get_by_label("Allowed addresses").fill("192.0.2.0/24\nhome")
        page.get_by_label("Permission").select_option("write")
        before = len(json.loads(self.store.corral("keys", "list", "--format", "json")))
        page.get_by_role("button", name="Create key").click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("The store id must be a whole number")
        expect(alert).to_contain_text("“home” is no address or network.")
        self.assertEqual(page.get_by_label("What is it for?").input_value(), "Wrong")
        self.assertEqual(page.get_by_label("Allowed addresses").input_value(), "192.0.2.0/24\nhome")
        self.assertEqual(page.get_by_label("Permission").input_value(), "write")
        self.assertEqual(len(json.loads(self.store.corral("keys", "list", "--format", "json"))), before)

    def test_list_and_use(self):
        page = self.open("/keys")
        login, secret = self.create(page, "Counted")
        for _ in range(3):
            self.assertEqual(self.carts(login, secret)[0], 200)
        page.goto("/keys")
        row = page.get_by_role("row", name=re.compile("^Counted"))
        expect(row).to_contain_text("…" + login[-7:])
        self.assertNotIn(login, page.content())
        row.get_by_role("link").click()
        self.heading(page, "Counted")

        def counted():
            page.reload()
            return page.get_by_role("heading", name="Requests in the last 30 days").locator(".count").inner_text() == "3"

        self.until(counted)
        expect(page.get_by_role("region", name="Used from")).to_contain_text("127.0.0.1")

    def until(self, condition, seconds=15):
        """Waits for something that happens on the server in a while."""
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "did not happen in time")
            time.sleep(0.2)

    def test_shop_managers_see_neither_keys_nor_audit_trail(self):
        page = self.open("/", visitor=dashboard.Visitor(self.server).sign_in(MANAGER, PASSWORD))
        navigation = page.get_by_role("navigation", name="Main")
        self.assertEqual(navigation.get_by_role("link").all_inner_texts(), ["Overview", "Carts", "Settings"])
        self.watch.expect("status of 403")
        for path in ["/keys", "/keys/1", "/audit", "/audit?subject=cart:one"]:
            page.goto(path)
            self.heading(page, "You may not do that")
            expect(page.get_by_role("link", name="Back to the overview")).to_be_visible()
        page.goto("/carts/one")
        expect(page.get_by_role("link", name="All in the audit trail")).to_have_count(0)
        expect(page.get_by_role("button", name="Delete cart")).to_be_visible()

    def test_no_such_key(self):
        page = self.open()
        self.watch.expect("status of 404")
        for path in ["/keys/999", "/keys/01", "/keys/x"]:
            page.goto(path)
            self.heading(page, "There is no such key")
