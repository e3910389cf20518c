import type { LabHost } from '../../lab/lab';

/**
 * All of a host that an install touches, as text: packages, /boot, /etc, the default kernel. What the extension itself keeps
 * (`/var/lib/toa-hosts`, uploads) is left out; what only time changes too.
 */
export async function snapshot(machine: LabHost): Promise<string> {
  const { stdout } = await machine.shell(`
    export LC_ALL=C
    rpm -qa | sort
    grubby --default-kernel
    find /boot /etc /lib/modules /lib/firmware -type f ! -path '/etc/elhost/*' ! -name 'ld.so.cache' -print0 | sort -z | xargs -0 sha256sum
    find /etc/sysconfig -ls | awk '{ print $3, $5, $6, $NF }' | sort
  `);
  if (stdout.length < 1000) throw new Error(`no snapshot of ${machine.name}: ${stdout}`);
  return stdout;
}
