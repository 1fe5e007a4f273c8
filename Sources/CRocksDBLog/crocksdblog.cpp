#include "crocksdblog.h"

#include <rocksdb/env.h>

#include <memory>

// As in RocksDB's own c.cc.
struct rocksdb_logger_t {
    std::shared_ptr<rocksdb::Logger> rep;
};

namespace {

class SilentLog final : public rocksdb::Logger {
  public:
    SilentLog() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
    using rocksdb::Logger::Logv;
    void Logv(const char *, va_list) override {}
    void Logv(const rocksdb::InfoLogLevel, const char *, va_list) override {}
    void LogHeader(const char *, va_list) override {}
};

}  // namespace

rocksdb_logger_t *apus_rocksdb_silent_log(void) {
    static rocksdb_logger_t *const log = new rocksdb_logger_t{std::make_shared<SilentLog>()};
    return log;
}
