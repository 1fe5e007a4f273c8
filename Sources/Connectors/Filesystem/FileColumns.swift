import Columnar
import Formats

/// Puts the output columns of a scan together from what the format and the file tell.
struct FileColumns {
    private enum Output {
        /// A column of the decoder, by position.
        case decoded(Int)
        case file(FileMetadata, DataType)
    }

    /// What the decoder has to give.
    let decoded: ScanProjection
    private let outputs: [Output]

    init(_ table: TableDefinition, _ projection: ScanProjection) {
        var decoded: [[Int]] = []
        var outputs: [Output] = []
        for (path, type) in zip(projection.paths, projection.types(of: table)) {
            let key = table.columns[path[0]].metadataKey
            if let metadata = key.flatMap(FileMetadata.init) {
                outputs.append(.file(metadata, type))
            } else {
                outputs.append(.decoded(decoded.count))
                decoded.append(path)
            }
        }
        self.decoded = ScanProjection(paths: decoded)
        self.outputs = outputs
    }

    /// The rows of a batch of one file with all output columns.
    func complete(_ batch: RecordBatch, _ split: FileSplit) -> RecordBatch {
        if outputs.count == batch.columns.count { return batch }
        let columns = outputs.map { output in
            switch output {
            case .decoded(let index): batch.columns[index]
            case .file(let metadata, let type): metadata.column(split, type, count: batch.count)
            }
        }
        return RecordBatch(columns, count: batch.count, kinds: batch.kinds)
    }
}
