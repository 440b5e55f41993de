// Preloaded into `evoke` by torture.py: counts the calls that change files, and at the n-th kills, fails or cuts it short.
//
// What it does is told by environment variables:
//   TORTURE_STATE  file of struct state, shared by all processes of one command
//   TORTURE_ROOT   calls on files below this folder count; others are left alone
//   TORTURE_KINDS  letters of the kinds that count (the table below)
//   TORTURE_AT     the n-th of them is met; 0: none
//   TORTURE_ACT    before | after | torn (SIGKILL before it, after it, in the middle of a write), short (half of a write), or an errno's number
//   TORTURE_WHO    self | all: which of the command's processes are killed
//   TORTURE_STICKY 1: every counted call from the n-th on fails
//   TORTURE_ALLOW  folders, separated by colons, outside which nothing may be made or changed; offences are counted
//   TORTURE_CLOCK  seconds that the wall clock is off
//   TORTURE_NOW    seconds since 1970 at which the wall clock stands still, so that two runs write the same
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// w write, y sync, n rename, u unlink, t truncate, l link, m make or remove a folder, c create a file, p permissions,
// o open anything or make a descriptor, r read
static const char letters[] = "wynutlmcpor";

struct state {
  atomic_long count, fired, outside, processes;
  atomic_long kinds[16];
  atomic_int pids[256];
  char call[64];
  char place[400];
  char offence[400];
};

static struct state *state;
static struct state nowhere;
static const char *root, *allow;
static char kinds[32];
static long at, act_errno, clock_shift, clock_now;
static int sticky, kill_all;
static enum { NONE, BEFORE, AFTER, TORN, SHORT, FAIL } act;
static int ready;

#define REAL(type, name, ...) \
  static type (*real_##name)(__VA_ARGS__); \
  if (!real_##name) real_##name = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void start(void) {
  if (ready) return;
  state = &nowhere;
  const char *path = getenv("TORTURE_STATE");
  if (path) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd >= 0) {
      void *place = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      if (place != MAP_FAILED) state = place;
      syscall(SYS_close, fd);
    }
  }
  root = getenv("TORTURE_ROOT");
  allow = getenv("TORTURE_ALLOW");
  const char *text = getenv("TORTURE_KINDS");
  snprintf(kinds, sizeof kinds, "%s", text ? text : "wynutlmcp");
  text = getenv("TORTURE_AT");
  at = text ? atol(text) : 0;
  text = getenv("TORTURE_CLOCK");
  clock_shift = text ? atol(text) : 0;
  text = getenv("TORTURE_NOW");
  clock_now = text ? atol(text) : 0;
  text = getenv("TORTURE_STICKY");
  sticky = text && *text == '1';
  text = getenv("TORTURE_WHO");
  kill_all = text && !strcmp(text, "all");
  text = getenv("TORTURE_ACT");
  if (text) {
    if (!strcmp(text, "before")) act = BEFORE;
    else if (!strcmp(text, "after")) act = AFTER;
    else if (!strcmp(text, "torn")) act = TORN;
    else if (!strcmp(text, "short")) act = SHORT;
    else { act = FAIL; act_errno = atol(text); }
  }
  long position = atomic_fetch_add(&state->processes, 1);
  if (position < 256) atomic_store(&state->pids[position], getpid());
  ready = 1;
}

static void end(void) {
  if (kill_all)
    for (int i = 0; i < 256; i++) {
      int pid = atomic_load(&state->pids[i]);
      if (pid > 0 && pid != getpid()) syscall(SYS_kill, pid, SIGKILL);
    }
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static int below(const char *path, const char *folder, size_t length) {
  return !strncmp(path, folder, length) && (path[length] == '/' || path[length] == 0 || (length == 1 && *folder == '/'));
}

// The path of a call from the root of the file system, in `out`.
static void whole(int folder, const char *path, char *out, size_t size) {
  out[0] = 0;
  char base[400] = "";
  if (path && path[0] == '/') { snprintf(out, size, "%s", path); return; }
  if (folder == AT_FDCWD) {
    if (syscall(SYS_getcwd, base, sizeof base) < 0) base[0] = 0;
  } else {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
    base[length > 0 ? length : 0] = 0;
  }
  snprintf(out, size, path && *path ? "%s/%s" : "%s", base, path ? path : "");
}

static void watch(const char *path) {
  if (!allow || !*path) return;
  for (const char *next = allow; *next;) {
    size_t length = strcspn(next, ":");
    if (length && below(path, next, length)) return;
    next += length;
    if (*next) next++;
  }
  if (!strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6) || !strncmp(path, "/memfd:", 7)) return;
  if (!strchr(path, '/')) return;
  if (atomic_fetch_add(&state->outside, 1) == 0) snprintf(state->offence, sizeof state->offence, "%s", path);
}

