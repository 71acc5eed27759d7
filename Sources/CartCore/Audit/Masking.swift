/// Personal data in a form that lets those who know it recognise it, and tells nobody else.
enum Masking {
    /// `john.doe@example.com` as `j***@e***.com`. A text of another form is masked as a whole.
    static func email(_ address: String) -> String {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, let host = parts[1].first else { return "***" }
        let end = parts[1].split(separator: ".").count > 1 ? parts[1].split(separator: ".").last.map { "." + $0 } : nil
        return "\(first)***@\(host)***\(end ?? "")"
    }
}
