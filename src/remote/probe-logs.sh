# Shared by probe.sh and probe-root.sh, which it is put in front of. Reads only.
# Needs: NONCE (this probe's random word), EXTRA_LOGS (paths and patterns the person named, one a line).
# shellcheck shell=sh

LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset GREP_OPTIONS POSIXLY_CORRECT CDPATH
umask 077
exec </dev/null

# A header line that nothing on the host can forge: only this connection knows the nonce.
# The line feed before it ends a body that has none of its own; the reader takes exactly one off.
section() {
  printf '\n==%s %s\n' "$NONCE" "$1"
}

# limit SECONDS COMMAND…: runs it with a deadline where this host has `timeout`.
if command -v timeout >/dev/null 2>&1; then
  limit() { timeout "$@"; }
else
  limit() { shift; "$@"; }
fi

# log_line FOUND SERVER PATH [NAME]: "found server readable bytes@written NAME", NAME being PATH unless given; a file that is
# surely not there prints nothing.
log_line() {
  if [ -f "$3" ]; then
    log_read=no
    [ -r "$3" ] && log_read=yes
    log_bytes=$(stat -L -c '%s@%Y' "$3" 2>/dev/null)
    printf '%s %s %s %s %s\n' "$1" "$2" "$log_read" "${log_bytes:--}" "${4:-$3}"
  elif [ ! -x "${3%/*}" ] && [ -e "${3%/*}" ]; then
    printf '%s %s hidden - %s\n' "$1" "$2" "$3"
  elif [ "$1" = configured ]; then
    log_read=missing
    [ ! -e "$3" ] || log_read=notAFile
    printf '%s %s %s - %s\n' "$1" "$2" "$log_read" "$3"
  fi
}

usual_logs() {
  log_line usual nginx /var/log/nginx/access.log
  log_line usual httpd /var/log/httpd/access_log
  log_line usual httpd /var/log/httpd/ssl_access_log
  log_line usual httpd /var/log/apache2/access.log
  log_line usual haproxy /var/log/haproxy.log
  # Tomcat starts a new file each day; the last name in sorted order is the newest.
  for log_dir in /var/log/tomcat*; do
    [ -d "$log_dir" ] || continue
    log_last=$log_dir/localhost_access_log.$(date +%Y-%m-%d).txt
    for log_file in "$log_dir"/localhost_access_log.*.txt; do
      [ -f "$log_file" ] && log_last=$log_file
    done
    log_line usual tomcat "$log_last"
  done
}

# matching_files PATTERN: the files that it matches, newest first, 50 at most. Compressed ones cannot be followed; of a name
# with a line feed in it, the second line would pass for another file.
matching_files() {
  # shellcheck disable=SC2016  # for the inner shell
  limit 3 /bin/sh -c '
    IFS= line_feed="
"
    for file in $1; do
      case $file in *"$line_feed"* | *.gz | *.bz2 | *.xz | *.zst | *.lz4) continue ;; esac
      [ "${#file}" -gt 900 ] || [ ! -f "$file" ] || printf "%s\0" "$file"
    done' sh "$1" | xargs -0 -r stat -L -c '%Y %n' 2>/dev/null | sort -rn | head -n 50 | cut -d ' ' -f 2-
}

# matching_logs PATTERN: the pattern, with what its newest file is like, then each file.
matching_logs() {
  matching_files "$1" | {
    log_newest=
    while IFS= read -r log_match; do
      [ -n "$log_newest" ] || log_line configured other "$log_match" "$1"
      log_newest=$log_match
      log_line matched other "$log_match"
    done
    [ -n "$log_newest" ] || log_line configured other "$1"
  }
}

configured_logs() {
  printf '%s\n' "$EXTRA_LOGS" | head -n 50 | while IFS= read -r log_file; do
    case $log_file in
      /*[*?[]*) matching_logs "$log_file" ;;
      /*) log_line configured other "$log_file" ;;
    esac
  done
}
