import CartCore

/// What the shop sells: the same in every sample shop.
enum Catalogue {
    static let products: [Product] = {
        var products: [Product] = []
        for family in ProductFamily.clothing + ProductFamily.home + ProductFamily.food + ProductFamily.craft {
            let attributes = Attributes.combinations(of: family.choices)
            for model in family.models {
                products.append(Product(family, model: model, place: products.count, attributes: attributes))
            }
        }
        return products
    }()

    /// Places of products, the most popular first. Families are taken apart, so that best sellers are of many sorts.
    private static let byPopularity: [Int] = {
        var random = SplitMix64(seed: 1, subject: .catalogue, number: 0)
        var places = Array(products.indices)
        for end in stride(from: places.count - 1, to: 0, by: -1) { places.swapAt(end, random.below(end + 1)) }
        return places
    }()

    /// How often the products up to a rank are bought, summed up; by Zipf's law, with the very first ranks flattened.
    private static let sales: [Int] = {
        var sum = 0
        return products.indices.map { rank in
            sum += 1_000_000 / (rank + 4)
            return sum
        }
    }()

    /// The place of a product, chosen by its popularity.
    static func place(using random: inout SplitMix64) -> Int {
        let wanted = random.below(sales.last ?? 0)
        var low = 0
        var high = sales.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sales[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return byPopularity[low]
    }
}
