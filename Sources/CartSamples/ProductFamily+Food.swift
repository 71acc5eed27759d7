/// What is eaten and drunk, some of it weighed out.
extension ProductFamily {
    static let food: [ProductFamily] = [
        ProductFamily(
            "Coffee", sku: "COF", cents: 2400...5900, grams: 1000...1000, size: (20, 12, 8), sold: .kilogram, choices: [.grind],
            """
            Ethiopia Yirgacheffe=ethiopia-yirgacheffe, Colombia Huila=colombia-huila, House Espresso=house-espresso
            Kenya AA=kenya-aa, Sumatra Mandheling=sumatra-mandheling, Decaf Swiss Water=decaf-swiss-water
            Guatemala Antigua=guatemala-antigua, Rwanda Nyungwe=rwanda-nyungwe
            """),
        ProductFamily(
            "Cheese", sku: "CHS", cents: 1400...4800, grams: 1000...1000, size: (20, 15, 10), sold: .kilogram,
            """
            Comté=comte, Aged Gouda=aged-gouda, Manchego, Stilton, Gruyère=gruyere, Parmigiano Reggiano=parmigiano-reggiano, Feta
            Oscypek
            """),
        ProductFamily(
            "Tea", sku: "TEA", cents: 600...2900, grams: 60...250, size: (15, 9, 6),
            """
            Sencha 煎茶=sencha, Darjeeling First Flush=darjeeling-first-flush, Earl Grey=earl-grey, Rooibos
            Lapsang Souchong=lapsang-souchong, Assam, Jasmine Pearls=jasmine-pearls, Čaj z lípy=caj-z-lipy
            """),
        ProductFamily(
            "Chocolate", sku: "CHO", cents: 350...1200, grams: 70...200, size: (16, 8, 1),
            """
            Dark 70 %=dark-70, Sea Salt Caramel=sea-salt-caramel, Milk Hazelnut=milk-hazelnut, White Raspberry=white-raspberry
            Orange & Almond=orange-almond, Single Origin Peru=single-origin-peru, Gianduja, Chilli
            """),
        ProductFamily(
            "Honey", sku: "HNY", cents: 700...2400, grams: 250...1000, size: (9, 9, 12),
            """
            Heather, Acacia, Lime Blossom=lime-blossom, Chestnut, Thyme, Buckwheat, Mānuka=manuka, Forest
            """),
        ProductFamily(
            "Olive Oil", sku: "OIL", cents: 900...3900, grams: 500...1100, size: (8, 8, 30),
            """
            Extra Virgin=extra-virgin, Koroneiki, Picual, Lemon, Unfiltered, Arbequina, Early Harvest=early-harvest, Chilli
            """),
        ProductFamily(
            "Nuts", sku: "NUT", cents: 1200...3400, grams: 1000...1000, size: (20, 15, 8), sold: .kilogram,
            """
            Roasted Almond=roasted-almond, Cashew, Piedmont Hazelnut=piedmont-hazelnut, Pistachio, Pecan, Walnut, Brazil
            Macadamia
            """),
    ]
}
