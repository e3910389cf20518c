#!/bin/bash
# build.sh DIR PARTS RPMS: makes the freshly built state of one system in DIR: root/ (its /), usr/ (what differs from the
# machine's /usr) and boot/. PARTS: libelhost.so, gate, era/, key.pub. Runs as (namespaced) root in a mount namespace
# of its own. From the environment: SYSTEM (centos7 …), ERA (el7 | el6 | empty), LAB_ROOTLESS.
set -eu
dir=$1 parts=$2 rpms=$3
here=$(dirname "$(realpath "$0")")
root=$dir/root usr=$dir/usr boot=$dir/boot
. "$here/systems.sh"
users='admin deploy nosudo tty ttypass password'

directories() {
  mkdir -p "$dir/work" "$boot" "$usr"/{bin,sbin,lib/{elhost/{era,real},modules,firmware}} \
    "$root"/{usr,proc,sys/module,dev,tmp,run,root/.ssh,home,boot,mnt,opt,srv} "$root"/var/{log,lib/{rpm,nginx},cache,tmp,empty,www,spool} \
    "$root"/etc/{sysconfig/modules,ssh,elhost,rc.d,sudoers.d,rpm}
  chmod 700 "$root/root" "$root/root/.ssh"
  chmod 1777 "$root/tmp" "$root/var/tmp"
  for name in bin sbin lib lib64; do ln -s usr/$name "$root/$name"; done
  ln -s ../run "$root/var/run"
  ln -s ../run/lock "$root/var/lock"
  # Not everything there is readable for an ordinary user (security/opasswd), and nothing of that is needed.
  for name in security ld.so.conf ld.so.conf.d ld.so.cache login.defs nsswitch.conf services protocols localtime nginx; do
    cp -rL "/etc/$name" "$root/etc/" 2>/dev/null || :
  done
  cp -a /etc/alternatives "$root/etc/"
  chown -R 0:0 "$root/etc"
}

accounts() {
  local hash id=1000 user
  hash=$(openssl passwd -6 -salt labsalt labpass)
  printf '%s\n' root:x:0:0:root:/root:/bin/bash 'sshd:x:74:74:sshd:/var/empty:/sbin/nologin' \
    'nginx:x:995:992:nginx:/var/lib/nginx:/sbin/nologin' 'apache:x:48:48:Apache:/var/www:/sbin/nologin' \
    'nobody:x:65534:65534:nobody:/:/sbin/nologin' > "$root/etc/passwd"
  printf '%s\n' root:x:0: wheel:x:10:admin,ttypass,password tty:x:5: adm:x:4: utmp:x:22: shadow:x:42: sshd:x:74: nginx:x:992: apache:x:48: \
    nogroup:x:65534: > "$root/etc/group"
  echo "root:$hash:18000:0:99999:7:::" > "$root/etc/shadow"
  for user in $users; do
    echo "$user:x:$id:$id::/home/$user:/bin/bash" >> "$root/etc/passwd"
    echo "$user:x:$id:" >> "$root/etc/group"
    echo "$user:$hash:18000:0:99999:7:::" >> "$root/etc/shadow"
    install -d -m 700 -o $id -g $id "$root/home/$user" "$root/home/$user/.ssh"
    [ "$user" = password ] || install -m 600 -o $id -g $id "$parts/key.pub" "$root/home/$user/.ssh/authorized_keys"
    id=$((id + 1))
  done
  install -m 600 "$parts/key.pub" "$root/root/.ssh/authorized_keys"
  chmod 600 "$root/etc/shadow"
  cat > "$root/etc/sudoers" <<'E'
Defaults env_reset
Defaults secure_path = /sbin:/bin:/usr/sbin:/usr/bin
Defaults:tty requiretty
Defaults:ttypass requiretty
root ALL=(ALL) ALL
%wheel ALL=(ALL) ALL
deploy ALL=(ALL) NOPASSWD: ALL
tty ALL=(ALL) NOPASSWD: ALL
E
  chmod 440 "$root/etc/sudoers"
  mkdir -p "$root/etc/pam.d"
  for service in sshd sudo sudo-i other; do
    printf '%s\n' 'auth required pam_unix.so' 'account required pam_unix.so' 'session required pam_unix.so' > "$root/etc/pam.d/$service"
  done
}

