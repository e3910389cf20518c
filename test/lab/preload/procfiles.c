// Files of /proc that an Enterprise Linux host of its own would have: the module list, the module's counters, and the
// socket tables without the sockets of the machine and of other lab hosts. Made fresh at every open.
// Statically linked programs and netlink (ss) see the machine's own.
#include "elhost.h"
#include <arpa/inet.h>

static const char *const row_names[ROWS] = {"syn_recv_sock_toa",   "syn_recv_sock_no_toa", "getname_toa_ok",
                                            "getname_toa_mismatch", "getname_toa_bypass",   "getname_toa_empty"};

static int real_open(const char *path, int flags) { return syscall(SYS_openat, AT_FDCWD, path, flags, 0); }

static int rewound(int fd) {
  lseek(fd, 0, SEEK_SET);
  return fd;
}

static int open_counters(void) {
  struct counters counters;
  if (geteuid() && access("/etc/elhost/toa-stats-root-only", F_OK) == 0) return errno = EACCES, -1;
  int fd = real_open(COUNTERS, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t got = read(fd, &counters, sizeof counters);
  close(fd);
  if (got != sizeof counters) return errno = EIO, -1;
  int out = memfd_create("toa_stats", MFD_CLOEXEC);
  dprintf(out, "                                  ");
  for (int cpu = 0; cpu < CPUS; cpu++) dprintf(out, "       CPU%d", cpu);
  dprintf(out, "\n");
  for (int row = 0; row < ROWS; row++) {
    dprintf(out, "%-30s:", row_names[row]);
    for (int cpu = 0; cpu < CPUS; cpu++) dprintf(out, " %10lu", (unsigned long)counters.row[row][cpu]);
    dprintf(out, "\n");
  }
  return rewound(out);
}

struct network { uint32_t address; unsigned ssh, http; };

static int read_network(struct network *network) {
  char line[100], address[40];
  if (elhost_read_line(NETWORK, line, sizeof line)) return -1;
  if (sscanf(line, "%39s %u %u", address, &network->ssh, &network->http) != 3) return -1;
  return inet_pton(AF_INET, address, &network->address) == 1 ? 0 : -1;
}

static void put_hex(char *at, int digits, uint32_t value) {
  char text[9];
  snprintf(text, sizeof text, "%0*X", digits, value);
  memcpy(at, text, digits);
}

// One row of /proc/net/tcp (width 8) or tcp6 (width 32); 0: not this host's socket. The listening sockets that are bound
// to the host's loopback address show as bound to any address, on the ports 22 and 80, as on a host of its own.
static int own_row(char *line, int width, const struct network *network) {
  char *local = strstr(line, ": ");
  if (!local || strlen(line) < 30u + 2 * width) return 0;
  local += 2;
  char *remote = local + width + 6, *state = remote + width + 6;
  if (width == 32 && (strncmp(local, "0000000000000000FFFF0000", 24) != 0)) return 0;
  char *address = local + width - 8, *peer = remote + width - 8;
  if (strtoul((char[]){address[0], address[1], address[2], address[3], address[4], address[5], address[6], address[7], 0}, NULL, 16) !=
      network->address)
    return 0;
  unsigned port = strtoul(local + width + 1, NULL, 16);
  if (port == network->http) put_hex(local + width + 1, 4, 80);
  if (port == network->ssh) put_hex(local + width + 1, 4, 22);
  if (!strncmp(state, "0A", 2)) memset(local, '0', width);
  else put_hex(peer, 8, elhost_shown(strtoul((char[]){peer[0], peer[1], peer[2], peer[3], peer[4], peer[5], peer[6], peer[7], 0}, NULL, 16)));
  return 1;
}

static int open_sockets(const char *path, int width) {
  struct network network;
  int fd = real_open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read_network(&network)) return fd;
  FILE *in = fdopen(fd, "r");
  int out = memfd_create("tcp", MFD_CLOEXEC);
  char line[512];
  for (int header = 1; fgets(line, sizeof line, in); header = 0)
    if (header || own_row(line, width, &network)) dprintf(out, "%s", line);
  fclose(in);
  return rewound(out);
}

