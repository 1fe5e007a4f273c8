#include "crocksdbsupport.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <string>
#include <utility>

// As in RocksDB's own c.cc.
struct rocksdb_logger_t {
    std::shared_ptr<rocksdb::Logger> rep;
};

struct rocksdb_env_t {
    rocksdb::Env *rep;
    bool is_default;
};

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class SilentLog final : public rocksdb::Logger {
  public:
    SilentLog() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
    using rocksdb::Logger::Logv;
    void Logv(const char *, va_list) override {}
    void Logv(const rocksdb::InfoLogLevel, const char *, va_list) override {}
    void LogHeader(const char *, va_list) override {}
};

class VolatileFile final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;
    IOStatus Sync(const IOOptions &, IODebugContext *) override { return IOStatus::OK(); }
    IOStatus Fsync(const IOOptions &, IODebugContext *) override { return IOStatus::OK(); }
    IOStatus RangeSync(uint64_t, uint64_t, const IOOptions &, IODebugContext *) override {
        return IOStatus::OK();
    }
};

class VolatileFolder final : public rocksdb::FSDirectoryWrapper {
  public:
    using FSDirectoryWrapper::FSDirectoryWrapper;
    IOStatus Fsync(const IOOptions &, IODebugContext *) override { return IOStatus::OK(); }
    IOStatus FsyncWithDirOptions(const IOOptions &, IODebugContext *,
                                 const rocksdb::DirFsyncOptions &) override {
        return IOStatus::OK();
    }
};

class VolatileFiles final : public rocksdb::FileSystemWrapper {
  public:
    VolatileFiles() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    const char *Name() const override { return "VolatileFiles"; }

    IOStatus NewWritableFile(const std::string &path, const FileOptions &options,
                             std::unique_ptr<rocksdb::FSWritableFile> *file,
                             IODebugContext *context) override {
        return volatile_file(target()->NewWritableFile(path, options, file, context), file);
    }

    IOStatus ReopenWritableFile(const std::string &path, const FileOptions &options,
                                std::unique_ptr<rocksdb::FSWritableFile> *file,
                                IODebugContext *context) override {
        return volatile_file(target()->ReopenWritableFile(path, options, file, context), file);
    }

    IOStatus ReuseWritableFile(const std::string &path, const std::string &former,
                               const FileOptions &options,
                               std::unique_ptr<rocksdb::FSWritableFile> *file,
                               IODebugContext *context) override {
        return volatile_file(target()->ReuseWritableFile(path, former, options, file, context),
                             file);
    }

    IOStatus NewDirectory(const std::string &path, const IOOptions &options,
                          std::unique_ptr<rocksdb::FSDirectory> *folder,
                          IODebugContext *context) override {
        IOStatus status = target()->NewDirectory(path, options, folder, context);
        if (status.ok()) *folder = std::make_unique<VolatileFolder>(std::move(*folder));
        return status;
    }

  private:
    static IOStatus volatile_file(IOStatus status,
                                  std::unique_ptr<rocksdb::FSWritableFile> *file) {
        if (status.ok()) *file = std::make_unique<VolatileFile>(std::move(*file));
        return status;
    }
};

}  // namespace

rocksdb_logger_t *apus_rocksdb_silent_log(void) {
    static rocksdb_logger_t *const log = new rocksdb_logger_t{std::make_shared<SilentLog>()};
    return log;
}

rocksdb_env_t *apus_rocksdb_volatile_files(void) {
    static rocksdb_env_t *const env = new rocksdb_env_t{
        rocksdb::NewCompositeEnv(std::make_shared<VolatileFiles>()).release(), false};
    return env;
}
