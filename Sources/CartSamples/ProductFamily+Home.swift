/// What stands and hangs in a home.
extension ProductFamily {
    static let home: [ProductFamily] = [
        ProductFamily(
            "Mug", sku: "MUG", cents: 900...2900, grams: 280...450, size: (12, 9, 10),
            """
            Stoneware, Enamel, Porcelain, Speckled, Tall Latte=tall-latte, Espresso, Travel, Hand-Thrown
            Grüße aus Kiel=gruesse-aus-kiel
            """),
        ProductFamily(
            "Candle", sku: "CND", cents: 1200...4500, grams: 200...600, size: (9, 9, 11),
            """
            Fig & Cassis=fig-cassis, Cedarwood, Beeswax, Sea Salt=sea-salt, Rose Geranium=rose-geranium, Vanilla, Sandalwood
            Winter Spice=winter-spice
            """),
        ProductFamily(
            "Cushion", sku: "CSH", cents: 1900...5900, grams: 300...700, size: (45, 45, 12), choices: [.colour],
            """
            Velvet, Linen, Bouclé=boucle, Kilim, Block-Print, Outdoor, Embroidered, Wool
            """),
        ProductFamily(
            "Lamp", sku: "LMP", cents: 3900...19900, grams: 900...4200, size: (35, 35, 55), choices: [.finish],
            """
            Anglepoise, Ceramic Table=ceramic-table, Arc Floor=arc-floor, Bedside, Paper Pendant=paper-pendant, Clip-On
            Banker's=bankers, Rattan
            """),
        ProductFamily(
            "Shelf", sku: "SHL", cents: 4900...22900, grams: 2500...9800, size: (90, 25, 8), choices: [.finish],
            """
            Floating, Ladder, Picture, Corner, String, Bracket, Spice, Shoe
            """),
        ProductFamily(
            "Chair", sku: "CHR", cents: 7900...39900, grams: 4200...11500, size: (60, 55, 85), choices: [.finish],
            """
            Dining, Rocking, Bentwood, Windsor, Folding, Desk, Lounge, Bistro
            """),
        ProductFamily(
            "Blanket", sku: "BLK", cents: 3900...15900, grams: 700...1900, size: (40, 35, 15), choices: [.colour],
            """
            Merino, Picnic, Waffle, Mohair, Recycled Wool=recycled-wool, Cotton Cellular=cotton-cellular
            Welsh Tapestry=welsh-tapestry, Fleece
            """),
        ProductFamily(
            "Towel", sku: "TWL", cents: 900...4900, grams: 250...800, size: (35, 30, 8), choices: [.colour],
            """
            Turkish, Waffle, Bath, Beach, Hand, Linen Tea=linen-tea, Hammam, Gym
            """),
        ProductFamily(
            "Knife", sku: "KNF", cents: 2900...18900, grams: 90...320, size: (36, 6, 3),
            """
            Chef's 20 cm=chefs-20-cm, Paring, Santoku 三徳=santoku, Bread, Nakiri 菜切=nakiri, Oyster, Utility, Cheese
            """),
        ProductFamily(
            "Saucepan", sku: "PAN", cents: 2900...16900, grams: 800...3200, size: (40, 22, 14),
            """
            Copper 16 cm=copper-16-cm, Cast-Iron, Milk, Steel 20 cm=steel-20-cm, Sauté=saute, Non-Stick, Jam, Enamelled
            """),
        ProductFamily(
            "Teapot", sku: "TPT", cents: 2400...9900, grams: 450...1300, size: (22, 14, 15),
            """
            Cast-Iron Tetsubin 鉄瓶=tetsubin, Brown Betty=brown-betty, Glass, Porcelain, Yixing 宜兴=yixing, Enamel, Stacking
            Çaydanlık=caydanlik
            """),
        ProductFamily(
            "Notebook", sku: "NTB", cents: 500...2900, grams: 120...450, size: (21, 15, 2), choices: [.colour],
            """
            Dotted A5=dotted-a5, Ruled A5=ruled-a5, Leather, Pocket, Watercolour, Music, Recipe, Travel Journal=travel-journal
            """),
    ]
}
