import { l10n } from 'vscode';
import type { LogSample } from '../../core/log/sample';
import type { LocalPackage, Plan, PlannedFile } from '../../core/plan';
import { addressClassText, ADDRESS_CLASSES } from '../text/addressClass';
import { count, kernelName, share, size } from '../text/amount';
import { documentText, fenced, plain, plainLines } from '../text/hostile';
import { planTitle } from '../text/goal';
import { inGroup } from '../text/host';
import { systemName } from '../text/state';
import { isToaRelease } from '../../core/vendor';
import { runStepText } from '../text/runStep';
import { stepText } from '../text/step';
import { age, clockTime } from '../text/time';
import { warningText } from '../text/warning';
import { labelled, wrapped } from './lines';

/**
 * The plan as a Markdown document that is read as plain text: what is, what will be, every command, file and download
 * exactly as it will run. Pure; `now` in ms since the epoch. Whatever came from a host is escaped or fenced.
 */
export function planDocument(plan: Plan, now: number): string {
  const sections = [
    `# ${title(plan)}`,
    wrapped(
      l10n.t(
        'Plan {0}, made {1} from facts read at {2}. It runs exactly as shown, or not at all.',
        plan.id,
        clockTime(plan.madeAt),
        clockTime(plan.facts.takenAt),
      ),
    ),
    summary(plan),
    ...(plan.logNow === undefined ? [] : [heading(l10n.t('What the log shows now')), logNow(plan.logNow)]),
    heading(l10n.t('What will happen')),
    steps(plan),
    heading(l10n.t('Warnings')),
    warnings(plan),
    ...(plan.packages.length === 0 ? [] : [heading(l10n.t('Downloads')), plan.packages.map(download).join('\n\n')]),
    heading(l10n.t('Files written')),
    ...plan.files.map(writtenFile),
    runDirectory(plan),
    heading(l10n.t('The script, exactly')),
    fenced(plainLines(plan.script), 'sh'),
    heading(l10n.t('How it goes back')),
    wayBack(plan),
    ...(now - plan.facts.takenAt > STALE_MS
      ? [l10n.t('The facts of this plan were read {0}. If one changed since, the plan does not run.', age(plan.facts.takenAt, now))]
      : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

const STALE_MS = 15 * 60_000;

const heading = (text: string): string => `## ${text}`;

const title = ({ goal, host }: Plan): string => planTitle(goal, documentText(inGroup(host)));

function summary(plan: Plan): string {
  const { facts } = plan;
  return labelled([
    [
      l10n.t('Now'),
      l10n.t(
        '{0} {1}, kernel {2}, {3}',
        systemName({ facts }, facts.system.name),
        plain(facts.arch, 20),
        kernelName(plain(facts.kernel.running, 80)),
        presence(plan),
      ),
    ],
    [l10n.t('After'), after(plan)],
    [l10n.t('Reboot'), rebootText(plan)],
    [
      l10n.t('Takes'),
      plan.packages.length > 0 || plan.steps.some(({ id }) => id === 'finishKernel')
        ? l10n.t('about 2 minutes; no service is restarted')
        : l10n.t('some seconds; no service is restarted'),
    ],
  ]);
}

const isThere = ({ facts, target }: Plan): boolean => facts.kernel.installed.some((kernel) => kernel.release === target);

function presence(plan: Plan): string {
  const { interrupted } = plan.facts.record;
  if (interrupted !== undefined) return l10n.t('a change was cut off: {0}', runStepText(interrupted.step));
  if (!isThere(plan)) return l10n.t('TOA not installed');
  return plan.goal === 'install' ? l10n.t('TOA kernel installed, the rest missing or different') : l10n.t('TOA kernel installed');
}

function after(plan: Plan): string {
  const target = kernelName(plan.target);
  switch (plan.goal) {
    case 'install':
      return isThere(plan)
        ? l10n.t('module toa loads when kernel {0} boots', target)
        : l10n.t('kernel {0} installed beside it, module toa loads at boot', target);
    case 'repair':
      return isThere(plan)
        ? l10n.t('kernel {0} and what belongs to it are whole', target)
        : l10n.t('nothing of TOA is left; it can be installed anew');
    case 'undo':
      return l10n.t('kernel {0} boots, module toa does not load', kernelName(plain(plan.original)));
  }
}

function rebootText({ goal, facts }: Plan): string {
  switch (goal) {
    case 'install':
      return l10n.t('not in this plan; asked for on its own once the install has been verified');
    case 'repair':
      return l10n.t('not in this plan');
    case 'undo':
      return isToaRelease(facts.kernel.running)
        ? l10n.t('not in this plan; TOA works on until then. *Boot Original Kernel* reboots, on your consent')
        : l10n.t('not needed');
  }
}

function logNow(sample: LogSample): string {
  const classes = ADDRESS_CLASSES.filter((addressClass) => sample.classes[addressClass] > 0);
  return labelled([
    [l10n.t('Log'), l10n.t('{0}, last {1} lines', plain(sample.path), count(sample.lines))],
    ...classes.map(
      (addressClass) =>
        [
          addressClassText(addressClass),
          `${count(sample.classes[addressClass])} (${share(sample.classes[addressClass], sample.lines)})`,
        ] as const,
    ),
    ...(sample.forwardedFor > 0 ? [['X-Forwarded-For', l10n.t('filled in {0} lines', count(sample.forwardedFor))] as const] : []),
    ...sample.top
      .slice(0, 3)
      .map(
        (top, i) =>
          [
            i === 0 ? l10n.t('Most frequent') : '',
            `${plain(top.address, 60)} · ${addressClassText(top.addressClass)} · ${count(top.count)}`,
          ] as const,
      ),
  ]);
}

function steps(plan: Plan): string {
  const bytes = plan.packages.reduce((sum, { bytes }) => sum + bytes, 0);
  const upload =
    plan.packages.length === 0
      ? []
      : [
          l10n.t(
            'Upload {0} to the host, {1}',
            plan.packages.length === 1 ? l10n.t('the package') : l10n.t('{0} packages', plan.packages.length),
            size(bytes),
          ),
        ];
  return [...upload, ...plan.steps.map(stepText)].map((text, i) => wrapped(`${i + 1}. ${documentText(text)}`, '   ')).join('\n');
}

function warnings(plan: Plan): string {
  if (plan.warnings.length === 0) return l10n.t('None.');
  return plan.warnings
    .map((warning, i) => {
      const { title: name, text } = warningText(warning, plan.host.name);
      return wrapped(`${i + 1}. **${name}** ${documentText(text)}`, '   ');
    })
    .join('\n');
}

function download(local: LocalPackage): string {
  const pin =
    local.pin === 'setting'
      ? l10n.t('matches {0}', `toa.packages.${local.key}.sha256`)
      : l10n.t('confirmed by you, now in {0}', `toa.packages.${local.key}.sha256`);
  return `${documentText(local.file)}\n\n${labelled([
    [l10n.t('Size'), l10n.t('{0} bytes ({1})', count(local.bytes), size(local.bytes))],
    ['SHA-256', plain(local.sha256)],
    [l10n.t('Pin'), pin],
    [l10n.t('Package'), l10n.t('{0}, compared on the host before anything is installed', plain(local.nevra))],
    [l10n.t('From'), plain(local.from, 400)],
  ])}`;
}

function writtenFile(file: PlannedFile): string {
  const bytes = new TextEncoder().encode(file.content).length;
  return `${documentText(file.path)}   ${changeText(file.change)}, root:root, ${file.mode}, ${l10n.t('{0} bytes', bytes)}, LF\n\n${fenced(file.content, 'sh')}`;
}

function changeText(change: PlannedFile['change']): string {
  switch (change) {
    case 'create':
      return l10n.t('new');
    case 'replace':
      return l10n.t('replaces the present one');
    case 'same':
      return l10n.t('as it is now');
  }
}

const runDirectory = (plan: Plan): string => `/var/lib/toa-hosts/runs/${plan.id}/   ${l10n.t('new, root only: script, journal, package')}`;

function wayBack(plan: Plan): string {
  const original = kernelName(plain(plan.original));
  if (plan.goal === 'undo') return wrapped(`- ${undoneBack(plan)}`, '  ');
  return [
    l10n.t('Until the reboot: the original kernel {0} never stops being the default. Without toa.modules nothing of TOA runs.', original),
    l10n.t('At the reboot: it is asked for on its own, and says what comes back by itself and what does not.'),
    l10n.t('Later: *Boot Original Kernel* sets {0} as the default again and reboots, on your consent.', original),
  ]
    .map((text) => wrapped(`- ${text}`, '  '))
    .join('\n');
}

const undoneBack = (plan: Plan): string =>
  plan.removesKernel
    ? l10n.t('*Install TOA* installs it anew, with the package.')
    : l10n.t('*Install TOA* writes toa.modules again; the package is still there.');
