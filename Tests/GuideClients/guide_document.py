"""The code of the guide, cut out of its text."""

import hashlib
import json


class Changed(Exception):
    """The document does not hold what is looked for."""


# name: (the beginning of the block's SHA-256; its first line; the lines to go through, up to its last one)
BLOCKS = {
    "js-class": ("9a8dd9a8f500cbbb", "class CoCartSessionsAPI {", "}"),
    "js-monitor": ("b6b3578c75f2fa23", "async function monitorActiveCarts() {", "}"),
    "js-inspect": ("908969bf139c4ad1", "async function debugCustomerCart(cartKey) {", "}"),
    "js-cleanup": ("6641ceb9bf6a4587", "async function cleanupAbandonedCarts() {", "}"),
    "js-debug-class": ("aff4ecef565267b5", "class DebugCoCartSessionsAPI extends CoCartSessionsAPI {", "}"),
    "js-backend": (
        "43a31497b2eb6de4", "// server.js - Express.js backend for session management",
        "app.listen(3000, () => {", "});",
    ),
    "php-class": ("33155ad1504ab0fb", "class CoCart_Sessions_API {", "}"),
    "php-dashboard": ("35f485bd3c97bf95", "function display_cart_sessions_dashboard() {", "}"),
    "php-plugin": ("0f066300f895bacd", "class CoCart_Sessions_Dashboard {", "}"),
    "python-report": ("0ac8b9f11acb1687", "import requests", 'print(f"Average Items per Cart: {avg_items:.2f}")'),
    "answer": ("b4199b237b768e7c", "Example Success Response:", "]"),
    "refusal": ("d7d57f88c4d63ef0", "Example Error Response:", "}"),
}


class GuideDocument:
    """All blocks of a document; none is changed, and none is missing."""

    def __init__(self, text):
        lines = text.split("\n")
        self.blocks = {name: self._cut(lines, name) for name in BLOCKS}

    def code(self, *names):
        return "\n".join(self.blocks[name] for name in names)

    def example(self, name):
        """The JSON that stands below a caption."""
        return json.loads(self.blocks[name].split("\n", 1)[1])

    @staticmethod
    def _cut(lines, name):
        digest, first, *through = BLOCKS[name]
        if lines.count(first) != 1:
            raise Changed(f"the line {first!r} stands {lines.count(first)} times in the document, expected once")
        start = end = lines.index(first)
        for line in through:
            if line not in lines[end + 1:]:
                raise Changed(f"no line {line!r} follows {first!r} in the document")
            end = lines.index(line, end + 1)
        block = "\n".join(lines[start:end + 1]) + "\n"
        found = hashlib.sha256(block.encode()).hexdigest()[:len(digest)]
        if found != digest:
            raise Changed(
                f"the code from {first!r} (line {start + 1}) to {through[-1]!r} (line {end + 1}) is not the code "
                f"that is known: its SHA-256 begins with {found}, expected {digest}"
            )
        return block
