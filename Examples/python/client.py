"""A client of Corral for Python 3.9 and later with `requests`. It speaks CoCart's Sessions API and Corral's own /v1.

    client = Client.from_environment()
    for cart in client.carts(state="abandoned"):
        print(cart["key"])
"""

import os
import re
import sys
import time
from urllib.parse import quote

import requests

TIMEOUT = (10, 30)  # seconds to connect, and to wait for more of an answer
MOST_ATTEMPTS = 5  # of a request that is answered with 429 or 503
LONGEST_WAIT = 60  # seconds between two of them
PAGE_SIZE = 500  # carts in one page of a walk


class ConfigurationError(Exception):
    """What is missing or wrong in the environment."""


class APIError(Exception):
    """A request that failed. Without an answer, `status` is 0 and `code` is "no_answer"."""

    def __init__(self, status, code, detail):
        super().__init__(f"HTTP {status} ({code}): {detail}" if status else detail)
        self.status = status
        self.code = code

    @property
    def is_temporary(self):
        """Whether the same request may well succeed later."""
        return self.status in (0, 429) or self.status >= 500


class Client:
    """
    url: the Sessions API without its version, such as http://127.0.0.1:8080/wp-json/cocart
    keys: a consumer key and its secret
    backup_keys: used from the moment on at which the first are refused
    """

    def __init__(self, url, keys, backup_keys=None):
        parts = re.fullmatch(r"(https?://[^/?#@\s]+)(/[^?#\s]*)?", url)
        if not parts:
            raise ConfigurationError("COCART_API_URL is not a URL like http://127.0.0.1:8080/wp-json/cocart.")
        self._url = url.rstrip("/")
        self._origin = parts[1]
        self._backup_keys = backup_keys
        self._http = requests.Session()
        self._http.auth = keys

    @classmethod
    def from_environment(cls):
        def read(name):
            if not os.environ.get(name):
                raise ConfigurationError(f"The environment variable {name} is not set.")
            return os.environ[name]

        def pair(prefix):
            return read(f"{prefix}_KEY"), read(f"{prefix}_SECRET")

        backup = "COCART_BACKUP_CONSUMER"
        has_backup = os.environ.get(f"{backup}_KEY") or os.environ.get(f"{backup}_SECRET")
        return cls(read("COCART_API_URL"), pair("COCART_CONSUMER"), pair(backup) if has_backup else None)

    # CoCart's Sessions API

    def sessions(self, **query):
        """One page of the list, and how many rows and pages there are."""
        answer = self.request("GET", "/v2/sessions", query)
        return answer.json(), int(answer.headers["X-WP-Total"]), int(answer.headers["X-WP-TotalPages"])

    def session(self, key):
        return self.request("GET", f"/v2/sessions/{quote(key, safe='')}").json()

    def delete_session(self, key):
        return self.request("DELETE", f"/v2/sessions/{quote(key, safe='')}").json()

    # Corral's own API

    def cart(self, key):
        return self.request("GET", f"/v1/carts/{quote(key, safe='')}").json()

    def carts(self, **filters):
        """Every cart of a filter. One that stands during the whole walk is seen exactly once, whatever happens to others."""
        cursor = None
        while True:
            page = self.request("GET", "/v1/carts", {**filters, "limit": PAGE_SIZE, "cursor": cursor}).json()
            yield from page["data"]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def delete_if_unchanged(self, cart):
        """Deletes a cart unless it is another than the one that was read. Returns "deleted", "changed" or "gone"."""
        try:
            path = f"/v1/carts/{quote(cart['key'], safe='')}"
            self.request("DELETE", path, headers={"If-Match": f'"{cart["revision"]}"'})
            return "deleted"
        except APIError as error:
            if error.status == 412:
                return "changed"
            if error.code == "cart_not_found":
                return "gone"
            raise

    def request(self, method, path, query=None, headers=None):
        """Any request: paths under /v2 are CoCart's, those under /v1 Corral's own."""
        url = (self._origin if path.startswith("/v1/") else self._url) + path
        attempt = 1
        while True:
            answer = self._send(method, url, query, headers)
            if answer.status_code == 401 and self._backup_keys:
                self._http.auth, self._backup_keys = self._backup_keys, None
                print("COCART_CONSUMER_KEY was refused (401). Using the backup key from now on; replace the refused one.",
                      file=sys.stderr)
            elif answer.status_code in (429, 503) and attempt < MOST_ATTEMPTS:
                attempt += 1
                time.sleep(_retry_after(answer))
            else:
                return _checked(answer)

    def _send(self, method, url, query, headers):
        try:
            # A redirect would turn DELETE into GET, or hand the keys to somebody else: it is answered as an error.
            return self._http.request(method, url, params=query, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            reason = getattr(error.args[0], "reason", error) if error.args else error
            raise APIError(0, "no_answer", f"{self._origin} does not answer: {reason}.") from None


def _retry_after(answer):
    seconds = answer.headers.get("Retry-After", "")
    return min(int(seconds), LONGEST_WAIT) if seconds.isdecimal() else 1


def _checked(answer):
    """The answer, if it is one of success. CoCart explains failures in `message`, /v1 in `detail`; a proxy in neither."""
    status = answer.status_code
    body = _json(answer)
    if 200 <= status < 300:
        if answer.content and body is None:
            raise APIError(status, "not_json", "The answer is no JSON. Check COCART_API_URL.")
        return answer
    problem = body if isinstance(body, dict) else {}
    code = problem.get("code", "unknown")
    detail = problem.get("detail") or problem.get("message") or "The answer does not say why."
    raise APIError(status, code, detail + _advice(status, code))


def _json(answer):
    try:
        return answer.json()
    except ValueError:
        return None


def _advice(status, code):
    if status == 401:
        return " Check the consumer key and its secret."
    return " Check COCART_API_URL." if code in ("route_not_found", "rest_no_route", "unknown") else ""
