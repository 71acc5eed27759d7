"""Watches the pages of a browser context: what a good page never does is remembered and fails the test."""

import re

# A marker that attacks set, and what the policy of the page refused. The calls reach the test from a page that is left at once, too.
SCRIPT = """
addEventListener("securitypolicyviolation", (event) =>
  watchman(`policy: ${event.effectiveDirective} refuses ${event.blockedURI} ${event.sample}`));
Object.defineProperty(window, "__xss", { set: (value) => watchman(`executed: ${value}`), get: () => undefined });
"""


class Watch:
    """What happened on the pages of a context. Patterns say what is no problem: of those that are expected each must be found."""

    def __init__(self, context):
        self.found, self.expected, self.allowed = [], [], []
        context.on("console", lambda message: message.type == "error" and self._note(f"console: {message.text}"))
        context.on("weberror", lambda error: self._note(f"error: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", lambda answer: answer.status >= 500 and self._note(f"answer: {answer.status} {answer.url}"))
        context.on("dialog", self._dialog)
        context.expose_binding("watchman", lambda _, text: self._note(text))
        context.add_init_script(SCRIPT)

    def expect(self, pattern):
        """Says that something will happen that would be wrong otherwise."""
        self.expected.append(pattern)

    def allow(self, pattern):
        """Says that something may happen that would be wrong otherwise."""
        self.allowed.append(pattern)

    def problems(self):
        """What happened and was not expected, and what was expected and did not happen."""
        patterns = self.expected + self.allowed
        unexpected = [each for each in self.found if not any(re.search(pattern, each) for pattern in patterns)]
        missed = [pattern for pattern in self.expected if not any(re.search(pattern, each) for each in self.found)]
        return unexpected + [f"did not happen: {pattern}" for pattern in missed]

    def _note(self, text):
        self.found.append(text)

    def _failed(self, request):
        # A page that is left drops what it still asks for.
        if request.failure == "net::ERR_ABORTED" and request.resource_type not in ("document", "script", "stylesheet"):
            return
        self._note(f"request: {request.failure} {request.method} {request.url}")

    def _dialog(self, dialog):
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()
