# shellcheck shell=sh disable=SC2034,SC2154
# Stands before upload-begin.sh, upload-lane.sh and upload-end.sh: goes to the directory of an upload and makes sure that nobody else can put
# anything there. Given: toa_file (absolute). Leaves: file and part, names in the working directory; only these are used.
# The directory may lie in /var/tmp, where anyone may have made it before us: exit 73 unless it is the user's own.
LC_ALL=C
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export LC_ALL PATH
umask 077

refuse() { # path why
  printf '%s: %s\n' "$1" "$2" >&2
  exit 73
}

directory=${toa_file%/*}
me=$(id -u) || exit 73
if [ ! -h "$directory" ] && [ ! -d "$directory" ]; then
  [ -d "${directory%/*}/" ] || mkdir -p "${directory%/*}" || exit 73
  # Whoever is faster here is found out below.
  mkdir -m 0700 "$directory" || [ -d "$directory" ] || exit 73
fi
[ ! -h "$directory" ] || refuse "$directory" 'is a link'
cd "$directory/" || exit 73

# What holds for `.` cannot be changed any more by giving the path another meaning. Nobody else may be able to rename any directory on
# the way, either. The walk goes by `..`, not by names, and in one call; where it must end is seen by what it ends at.
up=.
way=.
left=$(pwd -P) || exit 73
while [ -n "${left#/}" ]; do
  up=$up/..
  way="$way $up"
  left=${left%/*}
done
# shellcheck disable=SC2086
state=$(stat -c '%u %a %d:%i' $way /) || exit 73
# shellcheck disable=SC2086
set -- $state
case "$1 $2" in
  "$me 700" | "$me "[1-7]700) ;;
  *) refuse "$directory" 'is not a directory that only this user can enter' ;;
esac
while [ $# -gt 3 ]; do
  case $1 in
    0 | "$me") ;;
    *) refuse "$directory" "lies in a directory of user $1" ;;
  esac
  # Others may write only where the sticky bit keeps them from each other's files.
  case $2 in
    *[2367] | *[2367]?)
      case $2 in
        [1357]???) ;;
        *) refuse "$directory" 'lies in a directory that others may change' ;;
      esac
      ;;
  esac
  last=$3
  shift 3
done
[ "$last" = "$3" ] || refuse "$directory" 'was moved meanwhile'

file=./${toa_file##*/}
part=$file.part
