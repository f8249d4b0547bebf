/*
 * A disk with a bad place, for tests: loaded into a process by LD_PRELOAD, it makes some calls on some
 * files fail with EIO, as the kernel does where a sector cannot be read or written.
 *
 *   BAD_DISK       one of read, write, sync, rename
 *   BAD_DISK_FILE  the files whose path contains this, or ends with it where a $ stands behind it
 *   BAD_DISK_FROM  first bad byte of the file (read, write); default 0
 *   BAD_DISK_TO    first good byte behind it; default: none
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int fails(const char *what, const char *path) {
  const char *wanted = getenv("BAD_DISK"), *file = getenv("BAD_DISK_FILE");
  if (!wanted || !file || strcmp(wanted, what)) return 0;
  size_t length = strlen(file), whole = strlen(path);
  if (length == 0 || file[length - 1] != '$') return strstr(path, file) != NULL;
  return whole >= --length && !strncmp(path + whole - length, file, length);
}

static int failsAt(const char *what, int fd) {
  char link[40], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  return fails(what, path);
}

static off_t number(const char *name, off_t otherwise) {
  const char *text = getenv(name);
  return text ? (off_t)atoll(text) : otherwise;
}

/* How many of `count` bytes from `at` can be moved; -1 where the first is bad. `at` -1: where the file stands. */
static ssize_t room(const char *what, int fd, size_t count, off_t at) {
  if (!failsAt(what, fd)) return (ssize_t)count;
  off_t from = number("BAD_DISK_FROM", 0), to = number("BAD_DISK_TO", (off_t)1 << 60);
  if (at < 0) at = lseek(fd, 0, SEEK_CUR);
  if (at < 0 || at >= to || at + (off_t)count <= from) return (ssize_t)count;
  if (at < from) return (ssize_t)(from - at);
  errno = EIO;
  return -1;
}

ssize_t read(int fd, void *data, size_t count) {
  ssize_t good = room("read", fd, count, -1);
  return good < 0 ? -1 : NEXT(read)(fd, data, (size_t)good);
}
ssize_t pread64(int fd, void *data, size_t count, off64_t at) {
  ssize_t good = room("read", fd, count, at);
  return good < 0 ? -1 : NEXT(pread64)(fd, data, (size_t)good, at);
}
ssize_t pread(int fd, void *data, size_t count, off_t at) { return pread64(fd, data, count, at); }
ssize_t write(int fd, const void *data, size_t count) {
  ssize_t good = room("write", fd, count, -1);
  return good < 0 ? -1 : NEXT(write)(fd, data, (size_t)good);
}
ssize_t pwrite64(int fd, const void *data, size_t count, off64_t at) {
  ssize_t good = room("write", fd, count, at);
  return good < 0 ? -1 : NEXT(pwrite64)(fd, data, (size_t)good, at);
}
ssize_t pwrite(int fd, const void *data, size_t count, off_t at) { return pwrite64(fd, data, count, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (room("write", fd, 1, -1) < 0) return -1;
  return NEXT(writev)(fd, parts, count);
}
int fsync(int fd) {
  if (!failsAt("sync", fd)) return NEXT(fsync)(fd);
  errno = EIO;
  return -1;
}
int rename(const char *from, const char *to) {
  if (!fails("rename", to)) return NEXT(rename)(from, to);
  errno = EIO;
  return -1;
}
