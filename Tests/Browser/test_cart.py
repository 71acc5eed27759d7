"""The page of one cart: what it holds, what happened to it, and what each API sends for it."""

import dashboard
from dashboard import exactly, expect, item

CART = {
    "store_id": 2, "currency": "EUR", "owner": {"type": "customer", "id": "77"}, "source": "till", "ip_address": "203.0.113.9",
    "customer": {
        "first_name": "Ọlámidé", "last_name": "Ṣóyínká", "email": "ola@example.com", "phone": "+234 1 555 0479",
        "billing": {"address_1": "Marina 1", "city": "Lagos", "postcode": "100001", "country": "NG"},
        "shipping": {"first_name": "Ade", "city": "Abuja"},
        "profile": {"note": "Zoë’s \"best\" <customer>", "tier": 1.50, "deep": [[], {}, {"a": [1, 2]}]},
    },
    "items": [
        item(145, "Tea & <b>more</b>", 1850, quantity=2, sku="T-1", variation_id=9, variation={"Size": "100 g", "Leaf": "whole"}, tax=74),
        item(203, "Kettle", 4999, kind="wishlist"), item(301, "", 100, kind="removed", quantity=1.5),
    ],
    "coupons": [{"code": "SPRING", "label": "Spring sale", "discount": 500, "discount_tax": 10}],
    "fees": [{"id": "wrap", "name": "Gift wrap", "amount": 250, "tax": 20}],
}


class CartTests(dashboard.Case):
    @classmethod
    def fill(cls):
        cls.api_key = cls.store.create_key(kind="cscart", permissions="admin")
        cls.reader = cls.store.create_key(permissions="read")

    def setUp(self):
        self.api("PUT", "/v1/carts/one", CART)

    def section(self, page, name):
        return page.get_by_role("region", name=name)

    def test_items(self):
        page = self.open("/carts/one")
        self.heading(page, "Ọlámidé Ṣóyínká")
        expect(page.locator(".cart-line")).to_contain_text("1 line, 2 pieces")
        bought = self.section(page, "To buy")
        expect(bought.get_by_role("rowheader")).to_contain_text("Tea & <b>more</b>")
        for text in ["Size: 100 g", "Leaf: whole", "SKU T-1", "Product 145", "Variation 9"]:
            expect(bought.get_by_role("rowheader")).to_contain_text(text)
        amounts = ["2", "€\u00a018.50", "€\u00a037.00", "€\u00a00.74", "€\u00a037.00"]
        self.assertEqual(bought.get_by_role("cell").all_inner_texts(), amounts)
        expect(self.section(page, "Wish list").get_by_role("rowheader")).to_contain_text("Kettle")
        removed = self.section(page, "Removed")
        expect(removed.get_by_role("rowheader")).to_contain_text("Product 301")
        expect(removed.get_by_role("cell").first).to_have_text("1.5")

    def test_totals(self):
        page = self.open("/carts/one")
        sums = {
            row.locator("dt").inner_text(): row.locator("dd").inner_text().split("\n")[0]
            for row in self.section(page, "Totals").locator(".sums > div").all()
        }
        stored = {name: value for name, value in dict(exactly(self.api("GET", "/v1/carts/one")))["totals"]}
        for label, name, sign in [
            ("Subtotal", "subtotal", ""), ("Discount", "discount", "−"), ("Fees", "fees", ""), ("Tax in all", "tax", ""),
            ("Total", "total", ""),
        ]:
            minor = int(stored[name][1])
            self.assertEqual(sums[label], f"{sign}€\u00a0{minor // 100}.{minor % 100:02}", label)
        self.assertEqual(sums["SPRING Spring sale"], "−€\u00a05.00")
        self.assertEqual(sums["Gift wrap"], "€\u00a02.50")
        expect(page.locator(".cart-total")).to_have_text(sums["Total"])

    def test_customer_and_facts(self):
        page = self.open("/carts/one")
        customer = self.section(page, "Customer").inner_text()
        for text in ["ola@example.com", "+234 1 555 0479", "Customer 77", "Marina 1", "100001 Lagos", "Ade", "Abuja"]:
            self.assertIn(text, customer)
        facts = self.section(page, "Facts").inner_text()
        for text in ["till", "203.0.113.9", "EUR", "none yet"]:
            self.assertIn(text, facts)

    def test_history(self):
        self.api("PUT", "/v1/carts/told", {"items": [item()]})
        self.api("PUT", "/v1/carts/told", {"items": [item(), item(146, "Sugar")]})
        page = self.open("/carts/told")
        entries = self.section(page, "History").locator(".history > li")
        expect(entries).to_have_count(2)
        for entry in entries.all():
            expect(entry).to_contain_text(f"key {self.key.id}, trial")
        page.get_by_role("link", name="All in the audit trail").click()
        self.heading(page, "Audit trail")
        expect(page.locator("tbody tr")).to_have_count(2)
        self.assertEqual(page.get_by_label("About").input_value(), "cart:told")

    def test_documents_are_those_of_the_apis(self):
        page = self.open("/carts/one")
        documents = page.locator("details.document")
        expect(documents).to_have_count(3)
        for document, key in zip(documents.all(), [self.key, self.key, self.api_key]):
            path = document.locator("summary code").inner_text()
            with self.subTest(path):
                document.locator("summary").click()
                shown = document.locator("pre")
                expect(shown).to_be_visible()
                text = shown.inner_text()
                self.assertGreater(text.count("\n"), 10, "is not indented")
                self.assertEqual(exactly(text), exactly(self.api("GET", path, key=key)))

    def test_copying(self):
        page = self.open("/carts/one", permissions=["clipboard-read", "clipboard-write"])
        button = page.get_by_role("button", name="Copy the key")
        button.click()
        expect(page.locator(".copy", has_text="Copied")).to_be_visible()
        self.assertEqual(page.evaluate("() => navigator.clipboard.readText()"), "one")
        expect(button).to_be_visible()

    def test_no_such_cart(self):
        for path in ["/carts/missing", "/carts/%22%3Cb%3E", "/carts/" + "x" * 43]:
            page = self.open()
            self.watch.expect("status of 404")
            page.goto(path)
            self.heading(page, "There is no such cart")
            page.get_by_role("link", name="Back to the carts").click()
            self.heading(page, "Carts")
