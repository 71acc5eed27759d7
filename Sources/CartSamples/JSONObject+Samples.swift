import CartCore

/// Objects that a shop keeps with an item or a customer and that are handed back as they were spelt.
extension JSONObject {
    /// An object of the tables; tests see to it that each is one.
    init(table text: String) { self = (try? JSONObject(text)) ?? .empty }

    static let itemExtras: [JSONObject] = [
        #"{"gift_message":"Happy birthday, Grandma! 🎂"}"#,
        #"{"gift_message":"Alles Gute zum 40., Jürgen – \"endlich\" erwachsen!"}"#,
        #"{"gift_message":"Joyeux anniversaire à toute l'équipe"}"#,
        #"{"gift_message":"¡Feliz cumpleaños, Íñigo!"}"#,
        #"{"gift_message":"С днём рождения, бабушка!"}"#,
        #"{"gift_message":"Χρόνια πολλά"}"#,
        #"{"gift_message":"كل عام وأنتم بخير"}"#,
        #"{"gift_message":"מזל טוב"}"#,
        #"{"gift_message":"जन्मदिन मुबारक हो"}"#,
        #"{"gift_message":"শুভ জন্মদিন"}"#,
        #"{"gift_message":"สุขสันต์วันเกิด"}"#,
        #"{"gift_message":"生日快乐"}"#,
        #"{"gift_message":"お誕生日おめでとう"}"#,
        #"{"gift_message":"생일 축하합니다"}"#,
        #"{"gift_message":"Ẹ kú ọjọ́ ìbí"}"#,
        #"{"engraving":"M & K 2024"}"#,
        #"{"engraving":{"text":"Für immer","font":"Garamond","lines":[1,2]}}"#,
        #"{"engraving":{"text":"O'Neil","font":null}}"#,
        #"{"gift_wrap":true}"#,
        #"{"gift_wrap":true,"ribbon":{"colour":"red","width_mm":12.50}}"#,
        #"{"monogram":"A\u00e9B"}"#,
        #"{"delivery_note":"Leave with neighbour\nring twice"}"#,
        #"{"subscription":{"interval":"month","every":2,"discount":0.10}}"#,
        #"{"_bundle":[101,108,"x"],"_parent":null}"#,
        #"{"deposit":{"type":"percent","value":2.5e1}}"#,
    ].map(JSONObject.init(table:))

    private static let tiers = ["bronze", "silver", "gold", "platinum"]

    static func profile(language: String, using random: inout SplitMix64) -> JSONObject {
        switch random.below(4) {
        case 0:
            return JSONObject(table: #"{"language":"\#(language)","newsletter":\#(random.chance(50))}"#)
        case 1:
            let tier = random.pick(tiers)
            return JSONObject(table: #"{"loyalty":{"tier":"\#(tier)","points":\#(random.below(20_000))},"birthday":null}"#)
        case 2:
            let tags = random.chance(50) ? #"["vip","b2b"]"# : #"["returns often"]"#
            return JSONObject(table: #"{"tags":\#(tags),"discount_rate":0.\#(1 + random.below(2))0,"since":\#(2012 + random.below(12))}"#)
        default:
            return JSONObject(table: #"{"orders":\#(random.below(60)),"average":\#(10 + random.below(150)).\#(10 + random.below(90))}"#)
        }
    }
}
