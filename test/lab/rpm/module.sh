#!/bin/sh
# module.sh OUT.ko NAME RELEASE [ALIAS]: an ELF file that depmod, modinfo and modprobe take for a kernel module.
set -eu
out=$1 name=$2 release=$3 alias=${4:-}
source=$(mktemp --suffix=.c)
trap 'rm -f "$source"' EXIT
cat > "$source" <<C
static const char info[] __attribute__((section(".modinfo"), used)) =
  "license=GPL\0name=$name\0${alias:+alias=$alias\0}vermagic=$release SMP mod_unload modversions \0depends=\0retpoline=Y";
struct { char pad[24]; char name[56]; char rest[816]; }
  __this_module __attribute__((section(".gnu.linkonce.this_module"), used)) = { .name = "$name" };
int init_module(void) { return 0; }
void cleanup_module(void) {}
C
gcc -c -ffreestanding -fno-pic -O0 -o "$out" "$source"