// Whether the call counts, is met, and what then: 0 go on, 1 it fails with errno set, 2 half of it, 3 kill afterwards, 4 half and kill.
static int meet(char kind, const char *name, int folder, const char *path) {
  if (!ready) start();
  if (state == &nowhere) return 0;
  int saved = errno;
  char full[800];
  whole(folder, path, full, sizeof full);
  if (kind != 'r' && kind != 'o') watch(full);
  errno = saved;
  if (!strchr(kinds, kind)) return 0;
  if (root && !below(full, root, strlen(root))) return 0;
  const char *letter = strchr(letters, kind);
  atomic_fetch_add(&state->kinds[letter - letters], 1);
  long number = atomic_fetch_add(&state->count, 1) + 1;
  if (at == 0 || act == NONE || !(number == at || (sticky && number > at))) return 0;
  if (number == at) {
    snprintf(state->call, sizeof state->call, "%s", name);
    snprintf(state->place, sizeof state->place, "%s", full);
  }
  atomic_fetch_add(&state->fired, 1);
  switch (act) {
  case BEFORE: end(); return 0;
  case AFTER: return 3;
  case TORN: if (kind == 'w') return 4; end(); return 0;
  case SHORT: return kind == 'w' ? 2 : 0;
  case FAIL: errno = (int)act_errno; return 1;
  default: return 0;
  }
}

static int is_file(int fd) {
  struct stat status;
  return syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 && S_ISREG(status.st_mode);
}

#define WRITING(call_whole, call_half) \
  int saved = errno, what = is_file(fd) ? meet('w', __func__, fd, NULL) : 0; \
  if (what == 1) return -1; \
  errno = saved; \
  if (what == 2 && count > 1) return call_half; \
  if (what == 4) { (void)!call_half; end(); } \
  ssize_t done = call_whole; \
  if (what == 3) end(); \
  return done

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, write, int, const void *, size_t);
  WRITING(real_write(fd, bytes, count), real_write(fd, bytes, count / 2));
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t place) {
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  WRITING(real_pwrite(fd, bytes, count, place), real_pwrite(fd, bytes, count / 2, place));
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t place) {
  REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
  WRITING(real_pwrite64(fd, bytes, count, place), real_pwrite64(fd, bytes, count / 2, place));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, writev, int, const struct iovec *, int);
  WRITING(real_writev(fd, parts, count), real_writev(fd, parts, count / 2));
}
ssize_t sendfile(int fd, int from, off_t *place, size_t count) {
  REAL(ssize_t, sendfile, int, int, off_t *, size_t);
  WRITING(real_sendfile(fd, from, place, count), real_sendfile(fd, from, place, count / 2));
}
ssize_t sendfile64(int fd, int from, off64_t *place, size_t count) {
  REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
  WRITING(real_sendfile64(fd, from, place, count), real_sendfile64(fd, from, place, count / 2));
}
ssize_t copy_file_range(int from, off64_t *a, int fd, off64_t *b, size_t count, unsigned flags) {
  REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
  WRITING(real_copy_file_range(from, a, fd, b, count, flags), real_copy_file_range(from, a, fd, b, count / 2, flags));
}

#define PLAIN(kind, folder, path, call) \
  int saved = errno, what = meet(kind, __func__, folder, path); \
  if (what == 1) return -1; \
  errno = saved; \
  int done = (int)(call); \
  if (what == 3) end(); \
  return done
#define OF_FILE(kind, call) \
  int saved = errno, what = is_file(fd) ? meet(kind, __func__, fd, NULL) : 0; \
  if (what == 1) return -1; \
  errno = saved; \
  int done = (int)(call); \
  if (what == 3) end(); \
  return done

int fsync(int fd) { REAL(int, fsync, int); PLAIN('y', fd, NULL, real_fsync(fd)); }
int fdatasync(int fd) { REAL(int, fdatasync, int); PLAIN('y', fd, NULL, real_fdatasync(fd)); }
int ftruncate(int fd, off_t size) { REAL(int, ftruncate, int, off_t); OF_FILE('t', real_ftruncate(fd, size)); }
int ftruncate64(int fd, off64_t size) { REAL(int, ftruncate64, int, off64_t); OF_FILE('t', real_ftruncate64(fd, size)); }
int truncate(const char *path, off_t size) {
  REAL(int, truncate, const char *, off_t);
  PLAIN('t', AT_FDCWD, path, real_truncate(path, size));
}
int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  PLAIN('n', AT_FDCWD, to, real_rename(from, to));
}
int renameat(int a, const char *from, int b, const char *to) {
  REAL(int, renameat, int, const char *, int, const char *);
  PLAIN('n', b, to, real_renameat(a, from, b, to));
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  REAL(int, renameat2, int, const char *, int, const char *, unsigned);
  PLAIN('n', b, to, real_renameat2(a, from, b, to, flags));
}
int unlink(const char *path) { REAL(int, unlink, const char *); PLAIN('u', AT_FDCWD, path, real_unlink(path)); }
int unlinkat(int folder, const char *path, int flags) {
  REAL(int, unlinkat, int, const char *, int);
  PLAIN('u', folder, path, real_unlinkat(folder, path, flags));
}
int remove(const char *path) { REAL(int, remove, const char *); PLAIN('u', AT_FDCWD, path, real_remove(path)); }
int rmdir(const char *path) { REAL(int, rmdir, const char *); PLAIN('m', AT_FDCWD, path, real_rmdir(path)); }
int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, const char *, mode_t);
  PLAIN('m', AT_FDCWD, path, real_mkdir(path, mode));
}
int mkdirat(int folder, const char *path, mode_t mode) {
  REAL(int, mkdirat, int, const char *, mode_t);
  PLAIN('m', folder, path, real_mkdirat(folder, path, mode));
}
int link(const char *from, const char *to) {
  REAL(int, link, const char *, const char *);
  PLAIN('l', AT_FDCWD, to, real_link(from, to));
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  REAL(int, linkat, int, const char *, int, const char *, int);
  PLAIN('l', b, to, real_linkat(a, from, b, to, flags));
}
int symlink(const char *target, const char *path) {
  REAL(int, symlink, const char *, const char *);
  PLAIN('l', AT_FDCWD, path, real_symlink(target, path));
}
int chmod(const char *path, mode_t mode) {
  REAL(int, chmod, const char *, mode_t);
  PLAIN('p', AT_FDCWD, path, real_chmod(path, mode));
}
int fchmod(int fd, mode_t mode) { REAL(int, fchmod, int, mode_t); OF_FILE('p', real_fchmod(fd, mode)); }

