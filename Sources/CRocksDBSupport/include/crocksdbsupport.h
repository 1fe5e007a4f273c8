#ifndef APUS_CROCKSDBSUPPORT_H
#define APUS_CROCKSDBSUPPORT_H

#include <rocksdb/c.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A log of RocksDB that writes nothing; shared by all databases, never freed.
///
/// RocksDB's own log file ends the process by an assertion when it is written to again after the
/// disk was full (`WritableFileWriter::AssertFalseAndGetStatusForPrevError`, 7.8 as Debian builds
/// it), and its C interface has no other log.
rocksdb_logger_t *_Nonnull apus_rocksdb_silent_log(void);

/// The file system without waiting for the disk (`fsync`); shared by all databases, never freed.
///
/// For databases that are thrown away after a crash of the machine: what must survive one is
/// synchronised by whoever copies it. Files that live shortly never reach the disk at all.
rocksdb_env_t *_Nonnull apus_rocksdb_volatile_files(void);

/// Copies a database that is only ever ingested into, as it is now: tables by hard links, the rest
/// by value. The folder must not exist; there is none when this fails.
///
/// RocksDB's own checkpoint waits until no file is being purged, so as to list its log files, and may
/// wait for ever: when an iterator is let go meanwhile, nobody tells it (`GetSortedWalFiles` and
/// `FindObsoleteFiles`, mended by https://github.com/facebook/rocksdb/pull/14069 of 2025). Here is no
/// log, and nothing to wait for.
///
/// `error` is set as the functions of RocksDB's C interface do.
void apus_rocksdb_snapshot(rocksdb_t *_Nonnull database, const char *_Nonnull folder,
                           char *_Nullable *_Nonnull error);

#ifdef __cplusplus
}
#endif

#endif
