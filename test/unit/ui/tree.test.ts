import { describe, expect, test } from 'vitest';
import type { MarkdownString, ThemeColor, ThemeIcon } from 'vscode';
import type { HostFacts } from '../../../src/core/facts';
import { autoloadContent } from '../../../src/core/vendor';
import { abilities } from '../../../src/ui/can';
import { hostItem } from '../../../src/ui/tree/items';
import { createHostTree } from '../../../src/ui/tree/provider';
import { HOSTILE, RUN, STATES, facts, viewOf } from './facts';
import type { HostView } from '../../../src/engine/hostStore';

const none = { cancellable: false, plan: false, report: false };
const now = facts().takenAt + 120_000;
const item = (view: HostView) => hostItem(view, abilities(view, none), now);
const icon = (view: HostView): ThemeIcon => item(view).iconPath as ThemeIcon;
// The stub's colours know their id; the editor's own type keeps it to itself.
const color = (view: HostView): string => (icon(view).color as ThemeColor & { readonly id: string }).id;
const tooltip = (view: HostView): MarkdownString => item(view).tooltip as MarkdownString;

test.each(STATES.map((state) => [state.kind, state] as const))(
  '%s has a description, an icon and a tooltip that names the host',
  (kind, state) => {
    const view = viewOf(state);
    expect(item(view).description).toMatch(/\w/);
    expect(item(view).accessibilityInformation?.label).toBe(`web-01, ${String(item(view).description)}`);
    expect(item(view).contextValue).toMatch(new RegExp(`^host:${kind}(;|$)`));
    expect(tooltip(view).value).toContain('web\\-01');
  },
);

test('only a proven host is green, and not while what was proven is stale', () => {
  const green = STATES.filter((state) => color(viewOf(state)) === 'toaHosts.proven').map((state) => state.kind);
  expect(green).toEqual(['proven']);
  for (const state of STATES) expect(color(viewOf(state, { stale: true }))).not.toBe('toaHosts.proven');
});

test('each state has a shape of its own', () => {
  expect(new Set(STATES.map((state) => icon(viewOf(state)).id)).size).toBe(STATES.length);
});

test('a stale state says what it was and when, and dims', () => {
  const view = viewOf({ kind: 'delivering', perMinute: 4, likely: false }, { stale: true, probedAt: now - 3 * 3_600_000 });
  expect(item(view).description).toBe('stale: delivering 3 h ago');
  expect(color(view)).toBe('descriptionForeground');
  expect(tooltip(view).value).toContain('what was true then');
});

test('a host that cannot be reached says what it was and when, not that it was probed just then', () => {
  const unreachable = STATES.find(({ kind }) => kind === 'unreachable')!;
  const lastState = STATES.find(({ kind }) => kind === 'delivering')!;
  const known = tooltip(viewOf(unreachable, { lastState, probedAt: now - 3 * 3_600_000 })).value;
  expect(known).toContain('Last known\\: Delivering, 3 h ago');
  expect(known).not.toContain('probed 3 h ago');
  expect(tooltip(viewOf(unreachable)).value).not.toContain('Last known');
});

test('a host, or a hop before it, that goes by the ssh command says so, and why', () => {
  const byOpenSsh: HostView['byOpenSsh'] = [
    { hop: 'bastion', need: { kind: 'securityKey' } },
    { hop: 'web-01', need: { kind: 'algorithm', algorithm: 'mlkem768x25519-sha256' } },
  ];
  const said = tooltip(viewOf(STATES[0]!, { byOpenSsh })).value.replaceAll('\\', '');
  expect(said).toContain('The hop bastion goes by the ssh command: a security key signs you in');
  expect(said).toContain('Goes by the ssh command: it wants mlkem768x25519-sha256');
  expect(tooltip(viewOf(STATES[0]!)).value).not.toContain('ssh command');
});

test('busy shows the step and offers only what does no harm', () => {
  const view = viewOf({ kind: 'notInstalled', system: 'CentOS 7' }, { busy: { goal: 'install', step: 'x', n: 4, of: 9 } });
  expect(item(view).description).toBe('installing, step 4 of 9');
  expect([...abilities(view, { ...none, cancellable: true })].sort()).toEqual(['busy', 'cancel', 'log']);
});

