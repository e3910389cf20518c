import { l10n } from 'vscode';
import type { HostFacts } from '../../core/facts';
import { diagnosisText } from '../text/diagnosis';
import { driftText } from '../text/drift';
import { rungText } from '../text/evidence';
import { plain } from '../text/hostile';
import { conditionSeen, conditionText, faultText } from '../text/ownAddress';
import { notChecked, readings } from '../text/readings';
import { verdictText } from '../text/verdict';
import type { Report } from './reportDocument';
import { reportToShow } from './reportMask';

/**
 * A verification as JSON, for programs: codes beside the words. Times are ISO 8601 in UTC; characters that could hide or
 * turn text around are escaped.
 */
export function reportJson(report: Report): string {
  const { host, verification, cidrs, ownAddress, drifted, masked } = reportToShow(report);
  const { before, after, sample, deltas, peers, exposure, rewrites } = verification;
  const data = {
    report: 'toa-verification',
    version: 1,
    host: { name: host.name, group: host.group },
    masked: masked === true,
    times: { from: time(before.takenAt), to: time(after.takenAt), hostClock: time(after.hostTime) },
    system: { name: after.system.name, arch: after.arch, kernel: after.kernel.running, bootId: after.bootId },
    verdict: { code: verification.verdict, text: verdictText(verification.verdict), level: verification.level },
    evidence: verification.ladder.map((rung) => ({ level: rung.level, reached: rung.reached, read: rungText(rung) })),
    proof: verification.proof === undefined ? undefined : { ...verification.proof, at: time(verification.proof.at) },
    drift: drifted?.drift.map((one) => ({ ...one, text: driftText(one) })),
    ownAddress:
      ownAddress === undefined
        ? undefined
        : {
            target: ownAddress.target,
            conditions: ownAddress.outcome.conditions.map((one) => ({
              condition: one.condition,
              text: conditionText(one.condition),
              met: one.met,
              seen: conditionSeen(one),
              fault: one.fault === undefined ? undefined : { ...one.fault, ...faultText(one.fault) },
            })),
          },
    counters: { readable: after.module.countersReadable, before: before.module.counters, after: after.module.counters, rise: deltas },
    ranges: cidrs,
    listeners: after.listeners,
    peers,
    log: sample,
    findings: verification.diagnoses.map((one) => ({ ...one, ...diagnosisText(one) })),
    firewall: exposure,
    rewrites: rewrites?.directives,
    read: readings(verification).map(([command, answer]) => ({ command, answer })),
    notChecked: notChecked(verification, ownAddress !== undefined),
    note: l10n.t('X-Forwarded-For was not used as evidence. Nothing was changed on the host.'),
  };
  // JSON's own escapes are of no danger; what is left is as `plain` would show it.
  return `${JSON.stringify(data, (_key, value: unknown) => (typeof value === 'string' ? plain(value, 4000) : value), 2)}\n`;
}

const time = (at: HostFacts['takenAt']): string => new Date(at).toISOString();
