import type { VendorPackage, VendorRow } from './plan';

/**
 * The vendor's published packages, row by row in the order of installation: plain http, no checksum, no signature.
 * Source: the vendor's TOA procedure for Anti-DDoS Pro/Premium.
 */
export const VENDOR_PACKAGES: Readonly<Record<VendorRow, readonly VendorPackage[]>> = {
  el7: [
    {
      key: 'el7',
      name: 'kernel',
      file: 'kernel-3.10.0-957.21.3.el7.toa.x86_64.rpm',
      nevra: 'kernel-3.10.0-957.21.3.el7.toa.x86_64',
      url: 'http://docs-aliyun.cn-hangzhou.oss.aliyun-inc.com/assets/attach/44520/intl_en/1565937758425/kernel-3.10.0-957.21.3.el7.toa.x86_64.rpm',
    },
  ],
  el6: [
    {
      key: 'el6Firmware',
      name: 'kernel-firmware',
      file: 'kernel-firmware-2.6.32-696.13.2.el6.centos.plus.toa.x86_64.rpm',
      nevra: 'kernel-firmware-2.6.32-696.13.2.el6.centos.plus.toa.x86_64',
      url: 'http://docs-aliyun.cn-hangzhou.oss.aliyun-inc.com/assets/attach/170239/cn_zh/1597160651639/kernel-firmware-2.6.32-696.13.2.el6.centos.plus.toa.x86_64.rpm',
    },
    {
      key: 'el6Kernel',
      name: 'kernel',
      file: 'kernel-2.6.32-696.13.2.el6.centos.plus.toa.x86_64.rpm',
      nevra: 'kernel-2.6.32-696.13.2.el6.centos.plus.toa.x86_64',
      url: 'http://docs-aliyun.cn-hangzhou.oss.aliyun-inc.com/assets/attach/170239/cn_zh/1597054826193/kernel-2.6.32-696.13.2.el6.centos.plus.toa.x86_64.rpm',
    },
  ],
};

/** `uname -r` of each row's kernel. */
export const TOA_RELEASE: Readonly<Record<VendorRow, string>> = {
  el7: '3.10.0-957.21.3.el7.toa.x86_64',
  el6: '2.6.32-696.13.2.el6.centos.plus.toa.x86_64',
};

/** True for the `uname -r` of any vendor TOA build, the row's own or another one. */
export const isToaRelease = (release: string): boolean => /\.toa(\.|$)/.test(release);

/** Where the module of a release is, by row: el7 ships it compressed. */
export const moduleFile = (row: VendorRow, release: string): string =>
  `/lib/modules/${release}/kernel/net/toa/toa.ko${row === 'el7' ? '.xz' : ''}`;

/** The autoload file: run at boot (el6 rc.sysinit, el7 rhel-loadmodules) only if it is executable. */
export const AUTOLOAD_PATH = '/etc/sysconfig/modules/toa.modules';

/** The vendor's body of the autoload file; LF endings, `#!` at byte 0. */
export const autoloadContent = (row: VendorRow): string =>
  [
    '#! /bin/bash',
    `if [ -e /lib/modules/\`uname -r\`/kernel/net/toa/toa.ko${row === 'el7' ? '.xz' : ''} ] ;`,
    'then',
    'modprobe toa > /dev/null 2>&1',
    'fi',
    '',
  ].join('\n');
