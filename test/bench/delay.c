/*
 * A line of fixed length between two network namespaces: the one this runs in, and that of the process given. Packets leave a TUN
 * device on one side and come out of the other's after the delay. Usage: delay <pid> <one-way milliseconds>. Prints `ready`; ends
 * with its stdin.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 2048, SLOTS = 32768, BATCH = 64 };

struct packet {
  uint64_t due;
  ssize_t bytes;
  unsigned char data[LONGEST];
};

/* A ring: what came in at `from` and is still on its way to `to`. */
struct direction {
  int from, to;
  struct packet *ring;
  uint64_t first, next;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int tun(void) {
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strcpy(request.ifr_name, "line");
  if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) fail("tun");
  return device;
}

static int tun_beside(const char *pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
  int other = open(path, O_RDONLY | O_CLOEXEC);
  if (other < 0 || setns(other, CLONE_NEWNET) < 0) fail(path);
  close(other);
  return tun();
}

/* Takes in what is there and lets out what is due; tells whether anything moved. */
static int move(struct direction *way, uint64_t delay) {
  int moved = 0;
  for (int taken = 0; taken < BATCH && way->next - way->first < SLOTS; taken++) {
    struct packet *packet = &way->ring[way->next % SLOTS];
    packet->bytes = read(way->from, packet->data, LONGEST);
    if (packet->bytes <= 0) break;
    packet->due = now() + delay;
    way->next++;
    moved = 1;
  }
  for (uint64_t time = now(); way->first < way->next; way->first++) {
    struct packet *packet = &way->ring[way->first % SLOTS];
    if (packet->due > time) break;
    if (write(way->to, packet->data, (size_t)packet->bytes) < 0 && errno == EAGAIN) break;
    moved = 1;
  }
  return moved;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const uint64_t delay = (uint64_t)(atof(argv[2]) * 1e6);
  int here = tun(), there = tun_beside(argv[1]);
  struct direction ways[2] = {{.from = here, .to = there}, {.from = there, .to = here}};
  for (int i = 0; i < 2; i++) {
    ways[i].ring = malloc(SLOTS * sizeof *ways[i].ring);
    if (ways[i].ring == NULL) fail("memory");
  }
  puts("ready");
  fflush(stdout);
  struct pollfd events[3] = {{.fd = here, .events = POLLIN}, {.fd = there, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (;;) {
    int moved = 0;
    uint64_t due = UINT64_MAX;
    for (int i = 0; i < 2; i++) {
      moved |= move(&ways[i], delay);
      if (ways[i].first < ways[i].next && ways[i].ring[ways[i].first % SLOTS].due < due) due = ways[i].ring[ways[i].first % SLOTS].due;
    }
    if (moved) continue;
    uint64_t time = now(), wait = due > time ? due - time : 0;
    struct timespec sleep = {.tv_sec = (time_t)(wait / 1000000000u), .tv_nsec = (long)(wait % 1000000000u)};
    ppoll(events, 3, due == UINT64_MAX ? NULL : &sleep, NULL);
    char byte;
    if (events[2].revents != 0 && read(0, &byte, 1) <= 0) return 0;
  }
}
