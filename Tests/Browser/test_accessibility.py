"""That everybody can use the pages: with axe's rules, by the keyboard alone, on a narrow screen, in light and dark."""

import functools

from axe_playwright_python.sync_playwright import Axe

import dashboard
import hostile
from dashboard import expect, item

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
SIZES = [(360, 740), (1440, 900)]

# Ids that are referred to and are not there.
BROKEN = """() => [...document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for], use")].flatMap((element) =>
  ["aria-labelledby", "aria-describedby", "for", "href"].flatMap((name) => (element.getAttribute(name) ?? "").split(" "))
    .filter((id) => id && !document.getElementById(id.replace("#", ""))))"""
# All that can be reached by the Tab key, as it should be.
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter((element) => !element.disabled && element.checkVisibility({ visibilityProperty: true })).length"""
# What has the focus, and whether that is seen.
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  element.dataset.seen ??= String(document.querySelectorAll("[data-seen]").length);
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return { number: Number(element.dataset.seen), name: element.outerHTML.slice(0, 120),
    isShown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && style.visibility === "visible",
    isInside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth };
}"""


@functools.cache
def axe():
    return Axe()


class AccessibilityTests(dashboard.Case):
    @classmethod
    def fill(cls):
        times = {"created": "2020-01-01T00:00:00Z", "updated": "2020-01-01T00:00:00Z", "expires": "2020-01-03T00:00:00Z"}
        cls.load([{"key": f"old-{place}", "items": [item()], **times} for place in range(1001)])
        cls.load([
            {"key": f"new-{place}", "customer": {"first_name": "Ada", "last_name": f"N{place}", "email": "ada@example.com"},
             "items": [item(variation={"Size": "M"}), item(7, "Kettle", kind="wishlist")], "source": "till",
             "coupons": [{"code": "SPRING", "discount": 1}]} for place in range(30)
        ])
        cls.load([hostile.cart(place, text) for place, text in enumerate(hostile.TEXTS)])
        disabled = cls.store.create_key(permissions="read")
        cls.store.corral("keys", "disable", str(disabled.id))

    paths = [
        "/", "/carts?per_page=10", "/carts?search=ada&state=active&total_min=1&per_page=10", "/carts?search=nothing",
        "/carts?total_min=x&per_page=10", "/carts/new-1", "/keys", "/keys/1", "/audit?action=key.create", "/audit?action=cart.delete",
        "/settings",
    ]

    def pages(self, *paths, **options):
        """Opens each page in turn, and the ones that are reached by forms."""
        page = self.open(**options)
        for path in paths or self.paths:
            page.goto(path)
            yield path, page
        if paths:
            return
        page.goto("/carts?source=till")
        page.get_by_role("button", name="Delete all").click()
        yield "a confirmation", page
        page.goto("/keys")
        page.get_by_label("What is it for?").fill("Accessible")
        page.get_by_role("button", name="Create key").click()
        expect(page.locator("#h-secret")).to_be_visible()
        yield "a new key", page
        self.watch.expect("status of 404")
        page.goto("/carts/none")
        yield "an error", page
        out = self.open("/sign-in", visitor=None, **options)
        yield "signing in", out

    def test_rules(self):
        for width, height in SIZES:
            for scheme, rules in [("light", RULES), ("dark", CONTRAST)]:
                for path, page in self.pages(width=width, height=height, color_scheme=scheme):
                    with self.subTest(f"{path}, {scheme}, {width}"):
                        found = axe().run(page, options=rules).response["violations"]
                        self.assertEqual([self.told(each) for each in found], [])

    def told(self, violation):
        nodes = [f"{node['target']}: {node['failureSummary']}" for node in violation["nodes"][:3]]
        return f"{violation['id']}: {violation['help']}\n" + "\n".join(nodes)

    def test_rules_find_something(self):
        page = self.open()
        page.route("**/made-up", lambda route: route.fulfill(
            content_type="text/html", body="<!doctype html><p style='color:#bbb;background:#fff'>faint<input><i id=a></i><i id=a></i>"))
        page.goto("/made-up")
        found = {each["id"] for each in axe().run(page, options=RULES).response["violations"]}
        self.assertTrue({"color-contrast", "label", "html-has-lang", "document-title"} <= found, found)

    def test_frame_of_every_page(self):
        for path, page in self.pages():
            with self.subTest(path):
                expect(page.get_by_role("heading", level=1)).to_have_count(1)
                expect(page.get_by_role("main")).to_have_count(1)
                if path != "an error" and path != "signing in":
                    expect(page.get_by_role("banner")).to_have_count(1)
                    expect(page.get_by_role("navigation", name="Main")).to_have_count(1)
                ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((element) => element.id)")
                self.assertEqual(sorted(ids), sorted(set(ids)), "an id stands twice")
                self.assertEqual(page.evaluate(BROKEN), [], "something that is referred to is missing")
                self.assertRegex(page.title(), r"^.+ · Corral$")
                self.assertEqual(page.locator("html").get_attribute("lang"), "en")

    def test_keyboard_reaches_everything(self):
        for width, height in SIZES:
            paths = ["/", "/carts?search=ada&per_page=10", "/carts/new-1", "/keys", "/keys/1", "/audit", "/settings"]
            for path, page in self.pages(*paths, width=width, height=height):
                with self.subTest(f"{path}, {width}"):
                    wanted = page.evaluate(REACHABLE)
                    self.assertGreater(wanted, 8)
                    last = -1
                    page.keyboard.press("Tab")
                    for _ in range(wanted + 20):
                        focused = page.evaluate(FOCUSED)
                        if focused is None or focused["number"] < last:
                            break
                        # Fields of dates have several parts; the first shows the focus at the whole field.
                        is_seen = focused["number"] == last or focused["isShown"] and focused["isInside"]
                        self.assertTrue(is_seen, f"the focus is not seen at {focused['name']}")
                        last = focused["number"]
                        page.keyboard.press("Tab")
                    self.assertEqual(last + 1, wanted)

    def test_skip_link(self):
        page = self.open("/carts")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()

    def test_nothing_scrolls_sideways(self):
        width = "() => [document.scrollingElement.scrollWidth, innerWidth]"
        for path, page in self.pages(width=360, height=740):
            with self.subTest(path):
                self.assertLessEqual(*page.evaluate(width))
        hostile_pages = [f"/carts/{hostile.cart(place, '')['key']}" for place in (0, len(hostile.TEXTS) - 1)]
        for path, page in self.pages("/carts?search=hostile&per_page=100", *hostile_pages, width=360, height=740):
            with self.subTest(path):
                self.assertLessEqual(*page.evaluate(width))

    def test_what_can_be_pressed_is_large_enough(self):
        small = """() => [...document.querySelectorAll("button, select, input:not([type=hidden]):not([type=checkbox])")]
          .filter((element) => element.checkVisibility())
          .map((element) => [element.getBoundingClientRect().height, element.outerHTML.slice(0, 90)])
          .filter(([height]) => height < 24)"""
        for path, page in self.pages(width=360, height=740):
            with self.subTest(path):
                self.assertEqual(page.evaluate(small), [])

    def test_nothing_moves_for_those_who_want_that(self):
        page = self.open("/carts", reduced_motion="reduce")
        moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element);
          const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ");
          return times.some((time) => parseFloat(time) > 0.01);
        }).map((element) => element.outerHTML.slice(0, 80))""")
        self.assertEqual(moving, [])
