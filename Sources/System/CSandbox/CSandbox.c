#define _GNU_SOURCE
#include "CSandbox.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int csandbox_make_memory(size_t bytes) {
  int fd = memfd_create("evoke-samples", MFD_CLOEXEC);
  if (fd >= 0 && ftruncate(fd, (off_t)bytes) != 0) { close(fd); return -1; }
  return fd;
}

void *csandbox_map(int fd, size_t bytes) {
  void *place = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return place == MAP_FAILED ? NULL : place;
}

int csandbox_spawn(const char *program, int memory, pid_t *pid) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  // Beyond the numbers that they get in the other process, so that none is written over before it is copied.
  int theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 16), shared = fcntl(memory, F_DUPFD_CLOEXEC, 16);
  close(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (int i = 0; i < 3; i++)
    posix_spawn_file_actions_addopen(&actions, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, theirs, csandbox_socket);
  posix_spawn_file_actions_adddup2(&actions, shared, csandbox_memory);
  posix_spawn_file_actions_addclosefrom_np(&actions, csandbox_memory + 1);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  char *arguments[] = {(char *)program, NULL};
  int status = theirs < 0 || shared < 0 ? EMFILE : posix_spawn(pid, program, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(theirs);
  close(shared);
  if (status == 0) return ends[0];
  close(ends[0]);
  errno = status;
  return -1;
}

int csandbox_send(int fd, const void *bytes, size_t count) {
  const char *next = (const char *)bytes;
  while (count > 0) {
    ssize_t sent = send(fd, next, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return -1;
    next += sent;
    count -= (size_t)sent;
  }
  return 0;
}

static long long csandbox_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int csandbox_receive(int fd, void *bytes, size_t count, int milliseconds) {
  char *next = (char *)bytes;
  long long end = milliseconds < 0 ? 0 : csandbox_milliseconds() + milliseconds;
  while (count > 0) {
    int left = -1;
    if (milliseconds >= 0) {
      long long rest = end - csandbox_milliseconds();
      if (rest <= 0) return -2;
      left = (int)rest;
    }
    struct pollfd wait = {fd, POLLIN, 0};
    int ready = poll(&wait, 1, left);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return -1;
    if (ready == 0) return -2;
    ssize_t got = recv(fd, next, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    next += got;
    count -= (size_t)got;
  }
  return 0;
}

int csandbox_end(pid_t pid) {
  int status = 0;
  // What ended by itself keeps its status.
  kill(pid, SIGKILL);
  pid_t done;
  do done = waitpid(pid, &status, 0); while (done < 0 && errno == EINTR);
  return done == pid ? status : -1;
}

int csandbox_signal(int status) { return status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
int csandbox_exit(int status) { return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

const char *csandbox_image(const void *address) {
  Dl_info info;
  return dladdr(address, &info) != 0 ? info.dli_fname : NULL;
}

int csandbox_limit(unsigned long long bytes, unsigned long long files) {
  struct rlimit memory = {bytes, bytes}, open = {files, files}, none = {0, 0};
  if (setrlimit(RLIMIT_AS, &memory) != 0 || setrlimit(RLIMIT_NOFILE, &open) != 0) return -1;
  return setrlimit(RLIMIT_FSIZE, &none) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ? -1 : 0;
}

#if defined(__x86_64__)
#define CSANDBOX_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CSANDBOX_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

int csandbox_confine(void) {
#ifndef CSANDBOX_ARCHITECTURE
  return -1;
#else
#define CSANDBOX_ALLOW(call) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define CSANDBOX_REFUSE(code) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (code))
#define CSANDBOX_LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
// A call that is allowed where of the lower half of an argument the bits of a mask have a value.
#define CSANDBOX_ALLOW_IF(call, argument, mask, value) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5), CSANDBOX_LOAD(args[argument]), \
  BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), \
  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), CSANDBOX_REFUSE(EPERM)
  struct sock_filter rules[] = {
    CSANDBOX_LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CSANDBOX_ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    CSANDBOX_LOAD(nr),
    CSANDBOX_ALLOW(__NR_read), CSANDBOX_ALLOW(__NR_readv), CSANDBOX_ALLOW(__NR_pread64),
    CSANDBOX_ALLOW(__NR_lseek), CSANDBOX_ALLOW(__NR_close), CSANDBOX_ALLOW(__NR_fstat),
    CSANDBOX_ALLOW(__NR_newfstatat), CSANDBOX_ALLOW(__NR_statx), CSANDBOX_ALLOW(__NR_faccessat),
    CSANDBOX_ALLOW(__NR_readlinkat), CSANDBOX_ALLOW(__NR_fcntl), CSANDBOX_ALLOW(__NR_flock), CSANDBOX_ALLOW(__NR_fadvise64),
    CSANDBOX_ALLOW(__NR_sendto), CSANDBOX_ALLOW(__NR_recvfrom), CSANDBOX_ALLOW(__NR_ppoll),
    CSANDBOX_ALLOW(__NR_mmap), CSANDBOX_ALLOW(__NR_munmap), CSANDBOX_ALLOW(__NR_mremap),
    CSANDBOX_ALLOW(__NR_mprotect), CSANDBOX_ALLOW(__NR_madvise), CSANDBOX_ALLOW(__NR_brk),
    CSANDBOX_ALLOW(__NR_futex), CSANDBOX_ALLOW(__NR_set_robust_list), CSANDBOX_ALLOW(__NR_rseq),
    CSANDBOX_ALLOW(__NR_membarrier), CSANDBOX_ALLOW(__NR_sched_yield), CSANDBOX_ALLOW(__NR_sched_getaffinity),
    CSANDBOX_ALLOW(__NR_exit), CSANDBOX_ALLOW(__NR_exit_group), CSANDBOX_ALLOW(__NR_restart_syscall),
    CSANDBOX_ALLOW(__NR_rt_sigaction), CSANDBOX_ALLOW(__NR_rt_sigprocmask), CSANDBOX_ALLOW(__NR_rt_sigreturn),
    CSANDBOX_ALLOW(__NR_sigaltstack), CSANDBOX_ALLOW(__NR_tgkill), CSANDBOX_ALLOW(__NR_getpid),
    CSANDBOX_ALLOW(__NR_gettid), CSANDBOX_ALLOW(__NR_getuid), CSANDBOX_ALLOW(__NR_geteuid),
    CSANDBOX_ALLOW(__NR_getgid), CSANDBOX_ALLOW(__NR_getegid), CSANDBOX_ALLOW(__NR_clock_gettime),
    CSANDBOX_ALLOW(__NR_clock_getres), CSANDBOX_ALLOW(__NR_clock_nanosleep), CSANDBOX_ALLOW(__NR_nanosleep),
    CSANDBOX_ALLOW(__NR_gettimeofday), CSANDBOX_ALLOW(__NR_getrandom), CSANDBOX_ALLOW(__NR_sysinfo),
    CSANDBOX_ALLOW(__NR_uname), CSANDBOX_ALLOW(__NR_getrusage), CSANDBOX_ALLOW(__NR_prctl),
    CSANDBOX_ALLOW(__NR_set_tid_address),
#if defined(__x86_64__)
    CSANDBOX_ALLOW(__NR_stat), CSANDBOX_ALLOW(__NR_lstat), CSANDBOX_ALLOW(__NR_access),
    CSANDBOX_ALLOW(__NR_readlink), CSANDBOX_ALLOW(__NR_poll), CSANDBOX_ALLOW(__NR_arch_prctl),
    CSANDBOX_ALLOW(__NR_time),
    CSANDBOX_ALLOW_IF(__NR_open, 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
#endif
    CSANDBOX_ALLOW_IF(__NR_openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
    // Threads, and no processes: clone says so in its flags, clone3 where no filter sees it.
    CSANDBOX_ALLOW_IF(__NR_clone, 0, 0x00010000, 0x00010000),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1), CSANDBOX_REFUSE(ENOSYS),
    CSANDBOX_REFUSE(EPERM),
  };
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#endif
}
