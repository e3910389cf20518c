// Shared by the parts of libelhost.so, the library that makes processes of a lab host see an Enterprise Linux kernel.
#pragma once
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

// State of the running "kernel"; /run is empty at every boot.
#define MODULES "/run/elhost/modules"
#define COUNTERS "/run/elhost/toa-counters"
#define DMESG "/run/elhost/dmesg"
#define POWER "/run/elhost/power"
// What the host is; survives a reboot.
#define RELEASE "/etc/elhost/release"
#define VERSION "/etc/elhost/version"
#define NETWORK "/etc/elhost/network"
#define CLOCK_OFFSET "/etc/elhost/clock-offset"

// Rows of /proc/net/toa_stats, in the order in which the module prints them.
enum { SYN_TOA, SYN_NO_TOA, NAME_OK, NAME_MISMATCH, NAME_BYPASS, NAME_EMPTY, ROWS };
enum { CPUS = 2 };
struct counters { uint64_t row[ROWS][CPUS]; };

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int elhost_read_line(const char *path, char *buffer, size_t size);
void elhost_append(const char *path, const char *text);
uint32_t elhost_shown(uint32_t address);