// A file that is made, or emptied, counts as made; every opening counts as one.
#define OPENING(folder, path, flags, call) \
  int saved = errno, what = 0; \
  if ((flags) & (O_CREAT | O_TRUNC)) what = meet('c', __func__, folder, path); \
  else if (((flags) & O_ACCMODE) != O_RDONLY && allow) { \
    char full[800]; \
    whole(folder, path, full, sizeof full); \
    if (ready) watch(full); \
  } \
  if (what == 0) what = meet('o', __func__, folder, path); \
  if (what == 1) return -1; \
  errno = saved; \
  int done = (int)(call); \
  if (what == 3) end(); \
  return done
#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list words; \
    va_start(words, flags); \
    mode = va_arg(words, mode_t); \
    va_end(words); \
  }

int open(const char *path, int flags, ...) {
  REAL(int, open, const char *, int, ...);
  MODE(flags) OPENING(AT_FDCWD, path, flags, real_open(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
  REAL(int, open64, const char *, int, ...);
  MODE(flags) OPENING(AT_FDCWD, path, flags, real_open64(path, flags, mode));
}
int openat(int folder, const char *path, int flags, ...) {
  REAL(int, openat, int, const char *, int, ...);
  MODE(flags) OPENING(folder, path, flags, real_openat(folder, path, flags, mode));
}
int openat64(int folder, const char *path, int flags, ...) {
  REAL(int, openat64, int, const char *, int, ...);
  MODE(flags) OPENING(folder, path, flags, real_openat64(folder, path, flags, mode));
}
int __open_2(const char *path, int flags) {
  REAL(int, __open_2, const char *, int);
  OPENING(AT_FDCWD, path, flags, real___open_2(path, flags));
}
int __open64_2(const char *path, int flags) {
  REAL(int, __open64_2, const char *, int);
  OPENING(AT_FDCWD, path, flags, real___open64_2(path, flags));
}
int socketpair(int a, int b, int c, int ends[2]) {
  REAL(int, socketpair, int, int, int, int *);
  PLAIN('o', AT_FDCWD, "/socket", real_socketpair(a, b, c, ends));
}
int pipe(int ends[2]) { REAL(int, pipe, int *); PLAIN('o', AT_FDCWD, "/pipe", real_pipe(ends)); }
int pipe2(int ends[2], int flags) { REAL(int, pipe2, int *, int); PLAIN('o', AT_FDCWD, "/pipe", real_pipe2(ends, flags)); }

ssize_t read(int fd, void *bytes, size_t count) {
  REAL(ssize_t, read, int, void *, size_t);
  if (ready && strchr(kinds, 'r') && is_file(fd) && meet('r', __func__, fd, NULL) == 1) return -1;
  return real_read(fd, bytes, count);
}
ssize_t pread(int fd, void *bytes, size_t count, off_t place) {
  REAL(ssize_t, pread, int, void *, size_t, off_t);
  if (ready && strchr(kinds, 'r') && is_file(fd) && meet('r', __func__, fd, NULL) == 1) return -1;
  return real_pread(fd, bytes, count, place);
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t place) {
  REAL(ssize_t, pread64, int, void *, size_t, off64_t);
  if (ready && strchr(kinds, 'r') && is_file(fd) && meet('r', __func__, fd, NULL) == 1) return -1;
  return real_pread64(fd, bytes, count, place);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int status = (int)syscall(SYS_clock_gettime, clock, now);
  if (!ready) start();
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    if (clock_now) { now->tv_sec = clock_now; now->tv_nsec = 0; }
    now->tv_sec += clock_shift;
  }
  return status;
}
time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
int gettimeofday(struct timeval *out, void *zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
