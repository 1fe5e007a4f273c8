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

#ifdef __cplusplus
}
#endif

#endif
