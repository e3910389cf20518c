import { maskAddresses, maskPeople, maskSecrets } from '../../core/mask';
import { canonicalAddress, parseCidrs } from '../../shared/address';
import type { Report } from './reportDocument';

/** A report as it may leave the editor: without secrets of log lines, and where it is asked for without other people's addresses. */
export function reportToShow(report: Report): Report {
  const { host, verification, ownAddress, cidrs } = report;
  const { sample } = verification;
  const clean =
    sample === undefined
      ? report
      : { ...report, verification: { ...verification, sample: { ...sample, last: sample.last.map(maskSecrets) } } };
  if (report.masked !== true) return clean;
  const shown = clean.verification.sample;
  const nameless =
    shown === undefined
      ? clean
      : { ...clean, verification: { ...clean.verification, sample: { ...shown, last: shown.last.map(maskPeople) } } };
  const own = [
    host.name,
    host.address,
    verification.after.sshd?.address,
    ownAddress?.target.host,
    ...verification.after.listeners.map(({ address }) => address),
  ];
  return maskAddresses(nameless, {
    ranges: parseCidrs(cidrs).ranges,
    own: own.map((text) => canonicalAddress(text ?? '')).filter((address) => address !== undefined),
  });
}
