import { execFileSync } from 'node:child_process';

/** The shells that /bin/sh may be; those that this machine lacks are left out by name. */
export const shells = ['dash', 'bash --posix', 'busybox sh', 'mksh'].filter((shell) => {
  try {
    execFileSync('sh', ['-c', `command -v ${shell.split(' ')[0] ?? ''}`]);
    return true;
  } catch {
    return false;
  }
});
