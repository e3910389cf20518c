import { l10n } from 'vscode';
import type { Host } from '../../core/host';
import type { OwnAddressTest } from '../../engine/ownAddress/testOwnAddress';
import { protectedAddressUrl } from '../../core/protectedAddress';
import type { HostState } from '../../core/state';
import type { Verification } from '../../core/verification';
import { addressClassText, ADDRESS_CLASSES } from '../text/addressClass';
import { count, kernelName, share } from '../text/amount';
import { diagnosisText, type DiagnosisText } from '../text/diagnosis';
import { driftedMeaning } from '../text/drift';
import { levelText, rungText } from '../text/evidence';
import { documentText, plain } from '../text/hostile';
import { conditionSeen, conditionText, faultText } from '../text/ownAddress';
import { clockTime, dateTime } from '../text/time';
import { verdictText } from '../text/verdict';
import { notChecked, readings } from '../text/readings';
import { labelled, table, wrapped } from './lines';
import { reportToShow } from './reportMask';

type Drifted = Extract<HostState, { kind: 'drifted' }>;

/** What a report is made from. */
export interface Report {
  readonly host: Host;
  readonly verification: Verification;
  /** The ranges that it was judged by. */
  readonly cidrs: readonly string[];
  /** The own-address test that it was made in. */
  readonly ownAddress?: OwnAddressTest;
  /** What has moved away from a host that worked. */
  readonly drifted?: Drifted;
  /** Other people's addresses are shown by names of our own. */
  readonly masked?: boolean;
}

/** A verification as a Markdown document that is read as plain text. Pure; whatever came from the host is escaped. */
export function reportDocument(whole: Report): string {
  const report = reportToShow(whole);
  const { host, verification } = report;
  const name = documentText(host.name);
  const sections = [
    `# ${host.group === undefined ? l10n.t('TOA verification of {0}', name) : l10n.t('TOA verification of {0} ({1})', name, documentText(host.group))}`,
    `**${verdictText(verification.verdict)}.** ${evidence(verification)}, ${dateTime(verification.after.takenAt)}`,
    summary(report),
    `## ${l10n.t('Evidence')}`,
    ladder(verification),
    ...(report.drifted === undefined ? [] : [`## ${l10n.t('Drift')}`, wrapped(drift(report.drifted, verification), '')]),
    ...(report.ownAddress === undefined ? [] : [`## ${l10n.t('Own-address test')}`, ownAddress(report.ownAddress)]),
    ...(verification.diagnoses.length === 0 ? [] : [`## ${l10n.t('Findings')}`, findings(verification)]),
    ...(verification.deltas === undefined ? [] : [`## ${l10n.t('Counters in the window')}`, counters(verification)]),
    ...(verification.sample === undefined ? [] : [`## ${l10n.t('Log')}`, log(verification)]),
    `## ${l10n.t('What was read, the same by hand')}`,
    table([l10n.t('Command'), l10n.t('Answer')], readings(verification)),
    `## ${l10n.t('What was not checked')}`,
    notChecked(verification, report.ownAddress !== undefined)
      .map((text) => `- ${documentText(text)}`)
      .join('\n'),
    `## ${l10n.t('How to read it')}`,
    notes(report),
  ];
  return `${sections.join('\n\n')}\n`;
}

const evidence = ({ level }: Verification): string => (level < 0 ? l10n.t('No evidence') : l10n.t('Evidence {0} of 5', level));

function summary({ verification, cidrs }: Report): string {
  const { before, after, sample, seconds } = verification;
  return labelled([
    [l10n.t('System'), `${plain(after.system.name, 80)} ${plain(after.arch, 20)}, ${kernelName(plain(after.kernel.running, 80))}`],
    [
      l10n.t('Log'),
      sample === undefined
        ? l10n.t('no line could be read, or there is none')
        : l10n.t('{0}, last {1} lines', plain(sample.path), count(sample.lines)),
    ],
    [
      l10n.t('Ranges'),
      cidrs.length === 0
        ? l10n.t('not set (toa.backToOriginCidrs)')
        : `${cidrs.map((cidr) => plain(cidr, 60)).join(', ')} (toa.backToOriginCidrs)`,
    ],
    [l10n.t('Window'), l10n.t('{0} to {1}, {2} s', clockTime(before.takenAt), clockTime(after.takenAt), Math.round(seconds))],
  ]);
}

