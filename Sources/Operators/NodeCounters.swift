/// The counters of one operator of one subtask at one time.
package struct NodeCounters: Hashable, Sendable, Codable {
    package let rowsIn: Int64
    package let rowsOut: Int64
    package let lateRows: Int64
    package let retractionsWithoutRow: Int64
    package let droppedRows: Int64
    /// How far a source is behind the system that it reads; nil if unknown.
    package let lagMicroseconds: Int64?
    /// The last watermark, in milliseconds; nil before the first.
    package let watermark: Int64?

    package init(
        rowsIn: Int64,
        rowsOut: Int64,
        lateRows: Int64,
        retractionsWithoutRow: Int64,
        droppedRows: Int64,
        lagMicroseconds: Int64?,
        watermark: Int64? = nil
    ) {
        self.rowsIn = rowsIn
        self.rowsOut = rowsOut
        self.lateRows = lateRows
        self.retractionsWithoutRow = retractionsWithoutRow
        self.droppedRows = droppedRows
        self.lagMicroseconds = lagMicroseconds
        self.watermark = watermark
    }
}

extension OperatorMetrics {
    /// The counters as they are now.
    package var counters: NodeCounters {
        NodeCounters(
            rowsIn: rowsIn,
            rowsOut: rowsOut,
            lateRows: lateRows,
            retractionsWithoutRow: retractionsWithoutRow,
            droppedRows: droppedRows,
            lagMicroseconds: lagMicroseconds,
            watermark: watermark
        )
    }
}
