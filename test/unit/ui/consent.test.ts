import { expect, test } from 'vitest';
import { PATIENCE } from '../../../src/core/trial';
import { consentText } from '../../../src/ui/text/consent';
import type { BootFacts, HostFacts } from '../../../src/core/facts';
import { facts } from './facts';

const TOA = '3.10.0-957.21.3.el7.toa.x86_64';
const trial = { kind: 'once', run: 'trial-1', original: '3.10.0-957.el7.x86_64', patience: PATIENCE } as const;
const bootOf = (boot: Partial<BootFacts>, more: Partial<HostFacts> = {}) => facts({ boot: { ...facts().boot, ...boot }, ...more });
const trialText = (boot: Partial<BootFacts> = {}, more: Partial<HostFacts> = {}) =>
  consentText('web-01', bootOf({ once: 'possible', ...boot }, more), TOA, trial);

test('a trial says what returns it, when, and into which kernel; and what needs the console', () => {
  const text = trialText();
  expect(text).toContain('if no editor confirms within 5 minutes, web-01 reboots once more, into 3.10.0-957.el7.');
  expect(text).toContain('3.10.0-957.el7 stays the default');
  expect(text).toContain('What nothing returns from: a freeze before the system starts, or dead firmware.');
  expect(text).toContain('Open connections to web-01 end.');
});

test('the plain way says why it is the only one, and that nothing returns', () => {
  const text = consentText('web-01', bootOf({ once: 'lvmOrRaid' }), TOA, { kind: 'lasting' });
  expect(text).toContain('web-01 cannot boot a kernel just once: /boot is on LVM or RAID');
  expect(text).toContain('Nothing returns by itself');
  expect(text).toContain('Is the console of web-01 reachable?');
  expect(text).not.toContain('5 minutes');
});

test.each<[Partial<BootFacts>, string | undefined]>([
  [{}, undefined],
  [{ watchdog: 'systemd' }, 'Its hardware watchdog, fed by systemd, restarts'],
  [{ watchdog: 'unused', watchdogStops: true }, 'Its hardware watchdog is fed during the trial'],
  [{ watchdog: 'unused' }, 'Its hardware watchdog is not used'],
])('of a hardware watchdog %j it says what it does', (boot, says) => {
  if (says === undefined) expect(trialText(boot)).not.toContain('watchdog');
  else expect(trialText(boot)).toContain(says);
});

test.each<[Partial<BootFacts>, Partial<HostFacts>, string]>([
  [{}, { sessions: 1 }, '1 user is logged in.'],
  [{}, { sessions: 3 }, '3 users are logged in.'],
  [{}, { pendingShutdown: true }, 'A shutdown is pending there already.'],
  [{ lacking: ['zfs', 'drbd'] }, {}, 'lacks modules that are loaded now: zfs, drbd.'],
  [{ backups: ['rsync'] }, {}, 'What looks like a backup is running: rsync.'],
  [{ kdump: true }, {}, 'A crash kernel is loaded there'],
])('warns of %j %j', (boot, more, says) => {
  expect(trialText()).not.toContain(says);
  expect(trialText(boot, more)).toContain(says);
});
