"""Forms of others: without the token of the session, or from a foreign page, nothing is changed. And what the cookie is like."""

import http.server
import json
import re
import subprocess
import threading

import dashboard
import serving
from dashboard import ADMIN, PASSWORD, expect, item

FOREIGN = "https://evil.example.com"


class FormTests(dashboard.Case):
    settings = {"CORRAL_SWEEP_EVERY": "7d"}

    @classmethod
    def fill(cls):
        cls.load([{"key": "kept", "items": [item()]}])
        times = {"created": "2020-01-01T00:00:00Z", "updated": "2020-01-01T00:00:00Z", "expires": "2020-01-03T00:00:00Z"}
        cls.load([{"key": f"old-{place}", "items": [item()], **times} for place in range(1001)])
        cls.disabled = cls.store.create_key(permissions="read")
        cls.store.corral("keys", "disable", str(cls.disabled.id))
        # As others may change something, the forms are those of a key that stands.
        cls.forms = {
            "/sign-out": {},
            "/carts/delete": {"key": "kept", "back": "/carts"},
            "/carts/delete/confirm": {"key": "kept", "back": "/carts"},
            "/keys": {"description": "Evil", "user": ADMIN, "permissions": "admin", "kind": "cocart", "expires": "never"},
            f"/keys/{cls.key.id}/rotate": {"grace": "0"},
            f"/keys/{cls.key.id}/disable": {},
            f"/keys/{cls.disabled.id}/enable": {},
            f"/keys/{cls.key.id}/revoke": {"confirmed": "1"},
            "/sweep/confirm": {"count": "1001"},
        }

    def standing(self):
        """All that a form could change."""
        keys = json.loads(self.store.corral("keys", "list", "--format", "json"))
        return (
            self.stored(), [(key["id"], key["state"], key.get("grace_until")) for key in keys],
            self.visitor.get("/carts")[0], self.server.request("GET", "/v1/carts?limit=1", self.key.authorization)[0],
        )

    def refused(self, send, what):
        """Sends each form in a way that must be refused."""
        before = self.standing()
        for path, fields in self.forms.items():
            with self.subTest(f"{path} {what}"):
                status, _, text = send(path, fields)
                self.assertEqual(status, 403)
                self.assertIn("<h1>You may not do that</h1>", text)
        self.assertEqual(self.standing(), before)

    def test_without_token(self):
        self.visitor.get("/carts")
        self.refused(lambda path, fields: self.visitor.post(path, fields, token=None), "without a token")

    def test_with_another_sessions_token(self):
        other = dashboard.Visitor(self.server).sign_in()
        self.assertNotEqual(other.token, self.visitor.token)
        self.refused(lambda path, fields: self.visitor.post(path, fields, token=other.token), "with another session's token")

    def test_with_nearly_the_right_token(self):
        self.visitor.get("/carts")
        token = self.visitor.token
        for wrong in ["", token[:-1], token[:-1] + ("0" if token[-1] != "0" else "1"), token.upper(), token + "0"]:
            self.refused(lambda path, fields: self.visitor.post(path, fields, token=wrong), "with a wrong token")

    def test_from_a_foreign_page(self):
        self.visitor.get("/carts")
        for origin in [FOREIGN, "null", f"http://127.0.0.1:{self.server.port}.example.com", "http://127.0.0.1"]:
            before = self.standing()
            for path, fields in self.forms.items():
                with self.subTest(f"{path} from {origin}"):
                    self.assertEqual(self.visitor.post(path, fields, Origin=origin)[0], 403)
            self.assertEqual(self.standing(), before)

    def test_without_session(self):
        before = self.standing()
        for path, fields in self.forms.items():
            status, headers, _ = dashboard.Visitor(self.server).post(path, fields, token=self.visitor.token)
            self.assertEqual((status, headers["Location"]), (303, "/sign-in?ended=1"), path)
        self.assertEqual(self.standing(), before)

    def test_signing_in_has_a_token_too(self):
        fields = {"name": ADMIN, "password": PASSWORD}
        visitor, other = dashboard.Visitor(self.server), dashboard.Visitor(self.server)
        other.get("/sign-in")
        for token in [None, other.token]:
            visitor.get("/sign-in")
            status, headers, _ = visitor.post("/sign-in", fields, token=token)
            self.assertEqual(status, 403)
            self.assertEqual(visitor.get("/carts")[0], 303)
        visitor.get("/sign-in")
        self.assertEqual(visitor.post("/sign-in", fields, Origin=FOREIGN)[0], 403)
        # The secret from before signing in is not that of the session.
        visitor.sign_in()
        self.assertNotEqual(visitor.cookie, visitor.form)

    def test_right_token_works(self):
        visitor = dashboard.Visitor(self.server).sign_in()
        own = f"http://127.0.0.1:{self.server.port}"
        self.assertEqual(visitor.post("/carts/delete", {"key": "kept", "back": "/carts"}, Origin=own)[0], 200)
        self.assertEqual(visitor.post("/sign-out", Origin=own)[0], 303)

    def test_no_form_is_left_out(self):
        seen = {"/carts/delete/confirm"}
        keys = [f"/keys/{self.key.id}", f"/keys/{self.disabled.id}"]
        for path in ["/", "/carts", "/carts?search=old", "/carts/kept", "/keys", *keys, "/audit", "/settings"]:
            status, _, text = self.visitor.get(path)
            self.assertEqual(status, 200, path)
            for form in re.findall(r'<form\b[^>]*method="post"[^>]*>.*?</form>', text, re.DOTALL):
                seen.add(re.search(r'action="([^"]*)"', form)[1])
                self.assertEqual(form.count('name="csrf"'), 1, form)
        own = {f"/keys/{self.disabled.id}/rotate", f"/keys/{self.disabled.id}/revoke"}
        self.assertEqual(seen - own, set(self.forms))

    def test_reading_changes_nothing(self):
        before = self.standing()
        for path, fields in self.forms.items():
            status, _, _ = self.visitor.get(path + "?" + "&".join(f"{name}={value}" for name, value in fields.items()))
            self.assertIn(status, (200, 404), path)
        self.assertEqual(self.standing(), before)

    def test_foreign_page_in_a_browser(self):
        body = f"""<!doctype html><title>Foreign</title><iframe src="{self.server.url}/carts"></iframe>
            <form method="post" action="{self.server.url}/carts/delete/confirm"><input name="key" value="kept"><button>x</button></form>"""

        class Foreign(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as foreign:
            threading.Thread(target=foreign.serve_forever, daemon=True).start()
            # To the first the browser is of the same site as the server, and sends the cookie.
            for host in ["127.0.0.1", "localhost"]:
                page = self.open()
                self.watch.allow("console: |request: .*BLOCKED")
                page.goto(f"http://{host}:{foreign.server_port}/")
                self.assertFalse('class="shell' in page.frames[-1].content(), "the dashboard lets itself be framed")
                page.get_by_role("button").click()
                self.heading(page, "You may not do that")
            foreign.shutdown()
        self.assertIn("kept", self.stored())


class CookieTests(dashboard.Case):
    def flags(self, url, name, **options):
        context = dashboard.browser().new_context(base_url=url, **options)
        self.addCleanup(context.close)
        page = context.new_page()
        page.goto("/sign-in")
        self.sign_in(page)
        self.heading(page, "Overview")
        [cookie] = [cookie for cookie in context.cookies() if cookie["name"] == name]
        self.assertEqual((cookie["name"], cookie["path"], cookie["httpOnly"], cookie["sameSite"]), (name, "/", True, "Strict"))
        self.assertEqual(page.evaluate("() => document.cookie"), "")
        return cookie

    def test_plain(self):
        self.assertFalse(self.flags(self.server.url, "corral")["secure"])

    def test_tls(self):
        folder = self.store.folder
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
            check=True, capture_output=True,
        )
        settings = {"CORRAL_TLS_CERTIFICATE": str(folder / "certificate.pem"), "CORRAL_TLS_KEY": str(folder / "key.pem")}
        with serving.Server(self.store, **settings) as server:
            self.assertTrue(server.url.startswith("https://"))
            cookie = self.flags(server.url, "__Host-corral", ignore_https_errors=True)
            self.assertTrue(cookie["secure"])
            self.assertEqual(cookie["domain"], "127.0.0.1")

    def test_headers_of_pages(self):
        for path in ["/", "/carts", "/keys", "/audit", "/settings", "/sign-in", "/carts/none"]:
            _, headers, _ = self.visitor.get(path) if path != "/sign-in" else dashboard.Visitor(self.server).get(path)
            policy = headers["Content-Security-Policy"]
            for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]:
                self.assertIn(part, policy, path)
            self.assertNotIn("unsafe", policy)
            self.assertEqual((headers["Cache-Control"], headers["X-Content-Type-Options"]), ("no-store", "nosniff"), path)
