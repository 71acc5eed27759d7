"""The code of the guide, cut out of its text."""

import hashlib
import json


class Changed(Exception):
    """The document does not hold what is looked for."""


# name: (SHA-256 of the block; its first line; the lines to go through to its last one)
BLOCKS = {
    "js-class": ("9a8dd9a8f500cbbb78ead28ef702bfdde6623438b5cb3ed64c1f92fda24cf43f", "class CoCartSessionsAPI {", "}"),
    "js-monitor": ("b6b3578c75f2fa23d91e656a6c1ac0da5c2f7c5d1e4fe560c586c2b6f74636c5", "async function monitorActiveCarts() {", "}"),
    "js-inspect": ("908969bf139c4ad19e3bc3c9f5db980859693733adc38ae52c1553e3403e3ab9", "async function debugCustomerCart(cartKey) {", "}"),
    "js-cleanup": ("6641ceb9bf6a45878575f5398df4038bb0cdb93227ce36d4812bc66b5a996fec", "async function cleanupAbandonedCarts() {", "}"),
    "js-debug-class": ("aff4ecef565267b5abe4973bbadf8d29a6de584cd36be9171cddba0af00e13a1", "class DebugCoCartSessionsAPI extends CoCartSessionsAPI {", "}"),
    "js-backend": (
        "43a31497b2eb6de43ce9974cece3c32503490c93eb31aa739059a3b7fa0a6d84",
        "// server.js - Express.js backend for session management",
        "app.listen(3000, () => {",
        "});",
    ),
    "php-class": ("33155ad1504ab0fb7ea931f7ab64b3bdbf778765b11e42984b2b1b014990d1c6", "class CoCart_Sessions_API {", "}"),
    "php-dashboard": ("35f485bd3c97bf950179b1f2a7783aa86afc1760ee679f03f199a37530a61d15", "function display_cart_sessions_dashboard() {", "}"),
    "php-plugin": ("0f066300f895bacd133a4b309ba15173ee13f410a4f8b4795adbb7e2fa19c880", "class CoCart_Sessions_Dashboard {", "}"),
    "python-report": ("0ac8b9f11acb1687db266c20b23c6189f1a0a8918d6a532bd969a031d69c1532", "import requests", 'print(f"Average Items per Cart: {avg_items:.2f}")'),
    "answer": ("b4199b237b768e7cb82f20e9fe9f3e5e1ade32f49177758e07b724b5e0fcbbed", "Example Success Response:", "]"),
    "refusal": ("d7d57f88c4d63ef0c44fb765644d7d3873e2142532818794a6c67ae6ecaa45e7", "Example Error Response:", "}"),
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
        found = hashlib.sha256(block.encode()).hexdigest()
        if found != digest:
            raise Changed(
                f"the code from {first!r} (line {start + 1}) to {through[-1]!r} (line {end + 1}) is not the code "
                f"that is known: its SHA-256 is {found}, expected {digest}"
            )
        return block
