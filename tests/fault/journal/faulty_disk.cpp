#include "fault/journal/faulty_disk.h"

#include <fstream>
#include <sstream>
#include <utility>

namespace dbssd::fakes {
namespace {

/// Followed in memory by the real file's own struct.
struct File {
  sqlite3_file base;
  FaultyDisk* disk;
  const char* path;  // SQLite keeps it as long as the file is open
  sqlite3_file* real;
};

File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return file_of(file).real; }
const sqlite3_io_methods& methods_of(sqlite3_file* file) { return *real_of(file)->pMethods; }

/// Runs the real step where the disk lets it.
template <class Step>
int attempt(sqlite3_file* file, Step step) {
  const int code = file_of(file).disk->step();
  return code == SQLITE_OK ? step() : code;
}

int close_file(sqlite3_file* file) { return methods_of(file).xClose(real_of(file)); }

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return methods_of(file).xRead(real_of(file), to, size, at);
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  return attempt(file, [&] { return methods_of(file).xWrite(real_of(file), from, size, at); });
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return attempt(file, [&] { return methods_of(file).xTruncate(real_of(file), size); });
}

int sync(sqlite3_file* file, int flags) {
  return attempt(file, [&] {
    const int code = methods_of(file).xSync(real_of(file), flags);
    if (code == SQLITE_OK && file_of(file).path != nullptr) file_of(file).disk->synced(file_of(file).path);
    return code;
  });
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return methods_of(file).xFileSize(real_of(file), size);
}
int lock(sqlite3_file* file, int level) { return methods_of(file).xLock(real_of(file), level); }
int unlock(sqlite3_file* file, int level) { return methods_of(file).xUnlock(real_of(file), level); }
int check_lock(sqlite3_file* file, int* out) {
  return methods_of(file).xCheckReservedLock(real_of(file), out);
}
int control(sqlite3_file* file, int op, void* arg) {
  return methods_of(file).xFileControl(real_of(file), op, arg);
}
int sector_size(sqlite3_file* file) { return methods_of(file).xSectorSize(real_of(file)); }
int device(sqlite3_file* file) { return methods_of(file).xDeviceCharacteristics(real_of(file)); }

int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return methods_of(file).xShmMap(real_of(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return methods_of(file).xShmLock(real_of(file), offset, n, flags);
}
void shm_barrier(sqlite3_file* file) { methods_of(file).xShmBarrier(real_of(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods_of(file).xShmUnmap(real_of(file), remove); }

constexpr sqlite3_io_methods kMethods{
    2,       close_file,  read,   write,   truncate, sync,        file_size, lock,    unlock, check_lock,
    control, sector_size, device, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  File& ours = file_of(file);
  ours.disk = disk;
  ours.path = path;
  ours.real = reinterpret_cast<sqlite3_file*>(&ours + 1);
  ours.base.pMethods = nullptr;
  const int code = disk->real()->xOpen(disk->real(), path, ours.real, flags, out_flags);
  if (code == SQLITE_OK) ours.base.pMethods = &kMethods;
  return code;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  const int code = disk->real()->xDelete(disk->real(), path, sync_directory);
  if (code == SQLITE_OK) disk->removed(path);
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)), faulty_(*real_) {
  faulty_.zName = "faulty";
  faulty_.pNext = nullptr;
  faulty_.pAppData = this;
  faulty_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  faulty_.xOpen = open_file;
  faulty_.xDelete = delete_file;
  sqlite3_vfs_register(&faulty_, 1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_register(real_, 1);
  sqlite3_vfs_unregister(&faulty_);
}

void FaultyDisk::fail_after(int steps, int code) {
  steps_left_ = steps;
  code_ = code;
  failed_ = false;
}

void FaultyDisk::repair() { steps_left_ = -1; }

int FaultyDisk::step() {
  if (call_) call_();
  if (steps_left_ < 0) return SQLITE_OK;
  if (steps_left_ > 0) {
    --steps_left_;
    return SQLITE_OK;
  }
  failed_ = true;
  return code_;
}

void FaultyDisk::synced(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  durable_[path] = bytes.str();
}

}  // namespace dbssd::fakes