describe('abilities follow the state', () => {
  const of = (kind: string) => [...abilities(viewOf(STATES.find((state) => state.kind === kind)!), none)].sort();
  test.each([
    ['unknown', ['log']],
    ['needsSignIn', ['log', 'signIn']],
    ['unreachable', ['log']],
    ['unsupported', ['log']],
    ['notInstalled', ['install', 'log', 'verify']],
    ['awaitingReboot', ['log', 'reboot', 'verify']],
    ['trial', ['hold', 'keep', 'log', 'ownAddress', 'return', 'verify']],
    ['notLoaded', ['load', 'log', 'verify']],
    ['delivering', ['log', 'ownAddress', 'verify']],
    ['running', ['follow', 'log', 'verify']],
  ])('%s: %j', (kind, expected) => expect(of(kind)).toEqual(expected));

  test('a module that did not load at boot can be loaded, whatever else has drifted', () => {
    const drifted = { kind: 'drifted', drift: [{ what: 'autoloadMode', now: '0644' }], was: 1, wasAt: 0 } as const;
    const running = (release: string, loaded: boolean) =>
      viewOf(drifted, {
        facts: facts({
          kernel: { running: release, packagesRead: true, installed: [{ release, vmlinuz: true }] },
          module: { ...facts().module, loaded },
        }),
      });
    expect(abilities(running('3.10.0-957.21.3.el7.toa.x86_64', false), none).has('load')).toBe(true);
    expect(abilities(running('3.10.0-957.21.3.el7.toa.x86_64', true), none).has('load')).toBe(false);
    expect(abilities(running('3.10.0-957.el7.x86_64', false), none).has('load')).toBe(false);
  });

  test('where the kernel is installed and toa.modules is missing or wrong, an install puts it right, or after drift a repair', () => {
    const release = '3.10.0-957.21.3.el7.toa.x86_64';
    const installed = [{ release, vmlinuz: true, initramfsBytes: 1000, bootEntry: true }];
    const right = { exists: true, mode: '0755', content: autoloadContent('el7') };
    const of = (kind: string, autoload: HostFacts['autoload'], record: HostFacts['record'] = {}) =>
      abilities(
        viewOf(
          STATES.find((state) => state.kind === kind)!,
          { facts: facts({ kernel: { ...facts().kernel, installed }, autoload, record }) },
        ),
        none,
      ).has(kind === 'drifted' ? 'repair' : 'install');
    for (const kind of ['awaitingReboot', 'notLoaded', 'drifted']) {
      expect(of(kind, { exists: false })).toBe(true);
      expect(of(kind, { ...right, mode: '0644' })).toBe(true);
      expect(of(kind, right)).toBe(false);
      expect(of(kind, right, { owes: true })).toBe(true);
    }
    expect(of('delivering', { exists: false })).toBe(false);
  });

  test('the original kernel can be booted only from a TOA kernel, and only while it is there', () => {
    const toa = { release: '3.10.0-957.21.3.el7.toa.x86_64', vmlinuz: true };
    const original = { release: '3.10.0-957.el7.x86_64', vmlinuz: true };
    const running = (installed: (typeof toa)[]) =>
      viewOf(STATES[7]!, { facts: facts({ kernel: { running: toa.release, packagesRead: true, installed } }) });
    expect(abilities(running([original, toa]), none).has('original')).toBe(true);
    expect(abilities(running([toa]), none).has('original')).toBe(false);
  });
});

test('hostile text from a host stays text', () => {
  const hostile = viewOf(
    { kind: 'unsupported', reason: 'distribution', system: HOSTILE },
    { facts: facts({ system: { ...facts().system, name: HOSTILE } }) },
  );
  const { value, isTrusted, supportHtml } = tooltip(hostile);
  expect(value).not.toMatch(/[\u001b\u202e]/);
  expect(value).not.toContain('<img');
  expect(value).not.toMatch(/[^\\]\]\(command:toa\.install/);
  expect(value).not.toContain(' $(check)');
  expect(supportHtml).toBe(false);
  expect(isTrusted).toEqual({ enabledCommands: ['toa.openLog'] });
  expect(String(item(hostile).description)).not.toMatch(/[\u001b\u202e\n]/);
});

test('a run that goes on and one that was cut off say by whom, since when and at which step, also to a screen reader', () => {
  const [running, cut] = (['running', 'interrupted'] as const).map((kind) => viewOf({ kind, run: RUN }));
  expect(item(running!).description).toBe('running: installing the TOA kernel');
  expect(item(running!).accessibilityInformation?.label).toBe('web-01, running: installing the TOA kernel');
  const said = (view: HostView): string => tooltip(view).value.replaceAll('\\', '');
  expect(said(running!)).toMatch(/deploy changes this host since .*, step 2 of 3: installing the TOA kernel/);
  expect(item(cut!).accessibilityInformation?.label).toBe('web-01, interrupted at: installing the TOA kernel');
  expect(said(cut!)).toMatch(/was cut off: installing the TOA kernel. rpm knows no TOA kernel now/);
});

test('groups come first, hosts without one stand at the root, and only what changed is drawn again', async () => {
  const base = viewOf({ kind: 'unknown' });
  let views: readonly HostView[] = ['a', 'b', 'c'].map((name) => {
    return { ...base, host: { id: name, name, source: 'settings', logs: [], ...(name === 'c' ? {} : { group: 'Test' }) } };
  });
  const tree = createHostTree({
    views: () => views,
    view: (id) => views.find(({ host }) => host.id === id),
    abilities: () => new Set(),
    now: () => now,
  });
  const drawn: unknown[] = [];
  tree.onDidChangeTreeData((node) => drawn.push(node));
  const roots = (await tree.getChildren())!;
  expect(roots).toEqual([
    { kind: 'group', name: 'Test' },
    { kind: 'host', hostId: 'c' },
  ]);
  expect((await tree.getTreeItem(roots[0]!)).description).toBe('2 hosts');
  expect(await tree.getChildren(roots[0])).toEqual([
    { kind: 'host', hostId: 'a' },
    { kind: 'host', hostId: 'b' },
  ]);

  views = views.map((view) => (view.host.id === 'a' ? { ...view, state: STATES[4]! } : view));
  tree.changed(['a']);
  expect(drawn.splice(0)).toEqual([{ kind: 'host', hostId: 'a' }]);
  views = views.map((view) => (view.host.id === 'a' ? { ...view, state: STATES[10]! } : view));
  tree.changed(['a']);
  expect(drawn).toEqual([{ kind: 'group', name: 'Test' }]);
});
