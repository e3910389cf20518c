import { describe, expect, test } from 'vitest';
import type { Ui } from '../../../src/ui/context';
import { ableOf, hostsOf } from '../../../src/ui/target';
import { STATES, viewOf } from './facts';

describe('the hosts of a menu', () => {
  const [group, web1, web2] = [{ kind: 'group', name: 'Test' }, ...['web-01', 'web-02'].map((hostId) => ({ kind: 'host', hostId }))];
  const log = { kind: 'log', hostId: 'web-01', path: '/a.log' };

  test('are the selected rows, if the clicked one is among them', () => {
    expect(hostsOf([web1, [group, web1, log, web2]])).toEqual(['web-01', 'web-02']);
    expect(hostsOf([web1, [web2]])).toEqual(['web-01']);
    expect(hostsOf([web1])).toEqual(['web-01']);
    expect(hostsOf([])).toBeUndefined();
  });

  test('of several only those that can are taken: a working host is not rebooted beside one that awaits it', () => {
    const views = new Map(STATES.map((state) => [state.kind as string, viewOf(state)]));
    const held = { has: () => false };
    const ui = { store: { view: (id: string) => views.get(id) }, runs: { cancellable: () => false }, plans: held, reports: held };
    const able = (...kinds: string[]) => ableOf(ui as unknown as Ui, kinds, 'reboot');
    expect(able('delivering', 'awaitingReboot', 'unsupported', 'gone')).toEqual(['awaitingReboot']);
    expect(able('delivering')).toEqual(['delivering']);
    expect(ableOf(ui as unknown as Ui, ['unknown', 'proven'])).toEqual(['unknown', 'proven']);
  });
});
