// Loading and unloading modules: the image is checked as the kernel would (ELF, vermagic), and only a list is kept.
#include "elhost.h"

static void put(const char *module, const char *file, const char *text) {
  char path[300];
  snprintf(path, sizeof path, "/sys/module/%s/%s", module, file);
  elhost_append(path, text);
}

static void add_to_sysfs(const char *module) {
  char path[300];
  snprintf(path, sizeof path, "/sys/module/%s", module);
  mkdir(path, 0755);
  strcat(path, "/holders");
  mkdir(path, 0755);
  put(module, "coresize", "12800\n");
  put(module, "refcnt", "0\n");
  put(module, "initstate", "live\n");
}

static void remove_from_sysfs(const char *module) {
  static const char *const files[] = {"coresize", "refcnt", "initstate", NULL};
  char path[300];
  for (int i = 0; files[i]; i++) {
    snprintf(path, sizeof path, "/sys/module/%s/%s", module, files[i]);
    unlink(path);
  }
  snprintf(path, sizeof path, "/sys/module/%s/holders", module);
  rmdir(path);
  snprintf(path, sizeof path, "/sys/module/%s", module);
  rmdir(path);
}

static void start_toa(void) {
  static const struct counters none;
  int fd = syscall(SYS_openat, AT_FDCWD, COUNTERS, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return;
  fchmod(fd, 0666); // every server process counts here, as the kernel would
  if (write(fd, &none, sizeof none) < 0) perror(COUNTERS);
  close(fd);
  elhost_append(DMESG, "[   12.345678] TOA: toa loaded\n");
}

static int add(const char *name) {
  char line[256];
  size_t length = strlen(name);
  FILE *list = fopen(MODULES, "re");
  if (!list) return errno = EPERM, -1;
  while (fgets(line, sizeof line, list))
    if (!strncmp(line, name, length) && line[length] == ' ') return fclose(list), errno = EEXIST, -1;
  fclose(list);
  snprintf(line, sizeof line, "%s 12800 0 - Live 0xffffffffc0%06lx\n", name, (unsigned long)(length * 4096));
  elhost_append(MODULES, line);
  add_to_sysfs(name);
  if (!strcmp(name, "toa")) start_toa();
  return 0;
}

// A module names the kernel it was made for: as uname tells, or as the vmlinuz itself does, since the VM's packages hold a kernel
// of another name (x86 boot protocol 2.00: at 0x20e stands where its version is, less 0x200).
static int for_this_kernel(const char *vermagic) {
  struct utsname kernel;
  char path[128], version[64] = "";
  unsigned short at = 0;
  uname(&kernel);
  size_t length = strlen(kernel.release);
  if (!strncmp(vermagic, kernel.release, length) && vermagic[length] == ' ') return 1;
  snprintf(path, sizeof path, "/boot/vmlinuz-%s", kernel.release);
  FILE *vmlinuz = fopen(path, "r");
  if (!vmlinuz) return 0;
  if (!fseek(vmlinuz, 0x20e, SEEK_SET) && fread(&at, sizeof at, 1, vmlinuz) == 1 && !fseek(vmlinuz, at + 0x200, SEEK_SET))
    if (!fgets(version, sizeof version, vmlinuz)) *version = 0;
  fclose(vmlinuz);
  length = strcspn(version, " ");
  return length > 0 && !strncmp(vermagic, version, length) && vermagic[length] == ' ';
}

static int load(const char *image, size_t length) {
  if (geteuid()) return errno = EPERM, -1;
  if (length < 4 || memcmp(image, "\177ELF", 4)) return errno = ENOEXEC, -1;
  const char *name = memmem(image, length, "\0name=", 6);
  const char *vermagic = memmem(image, length, "\0vermagic=", 10);
  if (!name || !vermagic || !for_this_kernel(vermagic + 10)) return errno = ENOEXEC, -1;
  return add(name + 6);
}

int init_module(void *image, unsigned long length, const char *parameters) {
  (void)parameters;
  return load(image, length);
}

int delete_module(const char *name, unsigned flags) {
  (void)flags;
  if (geteuid()) return errno = EPERM, -1;
  char list[65536];
  int fd = syscall(SYS_openat, AT_FDCWD, MODULES, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? 0 : read(fd, list, sizeof list - 1);
  if (fd >= 0) close(fd);
  list[length < 0 ? 0 : length] = 0;
  FILE *rest = fopen(MODULES, "we");
  if (!rest) return errno = EPERM, -1;
  size_t width = strlen(name);
  int found = 0;
  for (char *line = list; *line;) {
    char *end = strchr(line, '\n');
    size_t size = end ? (size_t)(end - line + 1) : strlen(line);
    if (!strncmp(line, name, width) && line[width] == ' ') found = 1;
    else fwrite(line, 1, size, rest);
    line += size;
  }
  fclose(rest);
  if (!found) return errno = ENOENT, -1;
  remove_from_sysfs(name);
  if (!strcmp(name, "toa")) {
    unlink(COUNTERS);
    elhost_append(DMESG, "[  345.678901] TOA: toa unloaded\n");
  }
  return 0;
}

static int load_file(int fd) {
  off_t length = lseek(fd, 0, SEEK_END);
  char *image = malloc(length > 0 ? length : 1);
  ssize_t got = pread(fd, image, length, 0);
  int result = load(image, got > 0 ? got : 0), error = errno;
  free(image);
  errno = error;
  return result;
}

// kmod calls these through syscall(2).
long syscall(long number, ...) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_init_module) return init_module((void *)a[0], a[1], (char *)a[2]);
  if (number == SYS_delete_module) return delete_module((char *)a[0], a[1]);
  if (number == SYS_finit_module) return load_file(a[0]);
  static long (*real)(long, ...);
  if (!real) real = REAL(syscall);
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
