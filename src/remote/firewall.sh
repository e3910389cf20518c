# Prints the host's own packet filter rules, as far as they are iptables', and whether nftables has rules of its own. Reads
# only, and loads no module: a table that is not in the kernel is not asked for.
# Prints `root`, "iptables unread" or the filter table as iptables-save has it, "nft input", and `end`.
# shellcheck shell=sh
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec </dev/null 2>/dev/null

[ "$(id -u)" = 0 ] && echo root
nft_loaded=no
grep -q '^nf_tables ' /proc/modules && nft_loaded=yes

if [ -s /proc/net/ip_tables_names ] || [ "$nft_loaded" = yes ]; then
  if rules=$(iptables-save); then
    printf '%s\n' "$rules" | sed -n '/^\*filter/,/^COMMIT/p' | head -n 5000
  else
    echo 'iptables unread'
  fi
fi
# The tables that iptables keeps in nftables are known by their names, and have been read above.
if [ "$nft_loaded" = yes ] && command -v nft >/dev/null; then
  nft list ruleset | awk '
    $1 == "table" { ours = ($2 == "ip" && $3 ~ /^(filter|nat|mangle|raw|security)$/) || $2 == "ip6" }
    !ours && /hook (input|prerouting|ingress)/ { print "nft input"; exit }'
fi
echo end
