import CRocksDB

/// The cache of RocksDB blocks, indexes and filters that all state stores of a process share.
@safe package final class BlockCache: @unchecked Sendable {
    // Safety: RocksDB's cache is safe for use from several threads.
    let handle: OpaquePointer

    /// - Parameter bytes: how much the cache may hold.
    package init(bytes: Int) {
        let options = unsafe rocksdb_lru_cache_options_create()
        unsafe rocksdb_lru_cache_options_set_capacity(options, bytes)
        // Few shards: a shard must hold a filter block, and there are two cores.
        unsafe rocksdb_lru_cache_options_set_num_shard_bits(options, bytes >= 64 << 20 ? 3 : 1)
        guard let cache = unsafe rocksdb_cache_create_lru_opts(options) else {
            preconditionFailure("RocksDB made no cache")
        }
        unsafe handle = unsafe cache
        unsafe rocksdb_lru_cache_options_destroy(options)
    }

    deinit {
        unsafe rocksdb_cache_destroy(handle)
    }

    /// What the cache holds now.
    package var usedBytes: Int { unsafe rocksdb_cache_get_usage(handle) }
}