// Opens a made file; -2: the path is an ordinary one.
static int open_made(const char *path) {
  if (!path || strncmp(path, "/proc/", 6)) return -2;
  if (!strcmp(path, "/proc/modules")) return real_open(MODULES, O_RDONLY | O_CLOEXEC);
  if (!strcmp(path, "/proc/net/toa_stats")) return open_counters();
  if (!strcmp(path, "/proc/net/tcp")) return open_sockets(path, 8);
  if (!strcmp(path, "/proc/net/tcp6")) return open_sockets(path, 32);
  return -2;
}

// The descriptor without close-on-exec where the caller did not ask for it (a shell's redirection).
static int opened(int fd, int flags) {
  if (fd >= 0 && !(flags & O_CLOEXEC)) fcntl(fd, F_SETFD, 0);
  return fd;
}

#define OPEN(name)                                                                  \
  int name(const char *path, int flags, ...) {                                      \
    va_list list;                                                                   \
    va_start(list, flags);                                                          \
    mode_t mode = va_arg(list, int);                                                \
    va_end(list);                                                                   \
    int made = open_made(path);                                                     \
    if (made != -2) return opened(made, flags);                                     \
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);                        \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                \
  int name(int directory, const char *path, int flags, ...) {                       \
    va_list list;                                                                   \
    va_start(list, flags);                                                          \
    mode_t mode = va_arg(list, int);                                                \
    va_end(list);                                                                   \
    int made = open_made(path);                                                     \
    if (made != -2) return opened(made, flags);                                     \
    return syscall(SYS_openat, directory, path, flags, mode);                       \
  }
OPENAT(openat)
OPENAT(openat64)

// What programs built with _FORTIFY_SOURCE call.
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open(path, flags); }
int __openat_2(int directory, const char *path, int flags) { return openat(directory, path, flags); }
int __openat64_2(int directory, const char *path, int flags) { return openat(directory, path, flags); }

#define FOPEN(name)                                                                 \
  FILE *name(const char *path, const char *mode) {                                  \
    static FILE *(*real)(const char *, const char *);                               \
    if (!real) real = REAL(name);                                                   \
    int made = open_made(path);                                                     \
    if (made == -2) return real(path, mode);                                        \
    return made < 0 ? NULL : fdopen(made, mode);                                    \
  }
FOPEN(fopen)
FOPEN(fopen64)

// Questions about a made file are answered about the file behind it.
static const char *behind(const char *path) {
  if (!path || strncmp(path, "/proc/", 6)) return path;
  if (!strcmp(path, "/proc/modules")) return MODULES;
  if (!strcmp(path, "/proc/net/toa_stats")) return COUNTERS;
  return path;
}

#define STAT(name)                                                                  \
  int name(const char *path, struct stat *result) {                                 \
    static int (*real)(const char *, struct stat *);                                \
    if (!real) real = (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, #name); \
    return real(behind(path), result);                                              \
  }
STAT(stat)
STAT(lstat)
int stat64(const char *, struct stat64 *) __attribute__((alias("stat")));
int lstat64(const char *, struct stat64 *) __attribute__((alias("lstat")));

int fstatat(int directory, const char *path, struct stat *result, int flags) {
  static int (*real)(int, const char *, struct stat *, int);
  if (!real) real = REAL(fstatat);
  return real(directory, behind(path), result, flags);
}
int fstatat64(int, const char *, struct stat64 *, int) __attribute__((alias("fstatat")));

int statx(int directory, const char *path, int flags, unsigned mask, struct statx *result) {
  static int (*real)(int, const char *, int, unsigned, struct statx *);
  if (!real) real = REAL(statx);
  return real(directory, behind(path), flags, mask, result);
}

#define ACCESS(name)                                                                \
  int name(const char *path, int mode) {                                            \
    static int (*real)(const char *, int);                                          \
    if (!real) real = REAL(name);                                                   \
    return real(behind(path), mode);                                                \
  }
ACCESS(access)
ACCESS(eaccess)
ACCESS(euidaccess)

int faccessat(int directory, const char *path, int mode, int flags) {
  static int (*real)(int, const char *, int, int);
  if (!real) real = REAL(faccessat);
  return real(directory, behind(path), mode, flags);
}
