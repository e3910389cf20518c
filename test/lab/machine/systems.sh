# What differs between the systems; sourced by build.sh with SYSTEM and ERA set. One new system = one new case.
el_modules=$(printf '%s 28096 0 - Live 0xffffffffc0300000\nvirtio_blk 18323 2 - Live 0xffffffffc0200000' virtio_net)
WEB=nginx LOG_MODE=711 OS_RELEASE='' PACKAGES='' ROOT_DEVICE='' ARGUMENTS='' FILESYSTEM='' RELEASE_FILE='' RELEASE_TEXT=''
case $ERA in
  el7)
    KERNEL=3.10.0-957.el7.x86_64 FILESYSTEM=xfs ROOT_DEVICE=/dev/mapper/centos-root
    ARGUMENTS='ro crashkernel=auto rd.lvm.lv=centos/root rd.lvm.lv=centos/swap rhgb quiet LANG=en_US.UTF-8'
    MODULES="xfs 996918 2 - Live 0xffffffffc0400000
$el_modules"
    PACKAGES='el7-base-*.rpm linux-firmware-*.rpm kernel-3.10.0-957.el7.x86_64.rpm'
    ;;
  el6)
    KERNEL=2.6.32-696.el6.x86_64 FILESYSTEM=ext4 ROOT_DEVICE=/dev/mapper/vg_lab-lv_root LOG_MODE=700
    ARGUMENTS='ro rd_NO_LUKS LANG=en_US.UTF-8 rd_NO_MD rd_LVM_LV=vg_lab/lv_root SYSFONT=latarcyrheb-sun16 crashkernel=auto KEYBOARDTYPE=pc KEYTABLE=us rhgb quiet'
    MODULES="ext4 379687 2 - Live 0xffffffffa0100000
$el_modules"
    PACKAGES='el6-base-*.rpm kernel-firmware-2.6.32-696.el6.x86_64.rpm kernel-2.6.32-696.el6.x86_64.rpm'
    ;;
esac
case $SYSTEM in
  centos7)
    KERNEL_VERSION='#1 SMP Thu Nov 8 23:39:32 UTC 2018'
    RELEASE_FILE=centos-release RELEASE_TEXT='CentOS Linux release 7.6.1810 (Core) '
    PACKAGES="centos-release-7-*.rpm $PACKAGES"
    OS_RELEASE='NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:centos:centos:7"
HOME_URL="https://www.centos.org/"
BUG_REPORT_URL="https://bugs.centos.org/"
'
    ;;
  rhel7)
    KERNEL_VERSION='#1 SMP Thu Oct 4 20:48:51 UTC 2018' WEB=httpd LOG_MODE=700
    RELEASE_FILE=redhat-release RELEASE_TEXT='Red Hat Enterprise Linux Server release 7.6 (Maipo)'
    PACKAGES="redhat-release-server-7.6-*.rpm $PACKAGES"
    OS_RELEASE='NAME="Red Hat Enterprise Linux Server"
VERSION="7.6 (Maipo)"
ID="rhel"
ID_LIKE="fedora"
VARIANT="Server"
VARIANT_ID="server"
VERSION_ID="7.6"
PRETTY_NAME="Red Hat Enterprise Linux Server 7.6 (Maipo)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:redhat:enterprise_linux:7.6:GA:server"
HOME_URL="https://www.redhat.com/"
BUG_REPORT_URL="https://bugzilla.redhat.com/"
'
    ;;
  centos6)
    KERNEL_VERSION='#1 SMP Tue Mar 21 19:29:05 UTC 2017'
    RELEASE_FILE=centos-release RELEASE_TEXT='CentOS release 6.9 (Final)'
    PACKAGES="centos-release-6-*.rpm $PACKAGES"
    ;;
  rhel6)
    KERNEL_VERSION='#1 SMP Tue Feb 21 00:53:17 EST 2017'
    RELEASE_FILE=redhat-release RELEASE_TEXT='Red Hat Enterprise Linux Server release 6.9 (Santiago)'
    PACKAGES="redhat-release-server-6Server-*.rpm $PACKAGES"
    ;;
  debian12)
    KERNEL=6.1.0-28-amd64 KERNEL_VERSION='#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)'
    MODULES="ext4 983040 2 - Live 0x0000000000000000
$el_modules"
    OS_RELEASE='PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"'
    ;;
esac
