/// The version of all programs of one build.
package enum ProductVersion {
    package static let text = "0.1.0"
}
