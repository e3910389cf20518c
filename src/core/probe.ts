import type { HostFacts, SudoState } from './facts';
import type { Problem } from './problem';
import { parseAutoload, parseBoot, parseKernel, parseModule } from './probe/kernel';
import { parseLogs } from './probe/logs';
import { parsePackages } from './probe/packages';
import { parseRuns } from './probe/runs';
import { clean, given, lineOf, linesOf, numberOf, splitSections, type Sections } from './probe/sections';
import { parseListeners } from './probe/sockets';
import { parseContainer, parseSystem } from './probe/system';
import { parseTrial } from './probe/trial';
import { parseFailedUnits, parseYum } from './probe/yum';
import { isToaRelease } from './vendor';

/**
 * Facts from what `src/remote/probe.sh` printed. `nonce` is the word that this probe's headers carry; `takenAt` is the
 * editor's clock in ms. An answer that was cut, or holds no kernel and no boot id, is `probeUnreadable`.
 */
export function parseProbe(text: string, nonce: string, takenAt: number): { readonly facts: HostFacts } | { readonly problem: Problem } {
  const sections = splitSections(text, nonce);
  const bootId = sections === undefined ? undefined : linesOf(sections, 'boot').find((line) => BOOT_ID.test(line));
  if (sections === undefined || bootId === undefined || linesOf(sections, 'machine').length < 2) {
    return { problem: { code: 'probeUnreadable', output: text.slice(-500) } };
  }
  return { facts: factsOf(sections, bootId, takenAt) };
}

const BOOT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function factsOf(sections: Sections, bootId: string, takenAt: number): HostFacts {
  const [uid, name = '', sudoUid, sudoName] = linesOf(sections, 'user');
  const viaSudo = uid === '0' && numberOf(sudoUid) !== undefined && sudoName !== undefined && sudoName !== '-';
  const rpm = /(\d+(?:\.\d+)+\S*)/.exec(lineOf(sections, 'rpm') ?? '')?.[1];
  return {
    takenAt,
    hostTime: (numberOf(lineOf(sections, 'time')) ?? 0) * 1000,
    asRoot: sections.has('root.end'),
    user: viaSudo ? { name: sudoName, uid: Number(sudoUid) } : { name, uid: numberOf(uid) ?? -1 },
    system: parseSystem(sections),
    arch: linesOf(sections, 'machine')[0] ?? '',
    bootId,
    uptimeSeconds: numberOf(linesOf(sections, 'boot')[1]) ?? 0,
    kernel: parseKernel(sections),
    module: parseModule(sections),
    autoload: parseAutoload(sections),
    boot: parseBoot(sections),
    listeners: parseListeners(sections),
    logs: parseLogs(sections),
    sudo: parseSudo(sections),
    failedUnits: parseFailedUnits(sections),
    sessions: numberOf(lineOf(sections, 'sessions')) ?? 0,
    pendingShutdown: lineOf(sections, 'shutdown') !== undefined,
    record: given({
      originalKernel: lineOf(sections, 'record'),
      ...parseRuns(sections, bootId),
      undone: lineOf(sections, 'undone') === undefined ? undefined : true,
      confirmed: parseConfirmed(lineOf(sections, 'confirmed')),
      owes: lineOf(sections, 'root.owed') === undefined ? undefined : true,
    }),
    ...given({
      utcOffsetMinutes: offsetOf(linesOf(sections, 'time')[1]),
      container: parseContainer(sections),
      sshd: parseSshd(sections),
      trial: parseTrial(sections, bootId),
      firmware: parsePackages(sections).releases('kernel-firmware').at(-1),
      rpm: rpm === undefined ? undefined : { version: rpm },
      yum: parseYum(sections),
    }),
  };
}

/**
 * How this user becomes root. That root's sections came is the fact; sudo's words only tell a missing terminal from a
 * missing password. `skipped`: not tried, the caller knows the answer from before.
 */
function parseSudo(sections: Sections): SudoState {
  const said = clean(sections.get('sudo') ?? '', 2000);
  if (linesOf(sections, 'user')[0] === '0') return 'root';
  if (sections.has('root.end')) return 'nopasswd';
  if (said === 'absent') return 'absent';
  return /must have a tty/.test(said) ? 'requiretty' : 'password';
}

function parseConfirmed(line = ''): HostFacts['record']['confirmed'] {
  const [release = '', seconds] = line.split(' ');
  const at = numberOf(seconds);
  return isToaRelease(release) && /^[\w.+-]{1,100}$/.test(release) && at !== undefined ? { release, at: at * 1000 } : undefined;
}

function parseSshd(sections: Sections): HostFacts['sshd'] {
  const [, , address, port] = (lineOf(sections, 'ssh') ?? '').split(' ');
  const number = numberOf(port);
  return address !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(address) && number !== undefined ? { address, port: number } : undefined;
}

/** `date +%z`, such as `+0530`, in minutes. */
function offsetOf(zone: string | undefined): number | undefined {
  const [, sign, hours = '', minutes = ''] = /^([+-])(0\d|1[0-4])([0-5]\d)$/.exec(zone ?? '') ?? [];
  return sign === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
