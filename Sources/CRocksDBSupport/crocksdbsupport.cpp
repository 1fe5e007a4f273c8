#include "crocksdbsupport.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// As in RocksDB's own c.cc.
struct rocksdb_logger_t {
    std::shared_ptr<rocksdb::Logger> rep;
};

struct rocksdb_t {
    rocksdb::DB *rep;
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

using rocksdb::Status;

Status copy_file(rocksdb::Env *env, const std::string &source, const std::string &target,
                 uint64_t limit) {
    std::unique_ptr<rocksdb::SequentialFile> reader;
    std::unique_ptr<rocksdb::WritableFile> writer;
    Status status = env->NewSequentialFile(source, &reader, rocksdb::EnvOptions());
    if (status.ok()) status = env->NewWritableFile(target, &writer, rocksdb::EnvOptions());
    std::vector<char> buffer(64 << 10);
    while (status.ok() && limit > 0) {
        rocksdb::Slice bytes;
        const size_t wanted = static_cast<size_t>(std::min<uint64_t>(limit, buffer.size()));
        status = reader->Read(wanted, &bytes, buffer.data());
        if (!status.ok()) break;
        if (bytes.empty()) return Status::Corruption("shorter than it should be", source);
        status = writer->Append(bytes);
        limit -= bytes.size();
    }
    if (status.ok()) status = writer->Close();
    return status;
}

/// Links or copies one live file; their names start with a slash.
Status take_file(rocksdb::DB *database, const std::string &name, uint64_t manifest_bytes,
                 const std::string &folder) {
    rocksdb::Env *env = database->GetEnv();
    const std::string source = database->GetName() + name;
    const std::string target = folder + name;
    if (name.rfind("/MANIFEST-", 0) == 0) {
        Status status = copy_file(env, source, target, manifest_bytes);
        if (!status.ok()) return status;
        return rocksdb::WriteStringToFile(env, name.substr(1) + "\n", folder + "/CURRENT", false);
    }
    if (name.size() < 4 || name.compare(name.size() - 4, 4, ".sst") != 0) return Status::OK();
    Status status = env->LinkFile(source, target);
    if (!status.IsNotSupported()) return status;
    uint64_t bytes = 0;
    status = env->GetFileSize(source, &bytes);
    return status.ok() ? copy_file(env, source, target, bytes) : status;
}

void remove_folder(rocksdb::Env *env, const std::string &folder) {
    std::vector<std::string> names;
    env->GetChildren(folder, &names).PermitUncheckedError();
    for (const std::string &name : names) {
        env->DeleteFile(folder + "/" + name).PermitUncheckedError();
    }
    env->DeleteDir(folder).PermitUncheckedError();
}

Status snapshot(rocksdb::DB *database, const std::string &folder) {
    Status status = database->DisableFileDeletions();
    if (!status.ok()) return status;
    std::vector<std::string> names;
    uint64_t manifest_bytes = 0;
    status = database->GetLiveFiles(names, &manifest_bytes, false);
    if (status.ok()) status = database->GetEnv()->CreateDir(folder);
    if (status.ok()) {
        for (const std::string &name : names) {
            if (status.ok()) status = take_file(database, name, manifest_bytes, folder);
        }
        if (!status.ok()) remove_folder(database->GetEnv(), folder);
    }
    Status enabled = database->EnableFileDeletions(false);
    return status.ok() ? enabled : status;
}

}  // namespace

void apus_rocksdb_snapshot(rocksdb_t *database, const char *folder, char **error) {
    Status status = snapshot(database->rep, folder);
    if (!status.ok()) *error = strdup(status.ToString().c_str());
}

rocksdb_logger_t *apus_rocksdb_silent_log(void) {
    static rocksdb_logger_t *const log = new rocksdb_logger_t{std::make_shared<SilentLog>()};
    return log;
}

rocksdb_env_t *apus_rocksdb_volatile_files(void) {
    static rocksdb_env_t *const env = new rocksdb_env_t{
        rocksdb::NewCompositeEnv(std::make_shared<VolatileFiles>()).release(), false};
    return env;
}
