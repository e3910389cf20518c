# Prints the directives of web servers by which a logged address may be another than the socket's: "NAME VALUE" lines. Reads
# only. Of a configuration nothing else leaves the host: it may hold secrets.
# shellcheck shell=sh
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec </dev/null 2>/dev/null

# Without all names there is no answer: what was not read might be there.
files=$(
  for place in /etc/nginx /usr/local/nginx/conf /etc/httpd /etc/apache2 /etc/haproxy /etc/tomcat* /usr/share/tomcat*/conf /opt/tomcat*/conf; do
    [ ! -d "$place" ] || find -L "$place" -maxdepth 4 -type f || exit 1
  done
) || exit 1

printf '%s\n' "$files" | grep -E '/(sites-enabled/[^/]*|[^/]*\.(conf|cfg|xml))$' | head -n 500 | while IFS= read -r file; do
  # A directive stands at the beginning of a line or behind another; what a "#" begins is none.
  head -c 1048576 "$file" | awk '
    { sub(/^[ \t]+/, ""); }
    /^#/ { next }
    {
      count = split($0, parts, /[;{}]/)
      for (i = 1; i <= count; i++) {
        words = split(parts[i], word, /[ \t\r]+/)
        first = word[1] == "" ? 2 : 1
        name = tolower(word[first])
        if (name ~ /^(set_real_ip_from|real_ip_header|remoteipheader|remoteipinternalproxy|remoteiptrustedproxy|remoteipproxyprotocol|hostnamelookups)$/) {
          for (n = first + 1; n <= words; n++) if (word[n] != "") print name, substr(word[n], 1, 100)
        } else if (name == "listen" && parts[i] ~ /[ \t]proxy_protocol([ \t]|$)/) print "listen proxy_protocol"
        else if (name == "bind" && parts[i] ~ /[ \t]accept-proxy([ \t]|$)/) print "bind accept-proxy"
        else if (parts[i] ~ /^[ \t]*(http-request|tcp-request[ \t]+[a-z]+)[ \t]+set-src[ \t]/) print "http-request set-src"
      }
    }
    /org\.apache\.catalina\.valves\.RemoteIpValve/ { print "valve RemoteIpValve" }'
done | sort -u | head -n 200
echo end
