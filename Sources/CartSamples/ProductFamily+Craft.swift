/// What is made with and played with, some of it cut to length.
extension ProductFamily {
    static let craft: [ProductFamily] = [
        ProductFamily(
            "Fabric", sku: "FAB", cents: 900...3900, grams: 150...450, size: (150, 10, 10), sold: .metre, choices: [.colour],
            """
            Liberty Cotton=liberty-cotton, Linen Blend=linen-blend, Wool Tweed=wool-tweed, Jersey, Waxed Canvas=waxed-canvas
            Corduroy, Batik, Viscose Crêpe=viscose-crepe
            """),
        ProductFamily(
            "Ribbon", sku: "RBN", cents: 90...450, grams: 5...30, size: (10, 10, 3), sold: .metre, choices: [.colour],
            """
            Grosgrain, Satin, Velvet, Organza, Gingham, Jute, Lace, Metallic
            """),
        ProductFamily(
            "Yarn", sku: "YRN", cents: 400...1900, grams: 50...200, size: (15, 8, 8), choices: [.colour],
            """
            Merino DK=merino-dk, Sock, Chunky Alpaca=chunky-alpaca, Cotton, Mohair Lace=mohair-lace, Aran
            Recycled Denim=recycled-denim, Hand-Dyed
            """),
        ProductFamily(
            "Cable", sku: "CBL", cents: 700...2900, grams: 40...220, size: (15, 10, 4), choices: [.length],
            """
            USB-C, HDMI, Guitar, Ethernet, Speaker, Lightning, Audio, Extension
            """),
        ProductFamily(
            "Headphones", sku: "HDP", cents: 3900...34900, grams: 150...400, size: (20, 18, 9), choices: [.colour],
            """
            Studio, Wireless, In-Ear, Noise-Cancelling, Sport, Folding, Children's=childrens, Open-Back
            """),
        ProductFamily(
            "Plant", sku: "PLT", cents: 900...6900, grams: 600...5200, size: (20, 20, 60),
            """
            Monstera, Fiddle-Leaf, Snake, Peace Lily=peace-lily, Jade, Olive, Bay, Rubber
            """),
        ProductFamily(
            "Puzzle", sku: "PZL", cents: 1200...3900, grams: 400...1100, size: (35, 25, 6),
            """
            1000-Piece Map=1000-piece-map, Wooden Fox=wooden-fox, Birds of Europe=birds-of-europe, Ravensburg, Botanical
            Night Sky=night-sky, 500-Piece Harbour=500-piece-harbour, Alphabet
            """),
        ProductFamily(
            "Book", sku: "BOK", cents: 900...4900, grams: 200...1400, size: (24, 17, 3),
            """
            The Bread=the-bread, Le Petit Jardin=le-petit-jardin, Война и мир=voina-i-mir, Poems of Ḥāfeẓ=poems-of-hafez
            Wild Swimming=wild-swimming, Knots, الف ليلة وليلة=alf-layla, 源氏物語=genji
            """),
    ]
}
