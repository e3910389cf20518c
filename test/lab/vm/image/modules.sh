#!/bin/bash
# modules.sh HEADERS OUT: OUT/toa.ko, OUT/release.ko and OUT/oops.ko, for the kernel whose header packages lie in HEADERS. About 15 s.
set -eu
headers=$1 out=$2
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in "$headers"/*.deb; do dpkg-deb -x "$package" "$work"; done
tree=$(echo "$work"/usr/src/linux-headers-*-cloud-amd64)
# The packages' own paths are absolute.
sed -i "s|/usr/src/|$work/usr/src/|" "$tree/Makefile"
mkdir -p "$out"
for name in toa release oops; do
  cp -r "$here/../$name-module" "$work/$name"
  make -s -C "$tree" M="$work/$name" modules > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  strip --strip-debug -o "$out/$name.ko" "$work/$name"/*.ko
done
