import Core
import FoundationEssentials
import ObjectStore

/// A folder that is given, or a temporary one that is removed at the end.
struct TemporaryFolder {
    let path: String
    private let isTemporary: Bool

    init(keeping given: String?) throws {
        if let given {
            path = given
            isTemporary = false
            return
        }
        path = URL.temporaryDirectory.appending(path: "jobctl-\(UUID().uuidString)").path
        isTemporary = true
    }

    func remove() {
        guard isTemporary else { return }
        do throws(SystemFault) {
            try LocalFiles.removeAll(path)
        } catch {
            StandardStream.error.write("The temporary folder could not be removed: \(error)\n")
        }
    }
}
