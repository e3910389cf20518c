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

# web_servers: "pid name" of one process each, the one whose parent has another name.
web_servers() {
  cat /proc/[0-9]*/stat 2>/dev/null | awk '
    $2 ~ /^\((nginx|httpd|apache2|haproxy|java|lighttpd|caddy)\)$/ { name[$1] = $2; parent[$1] = $4 }
    END { for (pid in name) if (name[parent[pid]] != name[pid]) print pid, name[pid] }' | tr -d '()' | head -n 16
}

# access_lines UNIT: has it written what looks like an access log's lines into systemd's journal, as far as this user may see?
access_lines() {
  limit 3 journalctl --quiet --no-pager --output=cat --lines=50 "_SYSTEMD_UNIT=$1" 2>/dev/null </dev/null |
    grep -aqE '"(GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH) |"(remote_(ip|addr)|client_ip|clientip|c_ip)" *:|^[0-9A-Fa-f.:]+:[0-9]+ \[[0-9]+/'
}

# journal_hidden: is there a journal of the system that this user may not read?
journal_hidden() {
  for journal_file in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do
    [ ! -r "$journal_file" ] || return 1
  done
  [ -d /var/log/journal ] || [ -d /run/log/journal ]
}

# unit_logs: what web servers' units have in the journal.
unit_logs() {
  command -v journalctl >/dev/null 2>&1 || return 0
  web_servers | while read -r web_pid web_name; do
    sed -n "s|^.*[:/]\([A-Za-z0-9:_.\\@-]*\.service\)\$|\1 $web_name|p" "/proc/$web_pid/cgroup" 2>/dev/null | head -n 1
  done | sort -u | head -n 5 | while read -r web_unit web_name; do
    ! access_lines "$web_unit" || printf 'open %s yes - journal:%s\n' "$web_name" "$web_unit"
  done
}

# log_files PID: the logs that a process holds open, as far as names tell; of a server in Java only what is called an access log.
log_files() {
  # shellcheck disable=SC2012  # find has no portable way to print a link's target; hostile names are refused by the reader
  ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/^.* -> //p' | sort -u | awk -v name="$2" '
    !/^\// || /^\/(proc|dev|sys)\// || / \(deleted\)$/ { next }
    { base = $0; sub(/^.*\//, "", base) }
    base ~ /(^|[-._])err(or)?s?([-._]|$)|\.(pid|lock|conf)$/ { next }
    base ~ (name == "java" ? "access|request" : name == "syslog" ? "haproxy" : "access|request|log|\\.json") { if (logs++ < 20) print }'
}

# named_logs: logs that the configurations of nginx, httpd and caddy name. Nothing else of them leaves the host: they may hold secrets.
named_logs() {
  for log_conf in /etc/nginx/nginx.conf /etc/nginx/*.d/*.conf /etc/nginx/sites-enabled/* /usr/local/nginx/conf/nginx.conf \
    /usr/local/nginx/conf/*.d/*.conf /etc/httpd/conf/httpd.conf /etc/httpd/conf*.d/*.conf /etc/apache2/sites-enabled/* /etc/caddy/Caddyfile /etc/caddy/*.d/* /etc/caddy/*.caddyfile; do
    [ ! -f "$log_conf" ] || head -c 1048576 "$log_conf" 2>/dev/null | awk '
      { sub(/^[ \t]+/, ""); name = tolower($1); path = $2 }
      name == "output" && path == "file" { path = $3 }
      name !~ /^(access_log|customlog|transferlog|globallog)$/ && !(name == "output" && $2 == "file") { next }
      { sub(/;.*$/, "", path); gsub(/["\047]/, "", path) }
      path == "off" || path ~ /[$%|*?[{]|^syslog:/ { next }
      { print (name == "access_log" ? "nginx" : name == "output" ? "caddy" : "httpd"), path }'
  done | sort -u | head -n 40 | while read -r log_server log_path; do
    case $log_path in
      /*) ;;
      logs/*) log_path=/etc/httpd/$log_path ;;
      *) continue ;;
    esac
    # One name for it, however the configuration goes there: the folder is known to everybody, its files perhaps not.
    log_dir=$(readlink -f "${log_path%/*}" 2>/dev/null)
    log_line usual "$log_server" "${log_dir:-${log_path%/*}}/${log_path##*/}"
  done
}

usual_logs() {
  log_line usual nginx /var/log/nginx/access.log
  log_line usual httpd /var/log/httpd/access_log
  log_line usual httpd /var/log/httpd/ssl_access_log
  log_line usual httpd /var/log/apache2/access.log
  for log_file in /var/log/haproxy*.log /var/log/haproxy/*.log; do
    [ ! -f "$log_file" ] || log_line usual haproxy "$log_file"
  done
  for log_file in /var/log/caddy/*.log; do
    [ ! -f "$log_file" ] || log_line usual caddy "$log_file"
  done
  named_logs
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

# unit_line NAME: "journal:UNIT", that a person named.
unit_line() {
  unit_read=missing
  [ -z "$(limit 5 journalctl --quiet --no-pager --output=cat --lines=1 "_SYSTEMD_UNIT=${1#journal:}" 2>/dev/null </dev/null | head -c 1)" ] || unit_read=yes
  [ "$unit_read" = yes ] || ! journal_hidden || unit_read=hidden
  printf 'configured other %s - %s\n' "$unit_read" "$1"
}

configured_logs() {
  printf '%s\n' "$EXTRA_LOGS" | head -n 50 | while IFS= read -r log_file; do
    case $log_file in
      /*[*?[]*) matching_logs "$log_file" ;;
      /*) log_line configured other "$log_file" ;;
      journal:*) unit_line "$log_file" ;;
    esac
  done
}
