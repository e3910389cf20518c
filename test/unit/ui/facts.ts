import type { HostFacts, RunRecord } from '../../../src/core/facts';
import type { HostState } from '../../../src/core/state';
import type { HostView } from '../../../src/engine/hostStore';

/** Facts of a plain CentOS 7 host, for what the interface shows of it. */
export const facts = (more: Partial<HostFacts> = {}): HostFacts => ({
  takenAt: Date.UTC(2026, 4, 14, 14, 1, 9),
  hostTime: Date.UTC(2026, 4, 14, 14, 1, 9),
  asRoot: true,
  user: { name: 'deploy', uid: 1000 },
  system: { id: 'centos', version: '7.6.1810', major: 7, name: 'CentOS Linux release 7.6.1810 (Core)' },
  arch: 'x86_64',
  bootId: '5c1e',
  uptimeSeconds: 60,
  kernel: {
    running: '3.10.0-957.el7.x86_64',
    packagesRead: true,
    installed: [{ release: '3.10.0-957.el7.x86_64', vmlinuz: true, initramfsBytes: 1000, bootEntry: true }],
    defaultPath: '/boot/vmlinuz-3.10.0-957.el7.x86_64',
  },
  module: { loaded: false, lookalikes: [], countersReadable: 'absent' },
  autoload: { exists: false },
  boot: { loader: 'grub2', efi: false, secureBoot: false, bootInFstab: true, bootMounted: true },
  rpm: { version: '4.11.3' },
  listeners: [],
  logs: [{ path: '/var/log/nginx/access.log', server: 'nginx', readable: 'yes', found: 'open' }],
  sudo: 'nopasswd',
  failedUnits: [],
  sessions: 0,
  pendingShutdown: false,
  record: {},
  ...more,
});

/** A run as the host has it on record. */
export const RUN: RunRecord = {
  id: 'ab12cd34-9f21',
  goal: 'install',
  by: 'deploy',
  since: 0,
  step: 'installKernel',
  steps: ['checkFacts', 'installKernel', 'checkAfter'],
};

/** One state of each kind, in the order of the evidence; then those of a run. */
export const STATES: readonly HostState[] = [
  { kind: 'unknown' },
  { kind: 'needsSignIn', problem: { code: 'needsSignIn', why: 'password' } },
  { kind: 'unreachable', problem: { code: 'connectTimeout', address: '198.51.100.10:22', seconds: 15, phase: 'tcp' } },
  { kind: 'unsupported', reason: 'distribution', system: 'Debian GNU/Linux 12' },
  { kind: 'notInstalled', system: 'CentOS Linux release 7.6.1810 (Core)' },
  { kind: 'awaitingReboot', release: '3.10.0-957.21.3.el7.toa.x86_64', running: '3.10.0-957.el7.x86_64' },
  { kind: 'notLoaded', release: '3.10.0-957.21.3.el7.toa.x86_64' },
  { kind: 'loaded', counters: 'flat' },
  { kind: 'receiving', perMinute: 412 },
  { kind: 'delivering', perMinute: 400, likely: false },
  { kind: 'proven', proof: { address: '203.0.113.47', log: '/var/log/nginx/access.log', peer: '192.0.2.18', at: 0 } },
  { kind: 'drifted', drift: [{ what: 'defaultKernel', now: '3.10.0-1160.el7.x86_64' }], was: 4, wasAt: 0 },
  {
    kind: 'trial',
    release: '3.10.0-957.21.3.el7.toa.x86_64',
    original: '3.10.0-957.el7.x86_64',
    loaded: true,
    returnsAt: Date.UTC(2026, 4, 14, 14, 6, 9),
  },
  { kind: 'running', run: RUN },
  { kind: 'interrupted', run: RUN },
];

/** A host in a state, as the store would give it. */
export const viewOf = (state: HostState, more: Partial<HostView> = {}): HostView => ({
  host: { id: 'settings:web-01', name: 'web-01', source: 'settings', group: 'Production', address: '198.51.100.10', port: 22, logs: [] },
  state,
  memory: {},
  stale: false,
  byOpenSsh: [],
  facts: facts(),
  probedAt: facts().takenAt,
  ...more,
});

/** Text that a hostile host could send: markup, escapes, direction overrides, fences, tables, template holes. */
export const HOSTILE =
  '\u001b[31m</td><img src=x onerror=alert(1)> [click](command:toa.install) `````\n```\n# Heading\n| a | b |\u202e {0} {host} $(check)';
