/// The words of which rows are made.
enum Vocabulary {
    static let firstNames = [
        "Ada", "Bruno", "Chiara", "Daan", "Elif", "Farid", "Grete", "Hiro", "Ines", "Jakub",
        "Kofi", "Leila", "Mateo", "Nadia", "Olga", "Pablo", "Qiang", "Rosa", "Søren", "Tamar",
        "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoë",
    ]
    static let lastNames = [
        "Almeida", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad",
        "Ivanova", "Jansen", "Kowalski", "Lindqvist", "Moreau", "Nakamura", "O'Brien", "Petrov",
        "Rossi", "Sato", "Tanaka", "Ümit", "Vargas", "Weber", "Yılmaz", "Zhou",
    ]
    static let cities = [
        "Amsterdam", "Berlin", "Copenhagen", "Dublin", "Helsinki", "İzmir", "Kraków", "Lisbon",
        "London", "Madrid", "Milan", "Oslo", "Paris", "Porto", "Prague", "Stockholm", "Tallinn",
        "Vienna", "Warsaw", "Zürich",
    ]
    static let merchants = [
        "Acorn Books", "Blue Harbor Café", "City Transit", "Delta Fuel", "Evergreen Grocers",
        "Fjord Outdoor", "Grand Hotel", "Happy Paws", "Iris Pharmacy", "Juniper Fashion",
        "Kite Airlines", "Luna Cinema", "Mango Mobile", "Northwind Electronics", "Olive & Vine",
    ]
    /// What each merchant sells, in the order of `merchants`.
    static let merchantCategories = [
        "books", "dining", "travel", "fuel", "groceries", "leisure", "travel", "leisure",
        "health", "fashion", "travel", "leisure", "electronics", "electronics", "dining",
    ]
    static let currencies = ["EUR", "EUR", "EUR", "USD", "USD", "GBP", "CHF"]
    static let tiers = ["BASIC", "BASIC", "BASIC", "SILVER", "SILVER", "GOLD", "PLATINUM"]
    static let devices = ["android", "ios", "web", "tv"]
    static let subjects = [
        "birds", "bread", "chess", "cities", "clocks", "deserts", "gardens", "jazz", "maps",
        "oceans", "robots", "trains", "volcanoes", "wool",
    ]
    static let openings = [
        "A short history of", "All about", "How we learned to love", "Living with",
        "Ten questions about", "The secret life of", "What nobody tells you about",
    ]
    static let contentKinds = ["article", "podcast", "short", "video", "video"]
    static let goods = [
        "Backpack", "Coffee mill", "Desk lamp", "Headphones", "Kettle", "Keyboard", "Notebook",
        "Raincoat", "Running shoes", "Scarf", "Tent", "Water bottle",
    ]
    static let goodsCategories = ["books", "fashion", "home", "outdoor", "technology"]
    static let carriers = ["DHL", "DPD", "GLS", "PostNL", "UPS"]
    static let paymentMethods = ["bank transfer", "card", "card", "card", "wallet"]

    static func personName(_ random: inout SeededRandom) -> String {
        "\(random.pick(firstNames)) \(random.pick(lastNames))"
    }
}