ssh_server() {
  local path=/usr/local/bin:/usr/bin admin_path=/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin type
  for type in rsa ecdsa ed25519; do
    if [ "$ERA" = el6 ] && [ $type != rsa ]; then continue; fi
    ssh-keygen -q -t $type -N '' -C '' -f "$root/etc/ssh/ssh_host_${type}_key"
    echo "HostKey /etc/ssh/ssh_host_${type}_key"
  done > "$root/etc/ssh/sshd_config"
  if [ "$ERA" = el6 ]; then path=/usr/local/bin:/bin:/usr/bin admin_path=$path:/usr/local/sbin:/usr/sbin:/sbin; fi
  {
    # What the servers of these systems offer (OpenSSH 5.3, 7.4), plus ed25519 user keys on el6.
    case $ERA in
      el6) cat <<'E' ;;
HostKeyAlgorithms ssh-rsa
KexAlgorithms diffie-hellman-group-exchange-sha256,diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1
Ciphers aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc
MACs hmac-md5,hmac-sha1,umac-64@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1-96,hmac-md5-96
PubkeyAcceptedAlgorithms ssh-ed25519,ssh-rsa,rsa-sha2-256,rsa-sha2-512
E
      el7) cat <<'E' ;;
HostKeyAlgorithms ssh-rsa,rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519
KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1
Ciphers chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc
PubkeyAcceptedAlgorithms +ssh-rsa
E
    esac
    cat <<E
UsePAM yes
PermitRootLogin yes
PidFile none
PrintMotd no
MaxStartups 200
MaxSessions 50
Subsystem sftp internal-sftp
SetEnv PATH=$path
Match User root
  SetEnv PATH=$admin_path
E
  } >> "$root/etc/ssh/sshd_config"
}

web_server() {
  local web=nginx log=/var/log/nginx user=nginx format=main access=access.log error=error.log
  if [ "$WEB" = httpd ]; then
    web=httpd log=/var/log/httpd user=apache format=combined access=access_log error=error_log
    cp /usr/sbin/nginx "$usr/sbin/httpd"
    mkdir -p "$root/etc/httpd/conf"
    cat > "$root/etc/httpd/conf/httpd.conf" <<'E'
ServerRoot "/etc/httpd"
Listen 80
User apache
Group apache
LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined
CustomLog "logs/access_log" combined
ErrorLog "logs/error_log"
E
  fi
  install -d -m "$LOG_MODE" "$root$log"
  echo $web > "$root/etc/elhost/web"
  echo $log/$error > "$root/etc/elhost/web-error-log"
  cat > "$root/etc/elhost/web.conf" <<E
user $user;
worker_processes 1;
pid /run/$web.pid;
error_log $log/$error;
events { worker_connections 256; }
http {
  log_format main '\$remote_addr - \$remote_user [\$time_local] "\$request" \$status \$body_bytes_sent "\$http_referer" "\$http_user_agent" "\$http_x_forwarded_for"';
  access_log $log/$access $format;
  keepalive_timeout 65;
  server { listen LISTEN; location / { return 200 "ok\n"; } }
}
E
  sed 's/LISTEN/80/' "$root/etc/elhost/web.conf" > "$root/etc/nginx/nginx.conf"
}

