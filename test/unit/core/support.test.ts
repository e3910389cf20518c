import { describe, expect, it } from 'vitest';
import { support } from '../../../src/core/support';
import { facts } from './build';

const el6 = { id: 'centos', version: '6.10', major: 6, name: 'CentOS release 6.10 (Final)' };

describe('systems with a row in the vendor’s table', () => {
  it.each([
    ['centos', 7, '3.10.0-957.el7.x86_64', { row: 'el7' }],
    ['centos', 7, '3.10.0-957.21.3.el7.toa.x86_64', { row: 'el7' }],
    ['rhel', 7, '3.10.0-1160.119.1.el7.x86_64', { row: 'el7', rhel7: true }],
    ['centos', 6, '2.6.32-754.35.1.el6.x86_64', { row: 'el6' }],
    ['rhel', 6, '2.6.32-696.13.2.el6.centos.plus.toa.x86_64', { row: 'el6' }],
  ] as const)('%s %i on %s', (id, major, running, expected) => {
    expect(support(facts({ system: { id, major }, kernel: { running } }))).toEqual(expected);
  });
});

describe('others, and why', () => {
  it.each([
    ['ol', facts({ system: { id: 'ol' } }), 'distribution'],
    ['scientific', facts({ system: { ...el6, id: 'scientific' } }), 'distribution'],
    ['debian', facts({ system: { id: 'debian', major: 12 } }), 'distribution'],
    ['CentOS 5', facts({ system: { major: 5 } }), 'version'],
    ['CentOS Stream 9', facts({ system: { major: 9 } }), 'version'],
    ['el6 i686', facts({ system: el6, arch: 'i686' }), 'architecture'],
    ['aarch64', facts({ arch: 'aarch64' }), 'architecture'],
    ['docker', facts({ container: 'docker' }), 'container'],
    ['no rpm', { ...facts(), rpm: undefined }, 'noRpm'],
    ['kernel-rt', facts({ kernel: { running: '3.10.0-1160.rt56.1131.el7.x86_64' } }), 'kernelFlavour'],
    ['UEK', facts({ system: el6, kernel: { running: '2.6.39-400.el6uek.x86_64' } }), 'kernelFlavour'],
    ['elrepo', facts({ kernel: { running: '5.4.278-1.el7.elrepo.x86_64' } }), 'kernelFlavour'],
    ['openvz', facts({ system: el6, kernel: { running: '2.6.32-042stab145.3' } }), 'kernelFlavour'],
    ['debug', facts({ kernel: { running: '3.10.0-957.el7.x86_64.debug' } }), 'kernelFlavour'],
  ])('%s', (_name, host, reason) => {
    expect(support(host)).toMatchObject({ reason });
  });
});
