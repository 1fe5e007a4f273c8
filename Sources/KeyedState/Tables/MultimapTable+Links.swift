/// How the live entries of a key hang together: a list in no order, or a tree in the order of the
/// sub-keys once that was asked for. The tree is a treap whose priorities come from the hashes
/// (Seidel and Aragon 1996): 2 log n steps expected, whatever the order of the changes.
extension MultimapTable {
    @inline(__always)
    private func get(_ record: UInt32, _ field: Int) -> UInt32 {
        unsafe load32(base, record, field)
    }

    @inline(__always)
    private func set(_ record: UInt32, _ field: Int, _ value: UInt32) {
        unsafe store32(base, record, field, value)
    }

    private func isOrdered(_ key: UInt32) -> Bool { flags(key) & RecordFlag.ordered != 0 }

    private func priority(_ entry: UInt32) -> UInt64 {
        unsafe load64(base, entry, Record.hash) &* 0xD1B5_4A32_D192_ED03
    }

    /// The order of two entries' sub-keys.
    func compare(_ left: UInt32, _ right: UInt32) -> Int {
        unsafe RawMove.compare(
            pointer(left) + EntryField.header,
            Int(get(left, Record.keyLength)),
            pointer(right) + EntryField.header,
            Int(get(right, Record.keyLength))
        )
    }

    /// Makes an entry one of its key's live ones.
    func link(_ entry: UInt32, _ key: UInt32) {
        set(key, KeyField.liveCount, get(key, KeyField.liveCount) &+ 1)
        if isOrdered(key) {
            insertIntoTree(entry, key)
            return
        }
        let first = get(key, KeyField.top)
        set(entry, EntryField.left, 0)
        set(entry, EntryField.right, first)
        set(entry, EntryField.parent, 0)
        if first != 0 { set(first, EntryField.left, entry) }
        set(key, KeyField.top, entry)
    }

    /// Takes an entry out of its key's live ones.
    func unlink(_ entry: UInt32, _ key: UInt32) {
        set(key, KeyField.liveCount, get(key, KeyField.liveCount) &- 1)
        if isOrdered(key) {
            removeFromTree(entry, key)
            return
        }
        let left = get(entry, EntryField.left)
        let right = get(entry, EntryField.right)
        if left == 0 {
            set(key, KeyField.top, right)
        } else {
            set(left, EntryField.right, right)
        }
        if right != 0 { set(right, EntryField.left, left) }
    }

    /// A live entry has been copied to a new place: whoever pointed to it points there.
    func relink(_ entry: UInt32, to target: UInt32) {
        let key = key(of: target)
        let left = get(target, EntryField.left)
        let right = get(target, EntryField.right)
        if isOrdered(key) {
            if left != 0 { set(left, EntryField.parent, target) }
            if right != 0 { set(right, EntryField.parent, target) }
            replaceChild(get(target, EntryField.parent), entry, by: target, key)
            return
        }
        if left == 0 {
            set(key, KeyField.top, target)
        } else {
            set(left, EntryField.right, target)
        }
        if right != 0 { set(right, EntryField.left, target) }
    }

    /// Turns the list of a key into a tree.
    func makeOrdered(_ key: UInt32) {
        guard !isOrdered(key) else { return }
        setFlags(key, flags(key) | RecordFlag.ordered)
        var entry = get(key, KeyField.top)
        set(key, KeyField.top, 0)
        while entry != 0 {
            let next = get(entry, EntryField.right)
            insertIntoTree(entry, key)
            entry = next
        }
    }

    /// The live entry with the smallest or largest sub-key, or 0.
    func outermost(_ key: UInt32, fromEnd: Bool) -> UInt32 {
        var entry = get(key, KeyField.top)
        guard isOrdered(key) else {
            var best = entry
            while entry != 0 {
                let order = compare(entry, best)
                if fromEnd ? order > 0 : order < 0 { best = entry }
                entry = get(entry, EntryField.right)
            }
            return best
        }
        let field = fromEnd ? EntryField.right : EntryField.left
        while entry != 0, get(entry, field) != 0 { entry = get(entry, field) }
        return entry
    }

    /// The next entry in the tree, or 0.
    func successor(_ entry: UInt32) -> UInt32 {
        var next = get(entry, EntryField.right)
        if next != 0 {
            while get(next, EntryField.left) != 0 { next = get(next, EntryField.left) }
            return next
        }
        var child = entry
        next = get(entry, EntryField.parent)
        while next != 0, get(next, EntryField.right) == child {
            child = next
            next = get(next, EntryField.parent)
        }
        return next
    }

    private func insertIntoTree(_ entry: UInt32, _ key: UInt32) {
        set(entry, EntryField.left, 0)
        set(entry, EntryField.right, 0)
        var parent: UInt32 = 0
        var field = EntryField.left
        var place = get(key, KeyField.top)
        while place != 0 {
            parent = place
            field = compare(entry, place) < 0 ? EntryField.left : EntryField.right
            place = get(place, field)
        }
        set(entry, EntryField.parent, parent)
        if parent == 0 { set(key, KeyField.top, entry) } else { set(parent, field, entry) }
        while parent != 0, priority(entry) > priority(parent) {
            rotateUp(entry, key)
            parent = get(entry, EntryField.parent)
        }
    }

    private func removeFromTree(_ entry: UInt32, _ key: UInt32) {
        while true {
            let left = get(entry, EntryField.left)
            let right = get(entry, EntryField.right)
            if left == 0 || right == 0 {
                let child = left == 0 ? right : left
                let parent = get(entry, EntryField.parent)
                if child != 0 { set(child, EntryField.parent, parent) }
                replaceChild(parent, entry, by: child, key)
                return
            }
            rotateUp(priority(left) > priority(right) ? left : right, key)
        }
    }

    /// Exchanges an entry with its parent, keeping the order.
    private func rotateUp(_ entry: UInt32, _ key: UInt32) {
        let parent = get(entry, EntryField.parent)
        let grandparent = get(parent, EntryField.parent)
        let isLeft = get(parent, EntryField.left) == entry
        let inner = isLeft ? EntryField.right : EntryField.left
        let outer = isLeft ? EntryField.left : EntryField.right
        let moved = get(entry, inner)
        set(parent, outer, moved)
        if moved != 0 { set(moved, EntryField.parent, parent) }
        set(entry, inner, parent)
        set(parent, EntryField.parent, entry)
        set(entry, EntryField.parent, grandparent)
        replaceChild(grandparent, parent, by: entry, key)
    }

    private func replaceChild(
        _ parent: UInt32,
        _ child: UInt32,
        by other: UInt32,
        _ key: UInt32
    ) {
        if parent == 0 {
            set(key, KeyField.top, other)
        } else if get(parent, EntryField.left) == child {
            set(parent, EntryField.left, other)
        } else {
            set(parent, EntryField.right, other)
        }
    }
}
