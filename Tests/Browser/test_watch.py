"""That the watch over the pages notices what it is there for: on pages that the tests make up themselves."""

import dashboard
import hostile

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'"


class WatchTests(dashboard.Case):
    def made_up(self, body, policy=None, **options):
        """A page of the server's own origin that the server never sent, and what was noticed on it."""
        page = self.open(visitor=None, **options)
        headers = {"Content-Type": "text/html; charset=utf-8"} | ({"Content-Security-Policy": policy} if policy else {})
        page.route("**/made-up", lambda route: route.fulfill(status=200, headers=headers, body=f"<!doctype html><title>x</title>{body}"))
        page.goto("/made-up")
        page.wait_for_timeout(100)
        return page

    def noticed(self, *patterns):
        """Fails unless all of this was noticed, and nothing else."""
        for pattern in patterns:
            self.watch.expect(pattern)

    def test_quiet_page(self):
        self.made_up("<p>Nothing happens here.")
        self.assertEqual(self.watch.found, [])

    def test_script_that_runs(self):
        self.made_up("<script>__xss = 1</script>")
        self.noticed("executed: 1")

    def test_attribute_that_runs(self):
        self.made_up("<svg onload='window.__xss = 2'></svg>")
        self.noticed("executed: 2")

    def test_script_that_runs_where_the_policy_is_not_kept(self):
        self.made_up("<script>__xss = 3</script>", policy=POLICY, bypass_csp=True)
        self.noticed("executed: 3")

    def test_policy_that_refuses_a_script(self):
        self.made_up("<script>__xss = 4</script>", policy=POLICY)
        self.noticed("policy: script-src", "console: .*Content Security Policy")
        self.assertFalse([each for each in self.watch.found if each.startswith("executed")])

    def test_policy_that_refuses_a_style(self):
        self.made_up("<p style='color: red'>x", policy=POLICY)
        self.noticed("policy: style-src", "console: .*Content Security Policy")

    def test_hostile_texts_are_dangerous_where_nobody_escapes_them(self):
        page = self.open(visitor=None)
        page.route("**/assets/none.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
        dangerous = 0
        # One leads the page elsewhere before it can be looked at.
        for text in (text for text in hostile.TEXTS if "http-equiv" not in text):
            body = f"<!doctype html><script src=/assets/none.js></script><p>{text}</p><input value=\"{text}\"><input value='{text}'>"
            page.unroute("**/made-up")
            page.route("**/made-up", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=body))
            page.goto("/made-up")
            dangerous += bool(page.evaluate(hostile.PROVOKE))
        # The others are for templates, and for readers that decode twice.
        self.assertGreaterEqual(dangerous, 25)
        self.watch.expect("executed: 1")
        self.watch.allow("^(request|console|answer|error)")

    def test_dialog(self):
        self.made_up("<script>alert('hello')</script>")
        self.noticed("dialog: hello")

    def test_error(self):
        self.made_up("<script>throw new Error('broken')</script>")
        self.noticed("error: .*broken")

    def test_request_that_fails(self):
        self.made_up("<img src='http://127.0.0.1:1/x.png'>")
        self.noticed("request: net::", "console: Failed to load")

    def test_answer_that_is_an_error(self):
        page = self.open(visitor=None)
        page.goto("/no-such-page")
        self.noticed("console: .*status of 404")

    def test_what_is_expected_must_happen(self):
        self.open("/sign-in", visitor=None)
        self.watch.expect("executed")
        self.assertEqual(self.watch.problems(), ["did not happen: executed"])
        self.watch.expected.clear()
