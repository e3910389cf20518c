import { expect, test } from 'vitest';
import type { Problem } from '../../../src/core/problem';
import { problemText } from '../../../src/ui/text/problem';
import { HOSTILE } from './facts';

/** One of each code: the compiler refuses a table that lacks one. */
const PROBLEMS: { readonly [code in Problem['code']]: Extract<Problem, { code: code }> } = {
  connectTimeout: { code: 'connectTimeout', address: '198.51.100.10:22', seconds: 15, phase: 'tcp' },
  connectFailed: { code: 'connectFailed', address: '198.51.100.10:22', reason: 'ECONNREFUSED', phase: 'tcp' },
  noCommonAlgorithm: { code: 'noCommonAlgorithm', kind: 'kex', offered: ['diffie-hellman-group1-sha1'], older: true },
  hostKeyUnknown: { code: 'hostKeyUnknown', address: '198.51.100.10:22', keyType: 'ssh-ed25519', fingerprint: 'SHA256:Qm8u' },
  hostKeyChanged: {
    code: 'hostKeyChanged',
    address: 'a',
    keyType: 'ssh-ed25519',
    fingerprint: 'SHA256:new',
    known: 'SHA256:old',
    file: '/k',
    line: 41,
  },
  hostKeyRevoked: { code: 'hostKeyRevoked', address: 'a', fingerprint: 'SHA256:new', file: '/k', line: 41 },
  authFailed: { code: 'authFailed', user: 'deploy', tried: ['ssh-agent (2 keys)', 'id_ed25519'] },
  needsSignIn: { code: 'needsSignIn', why: 'hostKey' },
  configInvalid: { code: 'configInvalid', what: 'ProxyCommand', file: '/c', line: 3 },
  sshClientMissing: { code: 'sshClientMissing', need: { kind: 'option', option: 'KnownHostsCommand' } },
  connectionLost: { code: 'connectionLost', reason: 'ECONNRESET' },
  deadline: { code: 'deadline', what: 'probe', seconds: 30 },
  cancelled: { code: 'cancelled', after: 'holdDefault', left: 'unchanged' },
  noShell: { code: 'noShell', output: 'This account is not available.' },
  probeUnreadable: { code: 'probeUnreadable', output: '???' },
  outputTooLong: { code: 'outputTooLong', bytes: 5_000_000 },
  sudoMissing: { code: 'sudoMissing' },
  sudoNotAllowed: { code: 'sudoNotAllowed', user: 'deploy' },
  sudoPasswordNeeded: { code: 'sudoPasswordNeeded', user: 'deploy' },
  sudoPasswordWrong: { code: 'sudoPasswordWrong', user: 'deploy' },
  sudoNeedsTerminal: { code: 'sudoNeedsTerminal' },
  unsupported: { code: 'unsupported', reason: 'version', system: 'CentOS 8' },
  noWayBack: { code: 'noWayBack', running: '3.10.0-957.el7.x86_64', missing: 'initramfs' },
  planStale: { code: 'planStale', changed: ['defaultKernel'] },
  bootNotMounted: { code: 'bootNotMounted' },
  secureBoot: { code: 'secureBoot' },
  spaceLow: { code: 'spaceLow', where: '/boot', freeBytes: 22_000_000, neededBytes: 67_000_000 },
  kernelNotBootable: { code: 'kernelNotBootable', release: '3.10.0-957.21.3.el7.toa.x86_64', missing: 'initramfs' },
  downloadFailed: { code: 'downloadFailed', url: 'http://x/k.rpm', reason: 'ENOTFOUND', setting: 'toa.packages.el7.url' },
  fileUnreadable: { code: 'fileUnreadable', path: '/k.rpm', reason: 'ENOENT', setting: 'toa.packages.el7.url' },
  notAnRpm: { code: 'notAnRpm', file: 'k.rpm', looksLike: 'html', setting: 'toa.packages.el7.url' },
  hashMismatch: { code: 'hashMismatch', file: 'k.rpm', expected: 'aa', actual: 'bb', setting: 'toa.packages.el7.sha256' },
  packageUnexpected: {
    code: 'packageUnexpected',
    file: 'k.rpm',
    expected: 'kernel-1',
    actual: 'kernel-2',
    setting: 'toa.packages.el7.url',
  },
  uploadCorrupt: { code: 'uploadCorrupt', file: 'k.rpm', expected: 'aa', actual: 'bb' },
  hostBusy: { code: 'hostBusy', run: '7f3a91c2', since: 0, by: 'ops' },
  diskFull: { code: 'diskFull', where: '/var', left: 'changed' },
  yumLocked: { code: 'yumLocked', pid: 4242, command: '/usr/bin/python /usr/bin/yum update' },
  rpmRefused: { code: 'rpmRefused', remedy: 'nodeps', message: 'error: Failed dependencies:', left: 'unchanged' },
  stepFailed: { code: 'stepFailed', step: 'installKernel', exit: 1, message: 'no.', left: 'changed' },
  defaultMoved: { code: 'defaultMoved', expected: '/boot/a', actual: '/boot/b' },
  runLost: { code: 'runLost', run: '7f3a91c2' },
  shutdownHangs: { code: 'shutdownHangs', seconds: 180 },
  notBack: { code: 'notBack', seconds: 600 },
  bootedOther: { code: 'bootedOther', expected: 'a', actual: 'b' },
  trialRefused: { code: 'trialRefused', why: 'driver', about: 'virtio_net', release: '3.10.0-957.21.3.el7.toa.x86_64' },
  returned: { code: 'returned', reason: 'noSsh', release: '3.10.0-957.21.3.el7.toa.x86_64', original: '3.10.0-957.el7.x86_64' },
  trialOver: { code: 'trialOver', state: 'returned fell' },
  notLoadedYet: { code: 'notLoadedYet', release: '3.10.0-957.21.3.el7.toa.x86_64' },
  modprobeFailed: { code: 'modprobeFailed', message: 'FATAL: Module toa not found.' },
  logUnreadable: { code: 'logUnreadable', path: '/var/log/nginx/access.log', reason: 'permission' },
  unexpected: { code: 'unexpected', message: 'x is not a function' },
};

