// Debian packages: what each command needs, what is missing, and installing it with consent.
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { cacheFolder, look, run, say, stop, tail, which } from './shell.mjs';

/** @typedef {'check' | 'unit' | 'lab' | 'vm' | 'editor' | 'bench'} Need */

/**
 * Debian 12 packages by need. `check`: the linters. `unit`: the shells and awks the remote scripts are run under, and the
 * tools whose answers ours are held against. `lab`: hosts in namespaces with real sshd, rpm and yum. `vm`: a host that
 * really boots, with a module of its own. `editor`: code-server's build and a browser to drive it. `bench`: a server, a
 * distance, and what ours is measured beside.
 * @type {Record<Need, readonly string[]>}
 */
export const packages = {
  check: words('shellcheck'),
  unit: words('dash busybox mksh posh mawk openssh-client openssl rpm shellcheck'),
  lab: words(
    'openssh-server openssh-client openssl rpm dnf kmod sudo nginx-light xz-utils cpio gcc libc6-dev libssl-dev krb5-kdc krb5-admin-server krb5-user tcsh fish util-linux uidmap iproute2 procps systemd systemd-journal-remote',
  ),
  vm: words('qemu-system-x86 qemu-utils grub-pc-bin grub-common xfsprogs e2fsprogs mmdebstrap debian-archive-keyring build-essential'),
  bench: words('openssh-server openssh-client iproute2 util-linux gcc libc6-dev goaccess lnav'),
  editor: words('chromium fonts-dejavu-core libkrb5-dev build-essential python3 pkg-config'),
};

/** @param {string} text */
function words(text) {
  return text.split(' ');
}

/** The daemons that come with these packages; the lab starts its own copies, so nothing of them should run or start at boot. */
const daemons = { 'openssh-server': 'ssh', 'nginx-light': 'nginx', 'krb5-kdc': 'krb5-kdc', 'krb5-admin-server': 'krb5-admin-server' };

/** @param {Iterable<Need>} needs @returns {string[]} the packages that are not installed */
export function missingPackages(needs) {
  const wanted = [...new Set([...needs].flatMap((need) => packages[need]))];
  return wanted.filter((name) => look('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]) !== 'installed');
}

/**
 * Installs missing packages after asking. Ends the script where that is impossible or refused, saying what to do instead.
 * @param {Iterable<Need>} needs
 * @param {{ yes: boolean }} options
 */
export async function ensurePackages(needs, { yes }) {
  if (!which('dpkg-query') || !which('apt-get')) return stop(otherSystem(needs));
  const missing = missingPackages(needs);
  if (missing.length === 0) return;
  const admin = process.getuid?.() === 0 ? [] : ['sudo'];
  const aptGet = [...admin, 'apt-get'].join(' ');
  const command = `${aptGet} update && ${aptGet} install --no-install-recommends ${missing.join(' ')}`;
  if (admin.length > 0 && !which('sudo')) return stop(`Missing packages, and neither root nor sudo is here. As root:\n  ${command}`);
  if (!yes && !(await agreed(missing))) return stop(`Nothing was installed. To do it by hand:\n  ${command}\nOr add: -- -y`);
  await install(missing, admin);
}

/**
 * As `ensurePackages`, for what can be done without: false where they stay missing, after asking.
 * @param {Iterable<Need>} needs
 * @param {{ yes: boolean, purpose: string }} options
 */
export async function offerPackages(needs, { yes, purpose }) {
  const missing = missingPackages(needs);
  if (missing.length === 0) return true;
  const admin = process.getuid?.() === 0 ? [] : ['sudo'];
  if (admin.length > 0 && !which('sudo')) return false;
  if (!yes && !(await agreed(missing, purpose))) return false;
  await install(missing, admin);
  return true;
}

/** @param {string[]} missing @param {string} [purpose] */
async function agreed(missing, purpose = 'These Debian packages are missing') {
  say(`${purpose}:\n  ${missing.join(' ')}`);
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Install them with apt? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** @param {string[]} names @param {string[]} admin */
async function install(names, admin) {
  say(`Installing with apt: ${names.join(' ')}`);
  const [program, ...before] = [...admin, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'Dpkg::Use-Pty=0'];
  const logFile = path.join(cacheFolder(), 'apt.log');
  mkdirSync(cacheFolder(), { recursive: true });
  const log = openSync(logFile, 'w');
  // sudo asks on the terminal itself, so its streams can go to the log as well.
  /** @type {import('node:child_process').SpawnOptions} */
  const quiet = { stdio: ['ignore', log, log] };
  const release = holdDaemons(admin);
  const done =
    (await run(program, [...before, 'update'], quiet)) === 0 &&
    (await run(program, [...before, 'install', '-y', '--no-install-recommends', ...names], quiet)) === 0;
  release();
  closeSync(log);
  if (!done) stop(`apt failed. The end of ${logFile}:\n${tail(logFile)}`);
  for (const [name, unit] of Object.entries(daemons)) {
    if (names.includes(name)) look('env', [...admin, 'systemctl', 'disable', '--now', unit]);
  }
}

/** Keeps freshly installed daemons from starting (Debian's policy-rc.d), where we may say so. @param {string[]} admin */
function holdDaemons(admin) {
  const policy = '/usr/sbin/policy-rc.d';
  if (admin.length > 0 || existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  // Left behind by a Ctrl-C, it would keep every later daemon of this machine from starting.
  const interrupted = () => {
    release();
    process.exit(130);
  };
  const release = () => {
    rmSync(policy, { force: true });
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  return release;
}

/** @param {Iterable<Need>} needs */
const otherSystem = (needs) => `This command is made for Debian 12: its test hosts and its embedded editor need Linux and these packages:
  ${[...new Set([...needs].flatMap((need) => packages[need]))].join(' ')}
To use the extension with a real host on any system: npm ci --ignore-scripts, npm run package, then in VS Code
"Extensions: Install from VSIX…" with dist/toa-hosts.vsix. It lists the hosts of ~/.ssh/config; "TOA: Add Host…" adds others.`;
