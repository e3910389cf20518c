# Reads and writes the boot loader's own files, as grubby, new-kernel-pkg, the grub2 tools and the boot loader do:
# /boot/grub2/grub.cfg and grubenv (el7), or /boot/grub/grub.conf (el6). ROOT: prefix of /boot, empty inside a host.
ROOT=${ROOT-}
GRUB2=$ROOT/boot/grub2/grub.cfg
GRUBENV=$ROOT/boot/grub2/grubenv
LEGACY=$ROOT/boot/grub/grub.conf
STAGE2=$ROOT/boot/grub/stage2

is_grub2() { [ -e "$GRUB2" ]; }
config() { if is_grub2; then echo "$GRUB2"; else echo "$LEGACY"; fi; }

# One line per entry: index, title, kernel, initrd, root, other arguments, separated by tabs. Paths begin with /boot.
entries() {
  awk -v tab='\t' '
    function path(file) { return file ~ /^\/boot\// ? file : "/boot" file }
    function flush() { if (n) print n - 1 tab title tab kernel tab initrd tab root tab args }
    /^menuentry / { flush(); n++; kernel = initrd = root = args = ""; split($0, part, "\047"); title = part[2] }
    /^title / { flush(); n++; kernel = initrd = root = args = ""; title = substr($0, 7) }
    $1 == "linux16" || $1 == "linux" || $1 == "kernel" {
      kernel = path($2)
      for (i = 3; i <= NF; i++) if ($i ~ /^root=/) root = substr($i, 6); else args = args (args == "" ? "" : " ") $i
    }
    $1 == "initrd16" || $1 == "initrd" { initrd = path($2) }
    END { flush() }' "$(config)"
}

# The boot loader's name of /boot's filesystem, and its path of a file in /boot: a host that really boots says in
# /etc/elhost which; all others have a /boot of their own on the first partition.
grub_root() { cat /etc/elhost/grub-root 2>/dev/null || echo hd0,msdos1; }
grub_path() { if [ -e /etc/elhost/boot-in-root ]; then echo "$1"; else echo "${1#/boot}"; fi; }

env_get() { sed -n "s/^$1=//p" "$GRUBENV" | tail -n 1; }
env_list() { grep -v '^#' "$GRUBENV"; }

# env_write: the block made of the lines on stdin; always 1024 bytes, filled up with #.
env_write() {
  awk 'BEGIN { text = "# GRUB Environment Block\n" } /=/ { text = text $0 "\n" }
    END { while (length(text) < 1024) text = text "#"; printf "%s", text }' > "$GRUBENV.new"
  cat "$GRUBENV.new" > "$GRUBENV"
  rm -f "$GRUBENV.new"
}
# env_set NAME VALUE; an empty value is kept as `NAME=`.
env_set() { { env_list | grep -v "^$1=" || :; echo "$1=$2"; } | env_write; }
env_unset() { { env_list | grep -v "^$1=" || :; } | env_write; }

# GRUB legacy keeps a choice for one boot inside its own stage2.
stage2_once() { sed -n 's/^once=//p' "$STAGE2"; }
stage2_write() { printf 'stage2 of GRUB 0.97\nonce=%s\n' "$1" > "$STAGE2"; }

# The index an entry is chosen by: a number or a title.
index_of() {
  case $1 in
    '' | *[!0-9]*) entries | want=$1 awk -F '\t' '$2 == ENVIRON["want"] { print $1; exit }' ;;
    *) echo "$1" ;;
  esac
}
default_index() {
  if is_grub2; then
    index=$(index_of "$(env_get saved_entry)")
    echo "${index:-0}"
  else
    sed -n 's/^default=//p' "$LEGACY"
  fi
}
# field INDEX N
field() { entries | awk -F '\t' -v index_="$1" -v n="$2" '$1 == index_ { print $n }'; }
index_of_kernel() { entries | awk -F '\t' -v kernel="$1" '$3 == kernel { print $1; exit }'; }

make_default() {
  if is_grub2; then env_set saved_entry "$(field "$1" 2)"; else sed -i "s/^default=.*/default=$1/" "$LEGACY"; fi
}

# replace_config: stdin becomes the boot loader's file.
replace_config() {
  cat > "$(config).new"
  cat "$(config).new" > "$(config)"
  rm -f "$(config).new"
}
