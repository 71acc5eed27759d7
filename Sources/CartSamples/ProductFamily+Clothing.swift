/// What is worn and carried.
extension ProductFamily {
    static let clothing: [ProductFamily] = [
        ProductFamily(
            "Jumper", sku: "JMP", cents: 4900...12900, grams: 350...700, size: (40, 30, 6), choices: [.colour, .clothing],
            """
            Skye Merino=skye-merino, Harris Lambswool=harris-lambswool, Fisherman's Rib=fishermans-rib, Fair Isle=fair-isle
            Cable-Knit, Cotton Crew=cotton-crew, Alpaca V-Neck=alpaca-v-neck, Norwegian, Roll-Neck
            """),
        ProductFamily(
            "T-Shirt", sku: "TEE", cents: 1500...3900, grams: 120...220, size: (30, 25, 2), choices: [.colour, .clothing],
            """
            Organic Cotton=organic-cotton, Heavyweight, Breton Stripe=breton-stripe, Linen Pocket=linen-pocket, Slub, Long-Sleeve
            Sunrise Print=sunrise-print, Plain White=plain-white, Café Society=cafe-society
            """),
        ProductFamily(
            "Shirt", sku: "SHT", cents: 3900...9900, grams: 180...320, size: (35, 25, 4), choices: [.colour, .clothing],
            """
            Oxford, Chambray, Flannel, Linen Grandad=linen-grandad, Poplin, Corduroy, Denim, Seersucker
            """),
        ProductFamily(
            "Jacket", sku: "JKT", cents: 8900...29900, grams: 600...1600, size: (60, 45, 10), choices: [.colour, .clothing],
            """
            Waxed, Rain, Quilted, Donkey, Chore, Harrington, Down, Softshell
            """),
        ProductFamily(
            "Trousers", sku: "TRS", cents: 4900...11900, grams: 350...700, size: (40, 30, 5), choices: [.colour, .clothing],
            """
            Chino, Corduroy, Linen, Wool Flannel=wool-flannel, Cargo, Pleated, Jersey, Walking
            """),
        ProductFamily(
            "Dress", sku: "DRS", cents: 5900...14900, grams: 250...600, size: (40, 30, 5), choices: [.colour, .clothing],
            """
            Wrap, Linen Shift=linen-shift, Tea, Pinafore, Shirt, Jersey Maxi=jersey-maxi, Sun, Velvet
            """),
        ProductFamily(
            "Socks", sku: "SCK", cents: 800...2400, grams: 50...120, size: (20, 10, 3), choices: [.colour],
            """
            Merino Walking=merino-walking, Bamboo, Bed, Cashmere, Trainer, Striped, Ski, Wool Boot=wool-boot
            """),
        ProductFamily(
            "Scarf", sku: "SCF", cents: 2500...8900, grams: 120...300, size: (30, 20, 5), choices: [.colour],
            """
            Lambswool, Silk, Snood, Tartan, Cashmere, Cotton Gauze=cotton-gauze, Blanket, Fringed
            """),
        ProductFamily(
            "Hat", sku: "HAT", cents: 1900...6900, grams: 80...200, size: (25, 25, 12), choices: [.colour],
            """
            Bobble, Straw, Bucket, Felt Fedora=felt-fedora, Baker Boy=baker-boy, Beret, Beanie, Sun
            """),
        ProductFamily(
            "Boots", sku: "BTS", cents: 9900...24900, grams: 900...1800, size: (34, 24, 14), choices: [.shoes],
            """
            Chelsea, Hiking, Desert, Winter, Wellington, Brogue, Riding, Ankle
            """),
        ProductFamily(
            "Trainers", sku: "TRN", cents: 5900...13900, grams: 500...900, size: (33, 20, 12), choices: [.shoes],
            """
            Court, Trail, Retro Runner=retro-runner, Canvas, Leather Low=leather-low, Knit, High-Top, Slip-On
            """),
        ProductFamily(
            "Bag", sku: "BAG", cents: 2900...18900, grams: 300...1500, size: (45, 35, 15), choices: [.colour],
            """
            Canvas Tote=canvas-tote, Leather Satchel=leather-satchel, Messenger, Weekend, Roll-Top, Cross-Body, Market, Laptop
            """),
    ]
}