const ladder = ({ ladder, after }: Verification): string =>
  table(
    [l10n.t('Level'), l10n.t('Result'), l10n.t('At'), l10n.t('What was read')],
    ladder.map((rung) => [
      `${rung.level} ${levelText(rung.level)}`,
      rung.reached ? l10n.t('yes') : l10n.t('no'),
      clockTime(rung.level === 5 && rung.read.proof !== undefined ? rung.read.proof.at : after.takenAt),
      plain(rungText(rung)),
    ]),
  );

function ownAddress({ target, outcome }: OwnAddressTest): string {
  const conditions = table(
    [l10n.t('Holds'), l10n.t('Condition, and what was seen')],
    outcome.conditions.map((one) => [one.met ? l10n.t('yes') : l10n.t('no'), `${conditionText(one.condition)}: ${conditionSeen(one)}`]),
  );
  const faults = outcome.conditions.flatMap(({ fault }) => (fault === undefined ? [] : [faultText(fault)]));
  const through = l10n.t('Through {0}', documentText(protectedAddressUrl(target)));
  return [`${through}:`, conditions, ...(faults.length === 0 ? [] : [numbered(faults)])].join('\n\n');
}

const drift = ({ drift: all, was }: Drifted, { after }: Verification): string => documentText(driftedMeaning(all, was, { facts: after }));

const findings = ({ diagnoses }: Verification): string => numbered(diagnoses.map(diagnosisText));

const numbered = (findings: readonly DiagnosisText[]): string =>
  findings
    .map(({ seen, cause, toDo }, i) =>
      [
        `${i + 1}. **${documentText(cause)}.**`,
        `   ${wrapped(`${l10n.t('Seen')}: ${documentText(seen)}.`, '   ')}`,
        `   ${wrapped(`${l10n.t('To do')}: ${documentText(toDo)}.`, '   ')}`,
      ].join('\n'),
    )
    .join('\n');

const counters = ({ deltas, after }: Verification): string =>
  table(
    [l10n.t('Counter'), l10n.t('Now'), l10n.t('Rise')],
    Object.entries(deltas ?? {}).map(([name, rise]) => [
      plain(name, 80),
      count(after.module.counters?.[name] ?? 0),
      rise === 0 ? l10n.t('flat') : `+${count(rise)}`,
    ]),
  );

function log({ sample }: Verification): string {
  if (sample === undefined) return '';
  const classes = ADDRESS_CLASSES.filter((addressClass) => sample.classes[addressClass] > 0);
  const shares = table(
    [l10n.t('Class'), l10n.t('Lines'), l10n.t('Share')],
    classes.map((addressClass) => [
      addressClassText(addressClass),
      count(sample.classes[addressClass]),
      share(sample.classes[addressClass], sample.lines),
    ]),
  );
  const top = table(
    [l10n.t('Address'), l10n.t('Class'), l10n.t('Lines')],
    sample.top.map((one) => [plain(one.address, 80), addressClassText(one.addressClass), count(one.count)]),
  );
  const last = sample.last.map((line) => `    ${plain(line, 400)}`).join('\n');
  return [
    shares,
    ...(sample.top.length === 0 ? [] : [top]),
    ...(last === '' ? [] : [l10n.t('The last lines, values of query parameters left out:'), last]),
  ].join('\n\n');
}

function notes({ verification: { verdict, likely, canLoad }, masked }: Report): string {
  return [
    ...(verdict === 'likely'
      ? [
          l10n.t(
            'Likely, not proven: {0} logged visitors were nobody’s raw peer. Only a request from an address of your own proves it.',
            count(likely.addresses.length),
          ),
        ]
      : []),
    ...(canLoad ? [l10n.t('The module is there and not loaded: “TOA: Load Module” loads it.')] : []),
    ...(masked === true ? [l10n.t('Other people’s addresses are masked: visitor-1, visitor-2, … each stand for one address.')] : []),
    l10n.t('Only connections opened after the module loaded carry visitors’ addresses.'),
    l10n.t('Less than 100 % is normal: the sender leaves the address out when it does not fit.'),
    l10n.t('X-Forwarded-For was not used as evidence. Nothing was changed on the host.'),
  ]
    .map((text) => `- ${text}`)
    .join('\n');
}