identity() {
  echo "lab-$SYSTEM" > "$root/etc/hostname"
  echo "127.0.0.1 localhost lab-$SYSTEM" > "$root/etc/hosts"
  echo "$KERNEL" > "$root/etc/elhost/release"
  echo "$KERNEL_VERSION" > "$root/etc/elhost/version"
  echo '/usr/lib/elhost/libelhost.so' > "$root/etc/ld.so.preload"
  cp "$parts/libelhost.so" "$usr/lib/elhost/"
  mknod "$usr/lib/os-release" c 0 0 # hides the machine's own
  printf '%s\n' "$MODULES" > "$root/etc/elhost/modules"
  echo "BOOT_IMAGE=/vmlinuz-$KERNEL root=/dev/vda1 ro" > "$root/etc/elhost/cmdline"
  if [ -n "$OS_RELEASE" ]; then printf '%s\n' "$OS_RELEASE" > "$root/etc/os-release"; fi
  cp "$here/rc" "$root/etc/elhost/rc"
  # For an ordinary user the machine's root is nobody, and sudo refuses what root does not own.
  cp --remove-destination /usr/bin/sudo "$usr/bin/sudo"
  chmod 4755 "$usr/bin/sudo"
  for tree in lib/sudo libexec/sudo; do
    if [ -d "/usr/$tree" ]; then mkdir -p "$usr/${tree%/*}" && cp -r "/usr/$tree" "$usr/$tree"; fi
  done
  cp "$here/../usr/sbin/shutdown" "$usr/sbin/shutdown"
  for name in reboot halt poweroff; do rm -f "$usr/sbin/$name" && ln -s shutdown "$usr/sbin/$name"; done
  cp "$here/../usr/bin/dmesg" "$usr/bin/dmesg"
  cp "$here/../usr/sbin/fsfreeze" "$usr/sbin/fsfreeze"
  cp "$here/../usr/lib/elhost/bootconfig.sh" "$usr/lib/elhost/"
}

hide() { for name; do mknod "$usr/$name" c 0 0; done; }