test.each(Object.entries(PROBLEMS))('%s names the host and says what to do', (_, problem) => {
  const { message, remedies } = problemText(problem, { host: 'web-01' });
  expect(message).toContain('web-01');
  expect(message).not.toMatch(/\{\w+\}|undefined|!|please/i);
  // The last sentence is what to do: it begins with a verb in the imperative, or with the condition for it.
  const last = message.replace(/\.$/, '').split(/[.;] /).at(-1);
  expect(last).toMatch(
    /^(Check|Update|Sign|If|Look|Correct|Connect|refresh|Refresh|Try|the transcript|Enter|Ask|For|Boot|Make|Mount|Switch|Free|Download|Choose|Upload|Wait|Read|Set|Allow|the original)\b/,
  );
  expect(remedies.length).toBeLessThanOrEqual(2);
});

test('a run that was cancelled says what was done', () => {
  const said = (after?: string): string =>
    problemText({ code: 'cancelled', left: 'changed', ...(after === undefined ? {} : { after }) }, { host: 'web-01' }).message;
  expect(said('installKernel')).toContain('was cancelled after: installing the TOA kernel. Something was changed');
  expect(said()).toContain('was cancelled before its first step. Something');
});

test('the hop of a jump chain is named beside the host', () => {
  expect(problemText(PROBLEMS.authFailed, { host: 'web-01', hop: 'bastion' }).message).toMatch(/^bastion \(on the way to web-01\) refused/);
});

test('a changed host key leads to its line in known_hosts', () => {
  expect(problemText(PROBLEMS.hostKeyChanged, { host: 'web-01' }).remedies[0]?.action).toEqual({ do: 'openFile', path: '/k', line: 41 });
});

test('an algorithm that is switched off can be allowed, where that helps', () => {
  const remedies = (older: boolean) => problemText({ ...PROBLEMS.noCommonAlgorithm, older }, { host: 'web-01' }).remedies;
  expect(remedies(true)[0]?.action).toEqual({ do: 'allowLegacy' });
  expect(remedies(false).map(({ action }) => action.do)).not.toContain('allowLegacy');
});

test('what a host says stays one plain, bounded line', () => {
  for (const code of ['noShell', 'probeUnreadable'] as const) {
    const { message } = problemText({ code, output: HOSTILE.repeat(50) }, { host: 'web-01' });
    expect(message).not.toMatch(/[\u001b\u202e\n]/);
    expect(message.length).toBeLessThan(500);
  }
});

test('what a host says is no link in a message: the editor would run the command behind it', () => {
  const { message } = problemText({ code: 'modprobeFailed', message: HOSTILE }, { host: 'web-01' });
  expect(message).toContain('click');
  expect(message).not.toMatch(/\]\(/);
});
