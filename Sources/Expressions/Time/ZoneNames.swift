/// Names of zones that are not names of zone files.
enum ZoneNames {
    /// Seconds east of UTC of `UTC`, `Z`, `GMT+08:00`, `UTC-3` or `+05:30`; nil for other names.
    static func fixedOffset(_ id: String) -> Int? {
        switch id {
        case "UTC", "GMT", "UT", "Z", "Etc/UTC", "Etc/GMT", "Zulu", "Universal": return 0
        default: break
        }
        var rest = Substring(id)
        for prefix in ["UTC", "GMT", "UT"] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            break
        }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
        guard let seconds = clock(rest.dropFirst()), seconds <= 18 * 3600 else { return nil }
        return sign == "-" ? -seconds : seconds
    }

    /// `h`, `hh`, `hmm`, `hhmm`, `hh:mm` or `hh:mm:ss` in seconds.
    private static func clock(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
        var numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, !numbers.isEmpty, numbers.count <= 3 else {
            return nil
        }
        if numbers.count == 1, text.count > 2 {
            guard text.count <= 4 else { return nil }
            numbers = [numbers[0] / 100, numbers[0] % 100]
        }
        while numbers.count < 3 { numbers.append(0) }
        guard numbers[1] < 60, numbers[2] < 60 else { return nil }
        return numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    /// The region that one of Java's three-letter names stands for; other names as they are.
    static func region(_ id: String) -> String { shortNames[id] ?? id }

    private static let shortNames = [
        "ACT": "Australia/Darwin", "AET": "Australia/Sydney",
        "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo",
        "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
        "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago",
        "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris",
        "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
        "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland",
        "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
        "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
    ]
}
