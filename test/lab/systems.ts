import type { Era } from './era';

/** The systems a lab host can be; what they are made of stands in machine/systems.sh. */
export type LabSystem = 'centos7' | 'centos6' | 'rhel7' | 'rhel6' | 'debian12';

export interface SystemFacts {
  /** Whose tools, packages and boot loader; undefined: a system the product does not support. */
  readonly era?: Era;
  readonly group: 'Test' | 'Production';
  readonly accessLog: string;
  /** `uname -r` of a freshly built host. */
  readonly kernel: string;
}

export const systems: Readonly<Record<LabSystem, SystemFacts>> = {
  centos7: { era: 'el7', group: 'Test', accessLog: '/var/log/nginx/access.log', kernel: '3.10.0-957.el7.x86_64' },
  centos6: { era: 'el6', group: 'Test', accessLog: '/var/log/nginx/access.log', kernel: '2.6.32-696.el6.x86_64' },
  rhel7: { era: 'el7', group: 'Production', accessLog: '/var/log/httpd/access_log', kernel: '3.10.0-957.el7.x86_64' },
  rhel6: { era: 'el6', group: 'Production', accessLog: '/var/log/nginx/access.log', kernel: '2.6.32-696.el6.x86_64' },
  debian12: { group: 'Production', accessLog: '/var/log/nginx/access.log', kernel: '6.1.0-28-amd64' },
};

export const allSystems = Object.keys(systems) as LabSystem[];
