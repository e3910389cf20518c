# Shared by probe.sh and probe-root.sh, which it is put in front of. Reads only.
# Needs: NONCE (this probe's random word), EXTRA_LOGS (paths the person named, one a line).
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

# log_line FOUND SERVER PATH: "found server readable bytes@written path"; a file that is surely not there prints nothing.
log_line() {
  if [ -f "$3" ]; then
    log_read=no
    [ -r "$3" ] && log_read=yes
    log_bytes=$(stat -L -c '%s@%Y' "$3" 2>/dev/null)
    printf '%s %s %s %s %s\n' "$1" "$2" "$log_read" "${log_bytes:--}" "$3"
  elif [ ! -x "${3%/*}" ] && [ -e "${3%/*}" ]; then
    printf '%s %s hidden - %s\n' "$1" "$2" "$3"
  elif [ "$1" = configured ]; then
    printf '%s %s missing - %s\n' "$1" "$2" "$3"
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

configured_logs() {
  printf '%s\n' "$EXTRA_LOGS" | head -n 50 | while IFS= read -r log_file; do
    case $log_file in /*) log_line configured other "$log_file" ;; esac
  done
}
