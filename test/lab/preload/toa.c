// The toa module, played in the C library, and the lab's network. Traffic reaches a lab host over loopback from
// addresses that stand for others (network() below); what a process is told about its peer is translated here.
// With the module loaded, an IPv4 connection from the scrubbing centre is told to come from its visitor. As with the
// real module, sockets of AF_INET6 are left alone, and connections accepted before it was loaded too.
#include "elhost.h"
#include <arpa/inet.h>
#include <sched.h>

enum { KNOWN_FDS = 65536 };
static unsigned char carries_option[KNOWN_FDS];

static uint32_t quad(int a, int b, int c, int d) { return htonl((uint32_t)a << 24 | b << 16 | c << 8 | d); }

static int from_scrubbing_centre(uint32_t address) { return (ntohl(address) >> 16) == (127u << 8 | 77); }

// 127.77.0.x: scrubbing centre, 127.78.0.x: health checks, 127.79.0.x: visitors who come directly.
uint32_t elhost_shown(uint32_t address) {
  uint32_t host = ntohl(address), last = host & 255;
  switch (host >> 16) {
    case 127 << 8 | 77: return quad(198, 51, 100, last);
    case 127 << 8 | 78: return quad(10, 0, 8, last);
    case 127 << 8 | 79: return quad(192, 0, 2, last);
    default: return address;
  }
}

// Which visitor a connection of the scrubbing centre carries is a function of its source port (see traffic.ts).
static uint32_t visitor(in_port_t port) { return quad(203, 0, 113, 1 + ntohs(port) % 254); }

static void count(int row) {
  int fd = syscall(SYS_openat, AT_FDCWD, COUNTERS, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  struct counters *counters = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (counters == MAP_FAILED) return;
  __atomic_add_fetch(&counters->row[row][sched_getcpu() & (CPUS - 1)], 1, __ATOMIC_RELAXED);
  munmap(counters, sizeof *counters);
}

static int loaded(void) { return syscall(SYS_faccessat, AT_FDCWD, COUNTERS, F_OK) == 0; }

// The getname path.
static void translate(int fd, struct sockaddr *address) {
  if (address->sa_family == AF_INET) {
    struct sockaddr_in *peer = (struct sockaddr_in *)address;
    int own = fd >= 0 && fd < KNOWN_FDS && carries_option[fd] && from_scrubbing_centre(peer->sin_addr.s_addr);
    if (loaded()) count(own ? NAME_OK : NAME_EMPTY);
    peer->sin_addr.s_addr = own && loaded() ? visitor(peer->sin_port) : elhost_shown(peer->sin_addr.s_addr);
  } else if (address->sa_family == AF_INET6) {
    struct in6_addr *peer = &((struct sockaddr_in6 *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(peer)) peer->s6_addr32[3] = elhost_shown(peer->s6_addr32[3]);
  }
}

// The accept path: does the handshake's last packet carry option 254?
static void accepted(int fd) {
  struct sockaddr_storage peer;
  socklen_t size = sizeof peer;
  static int (*real)(int, struct sockaddr *, socklen_t *);
  if (!real) real = REAL(getpeername);
  if (fd >= KNOWN_FDS) return;
  carries_option[fd] = 0;
  if (!loaded() || real(fd, (struct sockaddr *)&peer, &size) || peer.ss_family != AF_INET) return;
  carries_option[fd] = from_scrubbing_centre(((struct sockaddr_in *)&peer)->sin_addr.s_addr);
  count(carries_option[fd] ? SYN_TOA : SYN_NO_TOA);
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
  static int (*real)(int, struct sockaddr *, socklen_t *, int);
  if (!real) real = REAL(accept4);
  int connection = real(fd, address, size, flags);
  if (connection < 0) return connection;
  int error = errno;
  accepted(connection);
  if (address) translate(connection, address);
  errno = error;
  return connection;
}

int accept(int fd, struct sockaddr *address, socklen_t *size) { return accept4(fd, address, size, 0); }

int getpeername(int fd, struct sockaddr *address, socklen_t *size) {
  static int (*real)(int, struct sockaddr *, socklen_t *);
  if (!real) real = REAL(getpeername);
  int result = real(fd, address, size);
  if (result == 0) translate(fd, address);
  return result;
}
