import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../src/ui/commands';
import { abilities } from '../../../src/ui/can';
import { hostItem } from '../../../src/ui/tree/items';
import { STATES, facts, viewOf } from './facts';

interface MenuEntry {
  readonly command: string;
  readonly when: string;
  readonly group: string;
}
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const { contributes, ...manifest } = read('package.json') as {
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, MenuEntry[]>;
    configuration: { properties: Record<string, { scope?: string }> }[];
  };
};
const [english, chinese] = ['package.nls.json', 'package.nls.zh-cn.json'].map((file) => read(file) as Record<string, string>);

test('every command of the table is contributed, and no other', () => {
  expect(contributes.commands.map(({ command }) => command).sort()).toEqual(Object.keys(COMMANDS).sort());
  expect(contributes.commands.every(({ category }) => category === 'TOA')).toBe(true);
});

test('every key of package.json has its words in both languages, and no key is unused', () => {
  const used = [...new Set(readFileSync('package.json', 'utf8').match(/(?<="%)[\w.]+(?=%")/g))].sort();
  expect(Object.keys(english!).sort()).toEqual(used);
  expect(Object.keys(chinese!).sort()).toEqual(used);
});

test('menus name commands that exist', () => {
  const named = Object.values(contributes.menus).flatMap((entries) => entries.map(({ command }) => command));
  expect(named.filter((command) => !(command in COMMANDS))).toEqual([]);
});

/** The menu of a row, by the same regular expressions that the editor applies to its contextValue. */
function menu(contextValue: string): string[] {
  const holds = (when: string): boolean =>
    when.split(' && ').every((part) => {
      const [, not, pattern] = /^viewItem (=|!)~ \/(.*)\/$/.exec(part) ?? [];
      return pattern === undefined ? part === 'view == toa.hosts' : new RegExp(pattern).test(contextValue) === (not === '=');
    });
  return contributes.menus['view/item/context']!.filter(({ when, group }) => holds(when) && !group.startsWith('inline')).map(
    ({ command }) => command,
  );
}

const always = ['toa.refresh', 'toa.showTranscript', 'toa.copyAddress'];
test.each([
  ['unknown', ['toa.openLog']],
  ['needsSignIn', ['toa.signIn', 'toa.openLog']],
  ['unsupported', ['toa.openLog']],
  ['notInstalled', ['toa.install', 'toa.verify', 'toa.openLog']],
  ['awaitingReboot', ['toa.reboot', 'toa.verify', 'toa.openLog']],
  ['notLoaded', ['toa.loadModule', 'toa.verify', 'toa.openLog']],
  ['proven', ['toa.verify', 'toa.ownAddress', 'toa.openLog']],
  ['running', ['toa.follow', 'toa.verify', 'toa.openLog']],
])('the menu of a host that is %s lists only what can work', (kind, expected) => {
  const view = viewOf(STATES.find((state) => state.kind === kind)!);
  const item = hostItem(view, abilities(view, { cancellable: false, plan: false, report: false }), facts().takenAt);
  expect(menu(item.contextValue!).sort()).toEqual([...expected, ...always].sort());
});

test('a workspace can set nothing: every setting belongs to the user', () => {
  const scopes = contributes.configuration.flatMap(({ properties }) => Object.values(properties).map(({ scope }) => scope));
  expect(new Set(scopes)).toEqual(new Set(['application']));
});

test('nothing activates the extension but its view, its commands and a panel that comes back', () => {
  expect(manifest.activationEvents.filter((event) => !event.startsWith('onWebviewPanel:'))).toEqual([]);
});
