// What a person does by hand, through the plain ssh client.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LabHost } from '../../lab/lab';
import { run, type Output } from '../../lab/namespace';
import { visit, visitorOf } from '../../lab/traffic';

export const toa7 = '3.10.0-957.21.3.el7.toa.x86_64';
export const toa6 = '2.6.32-696.13.2.el6.centos.plus.toa.x86_64';

export function ssh(host: LabHost, command: string, options: { user?: string; input?: string; tty?: boolean } = {}): Promise<Output> {
  const user = ['-l', options.user ?? 'deploy', ...(options.tty ? ['-tt'] : [])];
  return run('ssh', ['-F', join(host.root, '../../ssh_config'), '-o', 'LogLevel=ERROR', ...user, host.name, command], {
    input: options.input ?? '',
  });
}

/** Runs `command` as root and gives its stdout; fails the test unless it answers `code`. */
export async function root(host: LabHost, command: string, code = 0): Promise<string> {
  const result = await ssh(host, 'sudo sh', { input: `(\n${command}\n) </dev/null\n` });
  expect(result, command).toMatchObject({ code });
  return result.stdout + result.stderr;
}

export async function upload(host: LabHost, path: string): Promise<string> {
  const to = `/root/${path.split('/').at(-1) ?? ''}`;
  const result = await host.shell(`base64 -d > ${to} <<'E'\n${readFileSync(path).toString('base64')}\nE`);
  expect(result).toMatchObject({ code: 0 });
  return to;
}

export async function reboot(host: LabHost): Promise<void> {
  const boots = await host.boots();
  await ssh(host, 'sudo reboot');
  await host.booted(boots);
}

const modules = (extension: string) => `#! /bin/bash
if [ -e /lib/modules/\`uname -r\`/kernel/net/toa/${extension} ] ;
then
modprobe toa > /dev/null 2>&1
fi
`;

export async function autoload(host: LabHost, extension: string): Promise<void> {
  const text = Buffer.from(modules(extension)).toString('base64');
  await root(host, `echo ${text} | base64 -d > /etc/sysconfig/modules/toa.modules; chmod 755 /etc/sysconfig/modules/toa.modules`);
}

/** The addresses of the last log line and of the visitor that its connection carried. */
export async function logged(host: LabHost, from: string): Promise<{ address: string; visitor: string }> {
  const token = `/token-${Math.random().toString(36).slice(2)}`;
  const port = await visit(host, from, { path: token });
  const line = await root(host, `for i in 1 2 3 4 5; do grep ${token} ${host.accessLog} && break; sleep 1; done`);
  return { address: line.split(' ')[0] ?? '', visitor: visitorOf(port) };
}

export const counter = async (host: LabHost, row: string) =>
  Number(
    await root(host, `awk '$1 ~ /^${row}:?$/ { for (i = 2; i <= NF; i++) if ($i != ":") n += $i } END { print n }' /proc/net/toa_stats`),
  );
