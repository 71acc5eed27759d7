"""Signing in and out."""

import dashboard
import serving
from dashboard import ADMIN, expect

WRONG = serving.basic("ck_" + "0" * 40, "cs_" + "0" * 40)


class SignInTests(dashboard.Case):
    @classmethod
    def fill(cls):
        cls.store.create_user("eva", "eva@example.com")

    def test_sign_in_and_out(self):
        page = self.open("/", visitor=None)
        self.heading(page, "Sign in")
        self.sign_in(page)
        self.heading(page, "Overview")
        expect(page.get_by_text(f"Signed in as {ADMIN}")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        self.heading(page, "Sign in")
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        page.go_back()
        self.heading(page, "Sign in")
        page.goto("/carts")
        self.heading(page, "Sign in")
        self.assertEqual([cookie["name"] for cookie in page.context.cookies()], ["corral-form"])

    def test_old_cookie_is_worth_nothing(self):
        visitor = dashboard.Visitor(self.server).sign_in()
        before = visitor.cookie
        self.assertEqual(visitor.post("/sign-out")[0], 303)
        visitor.cookie = before
        status, headers, _ = visitor.get("/carts")
        self.assertEqual((status, headers["Location"]), (303, "/sign-in?next=%2Fcarts"))

    def test_wrong_password(self):
        for name, password in [(ADMIN, "wrong"), ("nobody", dashboard.PASSWORD)]:
            page = self.open("/sign-in", visitor=None, address="198.51.100.1")
            self.watch.expect("status of 401")
            self.sign_in(page, name, password)
            expect(page.get_by_role("alert")).to_have_text("Name or password is wrong. Check both and try again.")
            self.assertEqual(page.get_by_label("Password").input_value(), "")
            page.goto("/carts")
            self.heading(page, "Sign in")

    def test_key_signs_nobody_in(self):
        page = self.open("/sign-in", visitor=None, address="198.51.100.2")
        self.watch.expect("status of 401")
        self.sign_in(page, self.key.login, self.key.secret)
        expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong.")

    def test_customers_stay_outside(self):
        self.store.create_user("kim", "kim@example.com", role="customer")
        page = self.open("/sign-in", visitor=None, address="198.51.100.3")
        self.watch.expect("status of 403")
        self.sign_in(page, "kim")
        expect(page.get_by_role("alert")).to_contain_text("Your role does not allow the use of the dashboard.")
        page.goto("/")
        self.heading(page, "Sign in")

    def test_many_failures_slow_down(self):
        # Wrong keys are refused at once and count, too; a wrong password takes a while to check.
        for _ in range(20):
            status, _, _ = self.server.request("GET", "/v1/carts", WRONG, headers={"X-Forwarded-For": "198.51.100.4"})
            self.assertEqual(status, 401)
        page = self.open("/sign-in", visitor=None, address="198.51.100.4")
        self.watch.expect("status of 429")
        for _ in range(4):
            with page.expect_response("**/sign-in") as answer:
                self.sign_in(page, "nobody", "wrong")
            if answer.value.status == 429:
                break
            self.watch.expect("status of 401")
        self.assertEqual(answer.value.status, 429)
        self.assertGreaterEqual(int(answer.value.headers["retry-after"]), 1)
        expect(page.get_by_role("alert")).to_contain_text("Too many requests. Please wait")
        # Others are not held up by that.
        other = self.open("/sign-in", visitor=None, address="198.51.100.5")
        self.sign_in(other)
        self.heading(other, "Overview")

    def test_failures_to_sign_in_count_for_the_api(self):
        visitor = dashboard.Visitor(self.server, "198.51.100.8")
        for _ in range(25):
            visitor.get("/sign-in")
            self.assertEqual(visitor.post("/sign-in", {"name": "ck_no_name", "password": "wrong"})[0], 401)
        status, headers, _ = self.server.request("GET", "/v1/carts", WRONG, headers={"X-Forwarded-For": "198.51.100.8"})
        self.assertEqual(status, 429)
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)

    def test_address_asked_for_is_reached(self):
        wanted = "/carts?search=a%26b%22%3C&sort=total&order=asc&per_page=10"
        page = self.open(wanted, visitor=None)
        self.heading(page, "Sign in")
        self.sign_in(page)
        self.heading(page, "Carts")
        self.assertTrue(page.url.endswith(wanted), page.url)
        self.assertEqual(page.get_by_label("Search").input_value(), 'a&b"<')

    def test_address_of_others_is_not_reached(self):
        for elsewhere in ["//example.com/", "https://example.com/", "/\\example.com/", "javascript:__xss=1", "/%0d%0aX-Evil:1"]:
            visitor = dashboard.Visitor(self.server)
            visitor.get("/sign-in")
            fields = {"name": ADMIN, "password": dashboard.PASSWORD, "next": elsewhere}
            status, headers, _ = visitor.post("/sign-in", fields)
            self.assertEqual(status, 303)
            self.assertTrue(headers["Location"] == "/" or elsewhere.startswith("/%0d"), f"{elsewhere} leads to {headers['Location']}")
            self.assertIsNone(headers["X-Evil"])

    def test_wrong_password_keeps_the_address(self):
        page = self.open("/settings", visitor=None, address="198.51.100.6")
        self.watch.expect("status of 401")
        self.sign_in(page, password="wrong")
        expect(page.get_by_role("alert")).to_be_visible()
        self.sign_in(page)
        self.heading(page, "Settings")

    def test_changed_password_ends_the_session(self):
        page = self.open("/", visitor=None, address="198.51.100.7")
        self.sign_in(page, "eva")
        self.heading(page, "Overview")
        self.store.corral("users", "password", "eva", "--password-stdin", given="another good password\n")
        page.goto("/carts")
        self.heading(page, "Sign in")
        self.watch.expect("status of 401")
        self.sign_in(page, "eva")
        expect(page.get_by_role("alert")).to_be_visible()
        self.sign_in(page, "eva", "another good password")
        expect(page.get_by_text("Signed in as eva")).to_be_visible()
        self.store.corral("users", "password", "eva", "--password-stdin", given=dashboard.PASSWORD + "\n")

    def test_session_that_ends_under_an_open_page(self):
        visitor = dashboard.Visitor(self.server).sign_in()
        page = self.open("/carts", visitor=visitor)
        self.assertEqual(visitor.post("/sign-out")[0], 303)
        # The stream cannot go on; the browser says why.
        self.watch.expect("EventSource's response|status of 401")
        self.api("PUT", "/v1/carts/after-the-end", {"items": [dashboard.item()]})
        expect(page.get_by_text("Your session has ended")).to_be_visible(timeout=15_000)
        page.get_by_role("link", name="Sign in again").click()
        self.sign_in(page)
        self.heading(page, "Carts")
