// The wall clock, set off by the seconds in /etc/elhost/clock-offset: what an administrator or ntpd does to it. The clocks
// that count from the boot go on.
#include "elhost.h"
#include <sys/time.h>
#include <time.h>

static time_t offset(void) {
  char line[32];
  int error = errno;
  time_t seconds = elhost_read_line(CLOCK_OFFSET, line, sizeof line) ? 0 : atol(line);
  errno = error;
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static __typeof__(&clock_gettime) real;
  if (!real) real = REAL(clock_gettime);
  int result = real(clock, now);
  if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  static __typeof__(&gettimeofday) real;
  if (!real) real = REAL(gettimeofday);
  int result = real(now, zone);
  if (!result) now->tv_sec += offset();
  return result;
}

time_t time(time_t *now) {
  static __typeof__(&time) real;
  if (!real) real = REAL(time);
  time_t seconds = real(NULL) + offset();
  if (now) *now = seconds;
  return seconds;
}
