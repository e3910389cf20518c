import { commands, env, l10n, window } from 'vscode';
import type { OwnAddressOutcome, ProtectedAddress } from '../../core/ownAddress';
import { parseProtectedAddress, protectedAddressUrl } from '../../core/protectedAddress';
import { testOwnAddress, type OwnAddressPhase, type OwnAddressTest } from '../../engine/ownAddress/testOwnAddress';
import { probeHost } from '../../engine/probeHost';
import { canonicalAddress } from '../../shared/address';
import type { HostView } from '../../engine/hostStore';
import type { Ui } from '../context';
import { reportDocument, type Report } from '../plan/reportDocument';
import { settings } from '../settings';
import { faultText } from '../text/ownAddress';
import { asRoot, connect } from './connected';
import { onHost, type Work } from './onHost';
import { askForRanges } from './setRanges';
import { driftedNow } from './verify';

/** What the person has chosen before the test begins. */
interface Choice {
  readonly target: ProtectedAddress;
  readonly elsewhere: boolean;
  readonly ownAddress?: string;
}

/** `TOA: Test with My Address`: asks where to connect and from where, tests, and shows the report. */
export async function ownAddressFlow(ui: Ui, hostId: string): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined || !(await askForRanges())) return;
  const choice = await choose(ui, view);
  if (choice === undefined) return;
  const { host } = view;
  const cidrs = settings.cidrs();
  const title = l10n.t('Testing {0} with an own address', host.name);
  const test = await onHost(ui, view, { goal: 'ownAddress', title, cancellable: true }, (work) => run(ui, view, choice, cidrs, work));
  if (test === undefined) return;
  const { verification, outcome } = test;
  ui.store.record(hostId, verification.after, { likely: verification.likely.holds });
  if (outcome.proof !== undefined) ui.store.recordProof(hostId, outcome.proof, verification.before.bootId);
  const report: Report = { host, verification, cidrs, ownAddress: test, ...driftedNow(ui, hostId) };
  await ui.reports.show(hostId, host.name, report, reportDocument(report));
  if (outcome.proof === undefined) await tellFault(host.name, outcome);
}

async function choose(ui: Ui, { host }: HostView): Promise<Choice | undefined> {
  const typed = await window.showInputBox({
    title: l10n.t('Test {0} with my address: protected address', host.name),
    prompt: l10n.t(
      'Address and port that visitors connect to: the one of your Anti-DDoS instance, not the origin’s. With https:// in front for TLS.',
    ),
    placeHolder: 'shop.example.com:80',
    value: ui.protectedAddresses.get(host.id) ?? '',
    ignoreFocusOut: true,
    validateInput: (text) =>
      parseProtectedAddress(text) === undefined ? l10n.t('An address such as shop.example.com:80 is needed') : undefined,
  });
  const target = typed === undefined ? undefined : parseProtectedAddress(typed);
  if (target === undefined) return undefined;
  await ui.protectedAddresses.set(host.id, protectedAddressUrl(target));
  const here = { label: l10n.t('From this machine'), detail: l10n.t('The machine on which this extension runs makes the connection.') };
  const there = {
    label: l10n.t('From another machine…'),
    detail: l10n.t('Copies a curl command that holds one connection open for a minute. It runs on Windows, macOS and Linux.'),
  };
  const from = await window.showQuickPick([here, there], { title: l10n.t('Where does the request come from?'), ignoreFocusOut: true });
  if (from === undefined) return undefined;
  const own = await window.showInputBox({
    title: l10n.t('The tester’s public address'),
    prompt: l10n.t('Where it is known, the log line must carry exactly this address. Empty: any public address that is nobody’s raw peer.'),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || canonicalAddress(text.trim()) !== undefined ? undefined : l10n.t('An IP address is needed, or nothing'),
  });
  if (own === undefined) return undefined;
  const ownAddress = canonicalAddress(own.trim());
  return { target, elsewhere: from === there, ...(ownAddress === undefined ? {} : { ownAddress }) };
}

async function run(ui: Ui, view: HostView, choice: Choice, cidrs: readonly string[], work: Work): Promise<OwnAddressTest> {
  work.step(l10n.t('Connecting'));
  const session = await connect(ui, view, work.signal);
  const { sudo } = await probeHost(session, { as: 'user', clock: ui.clock, signal: work.signal });
  const { target, elsewhere, ownAddress } = choice;
  return testOwnAddress(session, {
    target,
    as: sudo === 'absent' ? 'user' : asRoot(ui, { sudo }),
    cidrs,
    ...(view.host.logs.length === 0 ? {} : { logs: view.host.logs }),
    ...(ownAddress === undefined ? {} : { ownAddress }),
    ...(elsewhere ? { onCommand: (command: string) => void offerCommand(command) } : {}),
    memory: view.memory,
    clock: ui.clock,
    signal: work.signal,
    onProgress: (phase) => work.step(phaseText(phase, elsewhere)),
  });
}

/** Into the clipboard at once; the button is for a clipboard that something else was put into meanwhile. */
async function offerCommand(command: string): Promise<void> {
  await env.clipboard.writeText(command);
  const again = l10n.t('Copy Again');
  const words = l10n.t(
    'The curl command is in the clipboard. Run it on the other machine; in Windows PowerShell 5 write curl.exe. It takes a minute.',
  );
  while ((await window.showInformationMessage(words, again)) === again) await env.clipboard.writeText(command);
}

function phaseText(phase: OwnAddressPhase, elsewhere: boolean): string {
  switch (phase) {
    case 'before':
      return l10n.t('First reading');
    case 'connecting':
      return elsewhere ? l10n.t('The curl command is in the clipboard') : l10n.t('Opening the connection');
    case 'line':
      return elsewhere ? l10n.t('Waiting for the other machine’s request in the log') : l10n.t('Waiting for the token in the log');
    case 'reading':
      return l10n.t('Reading peers and counters while it is open');
    case 'after':
      return l10n.t('Second reading');
  }
}

/** The first condition that does not hold, in the words that help; all of them stand in the report. */
async function tellFault(name: string, { conditions }: OwnAddressOutcome): Promise<void> {
  const fault = conditions.find((one) => one.fault !== undefined)?.fault;
  if (fault === undefined) return;
  const { cause, toDo } = faultText(fault);
  const setRanges = l10n.t('Set Ranges…');
  const chosen = await window.showWarningMessage(
    l10n.t('{0} is not proven: {1}. {2}.', name, cause, toDo),
    ...(fault.code === 'rangesNotSet' ? [setRanges] : []),
  );
  if (chosen === setRanges) await commands.executeCommand('toa.setRanges');
}
