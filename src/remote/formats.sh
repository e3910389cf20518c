# Prints by which directives web servers write their access logs, and in which formats. Reads only. Of a configuration
# nothing else leaves the host: it may hold secrets.
#
# Set before this text:
#   toa_log   absolute path of a log, to tell which directive names it
# Prints a line each, words parted by the control character US (octal 037), quotes and their escapes taken off:
#   nginx log_format NAME WORD…     nginx access_log same|other PATH WORD…
#   httpd logformat WORD…           httpd customlog|transferlog|globallog same|other PATH WORD…
# "same": PATH is that log, whatever it is called there. Then "end".
# shellcheck shell=sh
LC_ALL=C
: "${toa_log:?}"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec </dev/null 2>/dev/null
set -f
toa_us=$(printf '\037') toa_nl='
'
toa_id=$(stat -L -c '%d %i' "$toa_log")

# toa_mains: "SERVER FILE", where configurations begin: what running servers were started with, then the usual places.
toa_mains() {
  set +f
  cat /proc/[0-9]*/stat | awk '
    $2 ~ /^\((nginx|httpd|apache2)\)$/ { name[$1] = substr($2, 2, length($2) - 2); parent[$1] = $4 }
    END { for (pid in name) if (name[parent[pid]] != name[pid]) print pid, name[pid] }' | head -n 16 | while read -r toa_pid toa_name; do
    # nginx writes its arguments as one text, others as they were given.
    tr '\000' ' ' <"/proc/$toa_pid/cmdline" | awk -v server="$toa_name" '
      { flag = server == "nginx" ? "-c" : "-f"
        for (i = 1; i < NF; i++) if ($i == flag && $(i + 1) ~ /^\//) print (server == "nginx" ? "nginx" : "httpd"), $(i + 1) }'
  done
  for toa_main in /etc/nginx/nginx.conf /usr/local/nginx/conf/nginx.conf /usr/local/openresty/nginx/conf/nginx.conf; do
    echo "nginx $toa_main"
  done
  for toa_main in /etc/httpd/conf/httpd.conf /etc/apache2/apache2.conf /usr/local/apache2/conf/httpd.conf; do
    echo "httpd $toa_main"
  done
  set -f
}

# toa_nginx: the statements of stdin that matter. A statement ends at ";" or a brace; a quote counts where a word begins.
toa_nginx() {
  awk '
    function word_ends() { if (has) words[++count] = word; word = ""; has = 0 }
    function ends(  i, text) {
      word_ends()
      if (words[1] ~ /^(log_format|access_log|include)$/ && count > 1) {
        text = words[1]
        for (i = 2; i <= count; i++) text = text "\037" words[i]
        if (text !~ /\n/ && length(text) < 16384) print text
      }
      count = 0
    }
    {
      size = length($0)
      for (i = 1; i <= size; i++) {
        c = substr($0, i, 1)
        if (quote != "") {
          if (c == "\\") {
            c = substr($0, ++i, 1)
            word = word (c == "t" ? "\t" : c == "n" ? "\n" : c ~ /["\047\\]/ ? c : "\\" c)
          } else if (c == quote) { quote = ""; word_ends() } else word = word c
        } else if (!has && c == "#") break
        else if (!has && (c == "\"" || c == "\047")) { quote = c; has = 1 }
        else if (c ~ /[ \t\r]/) word_ends()
        else if (c == "{" && word ~ /\$$/) { variable = 1; word = word c }
        else if (c == "}" && variable) { variable = 0; word = word c }
        else if (c ~ /[;{}]/) ends()
        else { word = word c; has = 1 }
      }
      if (quote != "") word = word "\n"; else word_ends()
    }'
}

# toa_httpd: the directives of stdin that matter. One ends with its line, unless a backslash ends that.
toa_httpd() {
  awk '
    /\\$/ && length(held) < 65536 { held = held substr($0, 1, length($0) - 1) " "; next }
    {
      line = held $0; held = ""
      if (tolower(line) !~ /^[ \t]*(logformat|customlog|transferlog|globallog|include|includeoptional|serverroot)[ \t]/) next
      text = ""; size = length(line); i = 1
      while (i <= size) {
        c = substr(line, i, 1)
        if (c ~ /[ \t\r]/) { i++; continue }
        quote = c == "\"" || c == "\047" ? c : ""
        if (quote != "") i++
        for (word = ""; i <= size; i++) {
          c = substr(line, i, 1)
          if (quote == "" ? c ~ /[ \t\r]/ : c == quote) break
          if (c == "\\" && (substr(line, i + 1, 1) == "\\" || (quote != "" && substr(line, i + 1, 1) == quote))) c = substr(line, ++i, 1)
          word = word c
        }
        if (quote != "") i++
        text = text (text == "" ? tolower(word) : "\037" word)
      }
      if (length(text) < 16384) print text
    }'
}

# toa_full PATH: PATH made absolute as the server does it. A log of nginx stands below a prefix that is compiled in: it stays.
toa_full() {
  case $1 in
    /*) toa_path=$1 ;;
    *) toa_path=$toa_root/$1 ;;
  esac
}

# toa_include PATTERN: the files that it names join the queue.
toa_include() {
  toa_full "$1"
  if [ -d "$toa_path" ]; then toa_path="$toa_path/*"; fi
  set +f
  toa_ifs=$IFS IFS=
  # shellcheck disable=SC2086 # a pattern
  for toa_one in $toa_path; do
    if [ -f "$toa_one" ]; then toa_queue=$toa_queue$toa_one$toa_nl; fi
  done
  IFS=$toa_ifs
  set -f
}

# toa_say SERVER STATEMENT: prints it, a log's with word whether it is the one that is asked about.
toa_say() {
  case $2 in
    log_format* | logformat*) printf '%s%s%s\n' "$1" "$toa_us" "$2" ;;
    *)
      toa_rest=${2#*"$toa_us"}
      toa_full "${toa_rest%%"$toa_us"*}"
      toa_which=other
      if [ -n "$toa_id" ] && [ "$(stat -L -c '%d %i' "$toa_path")" = "$toa_id" ]; then toa_which=same; fi
      printf '%s%s%s%s%s%s%s\n' "$1" "$toa_us" "${2%%"$toa_us"*}" "$toa_us" "$toa_which" "$toa_us" "$toa_rest"
      ;;
  esac
}

# toa_walk SERVER FILE: a configuration and what it includes, each file once, 500 at most.
toa_walk() {
  toa_queue=$2$toa_nl toa_seen=$toa_nl toa_files=0 toa_root=${2%/*}
  # httpd names its own; until then the folder above its conf.
  if [ "$1" = httpd ]; then toa_root=${toa_root%/conf}; fi
  while [ -n "$toa_queue" ] && [ "$toa_files" -lt 500 ]; do
    toa_file=${toa_queue%%"$toa_nl"*} toa_queue=${toa_queue#*"$toa_nl"}
    case $toa_seen in *"$toa_nl$toa_file$toa_nl"*) continue ;; esac
    toa_seen=$toa_seen$toa_file$toa_nl toa_files=$((toa_files + 1))
    [ -f "$toa_file" ] || continue
    toa_statements=$(head -c 1048576 "$toa_file" | if [ "$1" = nginx ]; then toa_nginx; else toa_httpd; fi)
    while IFS= read -r toa_statement; do
      case $toa_statement in
        serverroot"$toa_us"/*) toa_root=${toa_statement#*"$toa_us"} ;;
        include*"$toa_us"*) toa_include "${toa_statement#*"$toa_us"}" ;;
        *"$toa_us"*) toa_say "$1" "$toa_statement" ;;
      esac
    done <<END
$toa_statements
END
  done
}

toa_mains | awk '!seen[$0]++' | while IFS= read -r toa_main; do
  [ ! -f "${toa_main#* }" ] || toa_walk "${toa_main%% *}" "${toa_main#* }"
done | head -n 1000 | head -c 524288
echo
echo end