enterprise_linux() {
  local tool name
  cp "$here"/../usr/sbin/{grubby,new-kernel-pkg} "$usr/sbin/"
  cp /usr/bin/rpm "$usr/lib/elhost/rpm"
  cp "$here"/../usr/bin/{rpm,yum,yumdb} "$usr/bin/"
  ln -s bash "$usr/bin/sh"
  hide bin/lsmod bin/dpkg bin/dpkg-query bin/apt bin/apt-get bin/systemd-detect-virt # EL has lsmod in sbin only
  echo "$RELEASE_TEXT" > "$root/etc/$RELEASE_FILE"
  for name in redhat-release system-release; do [ -e "$root/etc/$name" ] || ln -s "$RELEASE_FILE" "$root/etc/$name"; done
  printf 'UPDATEDEFAULT=yes\n\n# DEFAULTKERNEL specifies the default kernel package type\nDEFAULTKERNEL=kernel\n' > "$root/etc/sysconfig/kernel"
  printf 'SELINUX=disabled\nSELINUXTYPE=targeted\n' > "$root/etc/sysconfig/selinux"
  printf '%%_dbpath /var/lib/rpm\n%%rhel %s\n%%dist .%s\n' "${ERA#el}" "$ERA" > "$root/etc/rpm/macros"
  printf '%s %s %s defaults 0 0\n' "$ROOT_DEVICE" / "$FILESYSTEM" /dev/vda1 /boot "$FILESYSTEM" > "$root/etc/fstab"
  printf '[main]\ncachedir=/var/cache/yum\nkeepcache=0\ndebuglevel=2\nlogfile=/var/log/yum.log\nexactarch=1\nobsoletes=1\ngpgcheck=1\nplugins=1\ninstallonly_limit=5\n' > "$root/etc/yum.conf"
  mkdir -p "$root/etc/yum.repos.d" "$root/etc/dnf"
  if [ "$SYSTEM" = "centos${ERA#el}" ]; then
    printf '[base]\nname=CentOS-$releasever - Base\nmirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os\ngpgcheck=1\n' \
      > "$root/etc/yum.repos.d/CentOS-Base.repo"
  fi
  if [ "$ERA" = el7 ]; then
    cp "$here"/../usr/sbin/grub2-* "$usr/sbin/"
    cp "$here/../usr/bin/systemctl" "$usr/bin/systemctl"
    mkdir -p "$root/etc/systemd/system"
  fi
  for tool in "$parts/era/$ERA"/*; do
    name=$(basename "$tool")
    [ "$name" = absent ] && continue
    [ -e "/usr/bin/$name" ] || continue
    cp "$tool" "$usr/lib/elhost/era/"
    cp --remove-destination "$parts/gate" "$usr/bin/$name"
  done
  while read -r name; do
    for place in bin sbin; do
      rm -f "$usr/$place/$name"
      if [ -e "/usr/$place/$name" ]; then hide "$place/$name"; fi
    done
  done < "$parts/era/$ERA/absent"
}

# The boot loader's files before any kernel; the first kernel's %post copies its arguments from nothing.
boot_loader() {
  if [ "$ERA" = el7 ]; then
    mkdir -p "$boot/grub2"
    cp "$here/grub.cfg" "$boot/grub2/grub.cfg"
    : | awk 'END { text = "# GRUB Environment Block\n"; while (length(text) < 1024) text = text "#"; printf "%s", text }' > "$boot/grub2/grubenv"
    printf 'GRUB_TIMEOUT=5\nGRUB_DEFAULT=saved\nGRUB_DISABLE_SUBMENU=true\nGRUB_TERMINAL_OUTPUT="console"\nGRUB_CMDLINE_LINUX="%s"\n' "$ARGUMENTS" > "$root/etc/default-grub"
    mkdir -p "$root/etc/default" && mv "$root/etc/default-grub" "$root/etc/default/grub"
    ln -s ../boot/grub2/grub.cfg "$root/etc/grub2.cfg"
  else
    mkdir -p "$boot/grub"
    printf '# grub.conf generated by anaconda\n#boot=/dev/vda\ndefault=0\ntimeout=5\nsplashimage=(hd0,0)/grub/splash.xpm.gz\nhiddenmenu\n' > "$boot/grub/grub.conf"
    ln -s grub.conf "$boot/grub/menu.lst"
    ln -s ../boot/grub/grub.conf "$root/etc/grub.conf"
    printf 'stage2 of GRUB 0.97\nonce=\n' > "$boot/grub/stage2"
    # The disk as df names it inside, which is the machine's own.
    printf '(hd0)     %s\n' "$(df -P "$boot" | awk 'END { print $1 }' | sed 's/[0-9]*$//')" > "$boot/grub/device.map"
    mkdir -p "$root/etc/init" "$root/etc/rc.d/init.d" "$root/etc/rc.d"/rc{2,3,4,5}.d
    cp "$here"/../usr/sbin/{grub,initctl} "$usr/sbin/"
  fi
}

# The base packages, by the real rpm inside the root.
packages() {
  local overlay=lowerdir=/usr,upperdir=$usr,workdir=$dir/work
  [ -n "${LAB_ROOTLESS-}" ] && overlay=$overlay,userxattr
  mount -t overlay overlay -o "$overlay" "$root/usr"
  mount --bind "$boot" "$root/boot"
  mount --bind /usr/bin "$root/usr/lib/elhost/real"
  mount --bind "$rpms" "$root/mnt"
  "$here/dev.sh" "$root"
  echo 0 > "$root/etc/elhost/posttrans-delay"
  chroot "$root" /bin/sh -c "cd /mnt && export HOME=/root PATH=/sbin:/bin:/usr/sbin:/usr/bin LC_ALL=C && rpm -i --nodeps $PACKAGES &&
    grubby --update-kernel=/boot/vmlinuz-$KERNEL --args='root=$ROOT_DEVICE $ARGUMENTS'"
  rm "$root/etc/elhost/posttrans-delay"
  [ -s "$boot/initramfs-$KERNEL.img" ]
}

directories
accounts
identity
ssh_server
web_server
if [ -n "$ERA" ]; then
  enterprise_linux
  boot_loader
  packages
else
  hide bin/rpm bin/yum bin/dnf bin/dnf-3
  rm -rf "$root/var/lib/rpm"
fi
