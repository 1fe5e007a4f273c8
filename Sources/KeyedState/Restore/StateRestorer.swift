import Columnar
import Core
import ObjectStore

/// Fills a new state database from the parts of a checkpoint.
///
/// One part with just the wanted key groups is adopted: its files are linked. Otherwise the wanted
/// ranges of every part are read in order and written as files of the new database; rows that have
/// become wider are rewritten on the way.
struct StateRestorer {
    let uid: OperatorUID
    let declarations: [StateDeclaration]
    let keyGroups: KeyGroupRange
    let maxParallelism: Int
    let options: RocksOptions
    /// The folder of the new database; it does not exist yet.
    let databaseFolder: String
    /// For files on their way into the database.
    let incomingFolder: String

    /// Makes the database.
    func restore(_ source: RestoreSource) throws(StateError) -> RocksDatabase {
        guard source.maxParallelism == maxParallelism else {
            throw StateError(
                .schema,
                "The checkpoint was made with max parallelism \(source.maxParallelism) and the job "
                    + "wants \(maxParallelism) for operator '\(uid)': the number of key groups "
                    + "cannot change."
            )
        }
        let parts = source.parts.filter { $0.keyGroups.overlaps(keyGroups) }
            .sorted { $0.keyGroups.lower < $1.keyGroups.lower }
        var widened: [Set<UInt8>] = []
        for part in parts { widened.append(try checkSchema(part)) }
        if parts.count == 1, parts[0].keyGroups == keyGroups, widened[0].isEmpty {
            try adopt(parts[0])
            return try RocksDatabase(directory: databaseFolder, options: options)
        }
        let database = try RocksDatabase(directory: databaseFolder, options: options)
        var copier = StateCopier(folder: incomingFolder, options: options)
        for (part, widened) in zip(parts, widened) {
            let old = try RocksDatabase(
                directory: part.directory,
                options: options,
                isReadOnly: true
            )
            let lower = max(part.keyGroups.lower, keyGroups.lower)
            let upper = min(part.keyGroups.upper, keyGroups.upper)
            let codecs = widenings(part, widened)
            try copier.copy(from: old, KeyGroupRange(lower: lower, upper: upper), codecs)
        }
        try database.ingest(try copier.finish())
        return database
    }

    private func checkSchema(_ part: RestoreSource.Part) throws(StateError) -> Set<UInt8> {
        let decision = StateMigration.decide(
            old: part.declarations,
            new: declarations,
            uid: uid.text
        )
        switch decision {
        case .none: return []
        case .widen(let ids): return Set(ids)
        case .refuse(let message): throw StateError(.schema, message)
        }
    }

    private func widenings(
        _ part: RestoreSource.Part,
        _ widened: Set<UInt8>
    ) -> [UInt8: RowWidening] {
        var result: [UInt8: RowWidening] = [:]
        for declaration in declarations where widened.contains(declaration.id) {
            if let old = part.declarations.first(where: { $0.id == declaration.id }) {
                result[declaration.id] = RowWidening(from: old.rowTypes, to: declaration.rowTypes)
            }
        }
        return result
    }

    /// Links the tables of a part and copies its small files, which RocksDB goes on writing.
    private func adopt(_ part: RestoreSource.Part) throws(StateError) {
        do throws(SystemFault) {
            try LocalFiles.makeFolders(databaseFolder)
            for name in try LocalFiles.names(in: part.directory) {
                let source = "\(part.directory)/\(name)"
                let target = "\(databaseFolder)/\(name)"
                if name.hasSuffix(".sst") {
                    do throws(SystemFault) {
                        try LocalFiles.link(source, to: target)
                    } catch {
                        guard error.isLinkRefusal else { throw error }
                        try LocalFiles.copy(source, to: target)
                    }
                } else {
                    try LocalFiles.copy(source, to: target)
                }
            }
        } catch {
            throw StateError(
                error.isFull ? .full : .failed,
                "operator '\(uid)' could not take over its state: \(error)"
            )
        }
    }
}

/// Rewrites stored rows for a type that has more columns at its end.
struct RowWidening {
    private let old: RowCodec
    private let new: RowCodec

    init(from old: [DataType], to new: [DataType]) {
        self.old = RowCodec(old)
        self.new = RowCodec(new)
    }

    func rewrite(_ rows: BytesValues) -> BytesValues {
        var columns = old.decode(rows)
        for type in new.types[columns.count...] {
            columns.append(.nulls(type, count: rows.count))
        }
        return new.encode(columns, count: rows.count)
    }
}
