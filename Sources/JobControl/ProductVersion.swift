/// The version of all programs of one build.
enum ProductVersion {
    static let text = "0.1.0"
}
