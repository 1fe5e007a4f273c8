/// Tells keys that may be on disk from those that never were, so that new keys never ask RocksDB.
///
/// Grows by layers, each four times the one before. It belongs to the slot thread; a key is added
/// when it is frozen, before it can leave memory.
@safe final class SpillFilter {
    private var layers: [FilterLayer] = []
    private let views: UnsafeMutablePointer<FilterBlocks>
    private static let layersMax = 24
    /// Whether there are keys on disk that the filter has not been told of (after a restore).
    private(set) var isUnknown: Bool
    /// Whether a record may be marked as on disk though the filter was never told of its key.
    let wasUnknown: Bool
    /// Whether the filter would take too much memory: RocksDB's own have to do.
    private var isGivenUp = false
    private let context: StateContext

    /// - Parameters:
    ///   - context: the store that it belongs to.
    ///   - isUnknown: whether there are keys on disk that the filter was not told of.
    init(_ context: StateContext, isUnknown: Bool = false) {
        self.context = context
        self.isUnknown = isUnknown
        wasUnknown = isUnknown
        unsafe views = .allocate(capacity: Self.layersMax)
    }

    deinit {
        unsafe views.deallocate()
    }

    /// Whether no key was ever spilled.
    var isEmpty: Bool { !isUnknown && !isGivenUp && layers.isEmpty }

    @inline(__always)
    func mayContain(_ hash: UInt64) -> Bool {
        if isUnknown || isGivenUp { return true }
        return layersContain(hash)
    }

    @inline(__always)
    private func layersContain(_ hash: UInt64) -> Bool {
        for index in 0..<layers.count where unsafe views[index].mayContain(hash) { return true }
        return false
    }

    /// Makes the first layer large enough for so many keys.
    func reserve(_ keys: Int) {
        if layers.isEmpty, keys > 0, !isGivenUp { addLayer(keys * 2) }
    }

    func insert(_ hash: UInt64) {
        if isGivenUp || layersContain(hash) { return }
        if layers.last?.isFull ?? true { addLayer(0) }
        layers.last?.insert(hash)
    }

    private func addLayer(_ wanted: Int) {
        let largest = layers.last?.capacity ?? 0
        let used = layers.reduce(0) { $0 + $1.bytes }
        let left = FilterLayer.capacity(bytes: context.budget.tableBytes / 2 - used)
        append(FilterLayer(capacity: max(512, min(left, max(wanted, largest * 4)))))
    }

    private func append(_ layer: FilterLayer) {
        let others = layers.reduce(0) { $0 + $1.bytes }
        let isTooLarge = (others + layer.bytes) * 2 > context.budget.tableBytes
        if layers.count == Self.layersMax || (isTooLarge && !layers.isEmpty) {
            giveUp()
            return
        }
        unsafe (views + layers.count).initialize(to: layer.view)
        layers.append(layer)
        context.overheadBytes += layer.bytes
    }

    /// Answers from now on that every key may be there.
    func giveUp() {
        removeAll()
        isGivenUp = true
    }

    /// Forgets all keys.
    func removeAll() {
        for layer in layers { context.overheadBytes -= layer.bytes }
        layers = []
    }

    /// Takes over the keys that were found on disk; from now on they are known.
    func adopt(_ found: [FilterLayer]) {
        guard isUnknown else { return }
        for layer in found where !isGivenUp { append(layer) }
        isUnknown = false
    }
}
