import Columnar
import Core
import JobGraph

/// How event time is cut into slices, and slices make up windows; all times in milliseconds.
///
/// ```
/// HOP(slide 2, size 6):   slices  |--|--|--|--|--|
///                         windows |--------|        a window is size / slide slices,
///                                    |--------|     a slice serves as many windows
/// ```
/// A slice or window is named by its end, as in Flink's `SliceAssigners`.
struct WindowSlicing: Sendable {
    let size: Int64
    let slide: Int64
    let offset: Int64

    init(_ kind: WindowKind) {
        switch kind {
        case .tumble(let size, let offset): (self.size, slide, self.offset) = (size, size, offset)
        case .hop(let size, let slide, let offset):
            (self.size, self.slide, self.offset) = (size, slide, offset)
        }
    }

    /// Whether windows overlap, so that one takes several slices.
    var isShared: Bool { size != slide }

    /// The end of the slice that a time belongs to.
    func sliceEnd(of milliseconds: Int64) -> Int64 {
        milliseconds - (milliseconds - offset).flooredRemainder(by: slide) + slide
    }

    /// The end of the last window that a slice belongs to.
    func lastWindowEnd(ofSlice sliceEnd: Int64) -> Int64 {
        sliceEnd - slide + size
    }

    /// The slices of a window, first to last.
    func slices(ofWindow windowEnd: Int64) -> StrideThrough<Int64> {
        stride(from: windowEnd - size + slide, through: windowEnd, by: Int64.Stride(slide))
    }

    func start(ofWindow windowEnd: Int64) -> Int64 {
        windowEnd - size
    }

    /// The ends of the windows that a time belongs to, latest first, as Flink lists them.
    func windowEnds(of milliseconds: Int64) -> [Int64] {
        let first = sliceEnd(of: milliseconds)
        return stride(
            from: lastWindowEnd(ofSlice: first),
            through: first,
            by: -Int64.Stride(slide)
        ).map { $0 }
    }

    /// The slice ends of all times of a column.
    ///
    /// Times mostly rise: the borders of the last slice are kept and only a time outside them is
    /// divided (FAST_SWIFT rule 16).
    func sliceEnds(_ milliseconds: FixedValues<Int64>) -> FixedValues<Int64> {
        var result = FixedBuilder<Int64>(count: milliseconds.count)
        let input = milliseconds.span
        var output = result.span
        var lower: Int64 = 0
        var upper: Int64 = 0
        for row in output.indices {
            let time = input[row]
            if time < lower || time >= upper {
                upper = sliceEnd(of: time)
                lower = upper - slide
            }
            output[row] = upper
        }
        return result.finish()
    }
}
