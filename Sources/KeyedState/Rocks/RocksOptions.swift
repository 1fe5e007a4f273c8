import CRocksDB
import CRocksDBSupport

/// The options of a state database: ingested files only, no log, few threads, little memory.
@safe final class RocksOptions {
    let handle: OpaquePointer
    /// The options of files that are written to be ingested.
    let writerHandle: OpaquePointer
    private let cache: BlockCache

    /// - Parameters:
    ///   - cache: for blocks.
    ///   - openFilesMax: the files that may be open at once.
    ///   - isAppendOnly: whether keys are only added, and read in ranges.
    init(cache: BlockCache, openFilesMax: Int, isAppendOnly: Bool = false) {
        self.cache = cache
        guard let options = unsafe rocksdb_options_create() else {
            preconditionFailure("RocksDB made no options")
        }
        unsafe handle = unsafe options
        unsafe Self.setGeneral(options, openFilesMax)
        unsafe Self.setCompaction(options, isAppendOnly: isAppendOnly)
        unsafe Self.setTables(options, cache, areKeysMultiple: isAppendOnly)
        if isAppendOnly {
            unsafe rocksdb_options_set_prefix_extractor(options, Self.makeMultimapKeys())
        }
        guard let copy = unsafe rocksdb_options_create_copy(options) else {
            preconditionFailure("RocksDB made no options")
        }
        unsafe writerHandle = unsafe copy
        // Fresh files are read soon and rewritten soon: compaction compresses.
        unsafe rocksdb_options_set_compression(copy, Int32(rocksdb_no_compression))
        unsafe rocksdb_options_set_bottommost_compression(copy, Int32(rocksdb_no_compression))
    }

    deinit {
        unsafe rocksdb_options_destroy(handle)
        unsafe rocksdb_options_destroy(writerHandle)
    }

    private static func setGeneral(_ options: OpaquePointer, _ openFilesMax: Int) {
        unsafe rocksdb_options_set_create_if_missing(options, 1)
        unsafe rocksdb_options_set_max_open_files(options, Int32(openFilesMax))
        unsafe rocksdb_options_set_table_cache_numshardbits(options, 2)
        unsafe rocksdb_options_set_max_file_opening_threads(options, 1)
        unsafe rocksdb_options_set_skip_stats_update_on_db_open(options, 1)
        unsafe rocksdb_options_set_stats_dump_period_sec(options, 0)
        unsafe rocksdb_options_set_stats_persist_period_sec(options, 0)
        unsafe rocksdb_options_set_info_log(options, apus_rocksdb_silent_log())
        // The working copy is made anew after a crash; checkpoints synchronise their files.
        unsafe rocksdb_options_set_env(options, apus_rocksdb_volatile_files())
        unsafe rocksdb_options_set_manifest_preallocation_size(options, 4096)
        // Nothing is ever written to a memtable.
        unsafe rocksdb_options_set_write_buffer_size(options, 64 << 10)
        unsafe rocksdb_options_set_arena_block_size(options, 4 << 10)
        unsafe rocksdb_options_set_max_write_buffer_number(options, 2)
        unsafe rocksdb_options_set_allow_concurrent_memtable_write(options, 0)
    }

    private static func setCompaction(_ options: OpaquePointer, isAppendOnly: Bool) {
        unsafe rocksdb_options_set_max_background_jobs(options, 2)
        unsafe rocksdb_options_set_max_subcompactions(options, 1)
        // Our own filters answer for absent keys: the last level, nine tenths of all, needs none.
        unsafe rocksdb_options_set_optimize_filters_for_hits(options, 1)
        // Most of what is spilled is never read again, and our filters keep questions away: merging
        // runs of like size rewrites less than levels do (Nexmark q4: 2.9 s a million events for 4.0).
        unsafe rocksdb_options_set_compaction_style(options, Int32(rocksdb_universal_compaction))
        let universal = unsafe rocksdb_universal_compaction_options_create()
        unsafe rocksdb_universal_compaction_options_set_size_ratio(universal, 10)
        unsafe rocksdb_universal_compaction_options_set_min_merge_width(universal, 8)
        unsafe rocksdb_universal_compaction_options_set_max_size_amplification_percent(
            universal,
            // Where nothing is ever superseded, nothing is won by merging all.
            isAppendOnly ? Int32(Int16.max) : 200
        )
        unsafe rocksdb_options_set_universal_compaction_options(options, universal)
        unsafe rocksdb_universal_compaction_options_destroy(universal)
        unsafe rocksdb_options_set_level0_file_num_compaction_trigger(options, 8)
        unsafe rocksdb_options_set_level0_slowdown_writes_trigger(options, 40)
        unsafe rocksdb_options_set_level0_stop_writes_trigger(options, 80)
        unsafe rocksdb_options_set_target_file_size_base(options, 16 << 20)
        unsafe rocksdb_options_set_max_bytes_for_level_base(options, 64 << 20)
        unsafe rocksdb_options_compaction_readahead_size(options, 32 << 10)
        unsafe rocksdb_options_set_writable_file_max_buffer_size(options, 256 << 10)
        unsafe rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
    }

    private static func setTables(
        _ options: OpaquePointer,
        _ cache: BlockCache,
        areKeysMultiple: Bool
    ) {
        let table = unsafe rocksdb_block_based_options_create()
        unsafe rocksdb_block_based_options_set_block_cache(table, cache.handle)
        unsafe rocksdb_block_based_options_set_block_size(table, 4 << 10)
        unsafe rocksdb_block_based_options_set_format_version(table, 5)
        unsafe rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
        unsafe rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(
            table,
            1
        )
        unsafe rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1)
        // Indexes in pieces: a large file costs a small cache only what is used.
        unsafe rocksdb_block_based_options_set_index_type(
            table,
            Int32(rocksdb_block_based_table_index_type_two_level_index_search)
        )
        unsafe rocksdb_block_based_options_set_metadata_block_size(table, 4 << 10)
        unsafe rocksdb_block_based_options_set_pin_top_level_index_and_filter(table, 1)
        // Filters tell keys of the state: those of RocksDB itself, or the first part of many.
        unsafe rocksdb_block_based_options_set_whole_key_filtering(table, areKeysMultiple ? 0 : 1)
        unsafe rocksdb_block_based_options_set_filter_policy(
            table,
            rocksdb_filterpolicy_create_bloom_full(10)
        )
        unsafe rocksdb_options_set_block_based_table_factory(options, table)
        unsafe rocksdb_block_based_options_destroy(table)
    }

    /// What the entries of one key of a multimap have in common: all before the sub-key.
    private static func makeMultimapKeys() -> OpaquePointer? {
        unsafe rocksdb_slicetransform_create(
            nil,
            { _ in },
            { _, key, length, prefixLength in
                let bytes = unsafe UnsafeRawBufferPointer(start: key, count: length)
                unsafe prefixLength?.pointee = unsafe StateKey.multimapPrefixLength(bytes) ?? length
                return unsafe UnsafeMutablePointer(mutating: key)
            },
            { _, key, length in
                let bytes = unsafe UnsafeRawBufferPointer(start: key, count: length)
                return unsafe StateKey.multimapPrefixLength(bytes) == nil ? 0 : 1
            },
            { _, _, _ in 1 },
            { _ in
                let name: StaticString = "apus.multimap.key"
                return unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
            }
        )
    }
}
