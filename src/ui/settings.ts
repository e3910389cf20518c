import { ConfigurationTarget, workspace } from 'vscode';
import { hostId } from '../core/host';
import type { Host } from '../core/host';
import { canonicalLog } from '../core/log/journal';
import { logPathFault } from '../core/log/logPath';
import type { VendorPackage } from '../core/plan';

/** An entry of `toa.hosts`, as it stands in settings.json. */
export interface HostEntry {
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
  readonly group?: string;
  readonly logs?: readonly string[];
}

export type PackageKey = VendorPackage['key'];

/** A value of a setting that cannot be used, for the one message about it. */
export interface BadSetting {
  readonly setting: string;
  readonly entry: string;
}

/** The settings under `toa`, read at the moment they are needed. All are application-scoped: a workspace cannot set them. */
export const settings = {
  hosts: (): { readonly hosts: readonly Host[]; readonly bad: readonly BadSetting[] } => parseHosts(read('hosts')),
  packageSource: (key: PackageKey): { readonly url: string; readonly sha256?: string } => {
    const sha256 = text(`packages.${key}.sha256`).trim().toLowerCase();
    const url = text(`packages.${key}.url`).trim();
    return sha256 === '' ? { url } : { url, sha256 };
  },
  pinPackage: (key: PackageKey, sha256: string): Promise<void> => write(`packages.${key}.sha256`, sha256),
  cidrs: (): readonly string[] => strings(read('backToOriginCidrs')),
  setCidrs: (cidrs: readonly string[]): Promise<void> => write('backToOriginCidrs', cidrs),
  addHost: (entry: HostEntry): Promise<void> => write('hosts', [...list(read('hosts')), entry]),
  sshConfigFile: (): string | undefined => text('ssh.configFile').trim() || undefined,
  connectTimeoutSeconds: (): number => between(read('ssh.connectTimeoutSeconds'), 1, 300, 15),
  /** Names of hosts that may use weak algorithms. */
  legacyHosts: (): readonly string[] => strings(read('legacyAlgorithms')),
  allowLegacy: (name: string): Promise<void> => write('legacyAlgorithms', [...new Set([...strings(read('legacyAlgorithms')), name])]),
  /** Host name, or `*`, → the ssh client to go there with. */
  sshClients: (): Readonly<Record<string, 'auto' | 'ssh2' | 'openssh'>> => parseClients(read('ssh.clients')),
  staleAfterMinutes: (): number => between(read('staleAfterMinutes'), 1, 1440, 15),
  /** 0: no probing in the background. */
  refreshMinutes: (): number => between(read('background.refreshMinutes'), 0, 1440, 10),
  bufferLines: (): number => between(read('log.bufferLines'), 1000, 1_000_000, 100_000),
};

const read = (key: string): unknown => workspace.getConfiguration('toa').get(key);
const write = async (key: string, value: unknown): Promise<void> =>
  workspace.getConfiguration('toa').update(key, value, ConfigurationTarget.Global);
const text = (key: string): string => {
  const value = read(key);
  return typeof value === 'string' ? value : '';
};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
const strings = (value: unknown): readonly string[] => list(value).filter((item): item is string => typeof item === 'string');
const between = (value: unknown, least: number, most: number, usual: number): number =>
  typeof value === 'number' && value >= least && value <= most ? value : usual;

function parseClients(value: unknown): Readonly<Record<string, 'auto' | 'ssh2' | 'openssh'>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, 'auto' | 'ssh2' | 'openssh'] => ['auto', 'ssh2', 'openssh'].includes(entry[1] as string)),
  );
}

/** A name is given to the ssh client too, so it may not begin with a dash or hold what a shell or ssh_config would read. */
export const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9._@:%+-]*$/;

/** `toa.hosts`: entries that can be used, and those that cannot. A name that comes twice is bad the second time. */
export function parseHosts(value: unknown): { readonly hosts: readonly Host[]; readonly bad: readonly BadSetting[] } {
  const hosts = new Map<string, Host>();
  const bad: BadSetting[] = [];
  for (const entry of list(value)) {
    const host = parseHost(entry);
    if (host === undefined || hosts.has(host.name)) bad.push({ setting: 'toa.hosts', entry: JSON.stringify(entry).slice(0, 120) });
    else hosts.set(host.name, host);
  }
  return { hosts: [...hosts.values()], bad };
}

function parseHost(entry: unknown): Host | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { name, address, port, user, group, logs } = entry as Record<string, unknown>;
  if (typeof name !== 'string' || !HOST_NAME.test(name)) return undefined;
  const optional = { address, user, group };
  if (Object.values(optional).some((value) => value !== undefined && typeof value !== 'string')) return undefined;
  if (port !== undefined && !(Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535)) return undefined;
  const named = Object.entries(optional).filter(([, value]) => typeof value === 'string' && value !== '');
  return {
    id: hostId('settings', name),
    name,
    source: 'settings',
    ...(Object.fromEntries(named) as Pick<Host, 'address' | 'user' | 'group'>),
    ...(port === undefined ? {} : { port: port as number }),
    logs: strings(logs)
      .filter((path) => logPathFault(path) === undefined)
      .map(canonicalLog),
  };
}
