import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build';
import { createHost, type LabHost } from './host';
import { removeNow } from './namespace';
import { describePackages, packageServer, type LabPackages } from './packages';
import { allSystems, systems, type LabSystem } from './systems';
import { networks, startTraffic } from './traffic';

export type { LabHost } from './host';
export type { LabPackages } from './packages';
export type { LabSystem } from './systems';

export interface LabOptions {
  /** Default: one host of each system. */
  readonly systems?: readonly LabSystem[];
  /** Default: a directory of its own under the system's one for temporary files. It is deleted at the end. */
  readonly dir?: string;
  /** Requests keep coming to every host's web server. Default: no. */
  readonly traffic?: boolean;
  /** Hosts of each system. Default: 1. */
  readonly count?: number;
}

export interface Lab {
  readonly dir: string;
  readonly hosts: readonly LabHost[];
  /** The first host of a system; throws if the lab has none. */
  host(system: LabSystem): LabHost;
  readonly packages: LabPackages;
  /** ed25519; every user of every host but `password` accepts it. The password of every user is `labpass`. */
  readonly privateKey: string;
  /** One `Host lab-…` each, user deploy. */
  readonly sshConfig: string;
  readonly knownHosts: string;
  /** The product's settings for these hosts. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The scrubbing centre's addresses as the hosts see them. */
  readonly originCidrs: readonly string[];
  /** Ends every host and server and deletes the directory. */
  stop(): Promise<void>;
}

const sshPort = 2222;
const httpPort = 8080;
const packagePort = 8800;

/** Builds (once) and starts lab hosts; they end with this process at the latest. Needs Linux and the packages named in README.md. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const wanted = options.systems ?? allSystems;
  const built = await build(wanted);
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'toa-lab-')));
  await mkdir(dir, { recursive: true });
  const { server, network } = await takeNetwork(packageServer(built.rpms));
  const hosts: LabHost[] = [];
  const cutPower = () => {
    hosts.forEach((host) => host.kill());
    removeNow(dir);
  };
  process.once('exit', cutPower);
  try {
    for (let number = 0; number < (options.count ?? 1); number++)
      for (const [index, system] of wanted.entries()) {
        const name = `lab-${system}${number === 0 ? '' : `-${number + 1}`}`;
        const address = `${network}.${11 + number * wanted.length + index}`;
        hosts.push(
          await createHost({ name, system, dir: join(dir, name), template: built.template(system), address, port: sshPort, httpPort }),
        );
      }
    await Promise.all(hosts.map((host) => host.start()));
  } catch (error) {
    process.off('exit', cutPower);
    await end(hosts, server, dir);
    throw error;
  }
  const stopTraffic = options.traffic ? startTraffic(hosts) : () => undefined;
  const privateKey = join(dir, 'key');
  await copyFile(built.privateKey, privateKey);
  await chmod(privateKey, 0o600);
  const knownHosts = join(dir, 'known_hosts');
  await writeFile(knownHosts, `${(await Promise.all(hosts.map((host) => host.hostKeys()))).flat().join('\n')}\n`);
  const sshConfig = join(dir, 'ssh_config');
  await writeFile(sshConfig, hosts.map((host) => sshConfigOf(host, privateKey, knownHosts)).join('\n'));
  const packages = await describePackages(built.rpms, `http://${network}.254:${packagePort}`);
  return {
    dir,
    hosts,
    host: (system) => hosts.find((host) => host.system === system) ?? missing(system),
    packages,
    privateKey,
    sshConfig,
    knownHosts,
    settings: settingsOf(hosts, packages, sshConfig),
    originCidrs: [networks.scrubbingCentre.cidr],
    async stop() {
      stopTraffic();
      process.off('exit', cutPower);
      await end(hosts, server, dir);
    },
  };
}

async function end(hosts: readonly LabHost[], server: Server, dir: string): Promise<void> {
  await Promise.all(hosts.map((host) => host.stop()));
  server.closeAllConnections();
  server.close();
  removeNow(dir);
}

/** The first 127.70.x network that no other lab has; listening for package requests is what takes it. */
async function takeNetwork(server: Server): Promise<{ server: Server; network: string }> {
  for (let number = 0; number < 256; number++) {
    const network = `127.70.${number}`;
    server.listen(packagePort, `${network}.254`);
    const taken = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]).catch(
      () => false,
    );
    if (taken) {
      server.unref();
      return { server, network };
    }
  }
  throw new Error('No free network for a lab: 256 labs run already.');
}

function sshConfigOf(host: LabHost, privateKey: string, knownHosts: string): string {
  const old = systems[host.system].era === 'el6' ? ['  HostKeyAlgorithms +ssh-rsa', '  KexAlgorithms +diffie-hellman-group14-sha1'] : [];
  return [
    `Host ${host.name}`,
    `  HostName ${host.address}`,
    `  Port ${host.port}`,
    '  User deploy',
    `  IdentityFile ${privateKey}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${knownHosts}`,
    ...old,
    '',
  ].join('\n');
}

function settingsOf(hosts: readonly LabHost[], packages: LabPackages, sshConfig: string): Record<string, unknown> {
  return {
    'toa.hosts': hosts.map((host) => ({
      name: host.name,
      address: host.address,
      port: host.port,
      user: 'deploy',
      group: systems[host.system].group,
      logs: [host.accessLog],
    })),
    ...Object.fromEntries(
      Object.entries(packages.files).flatMap(([key, file]) => [
        [`toa.packages.${key}.url`, file.url],
        [`toa.packages.${key}.sha256`, file.sha256],
      ]),
    ),
    'toa.backToOriginCidrs': [networks.scrubbingCentre.cidr],
    'toa.ssh.configFile': sshConfig,
  };
}

function missing(system: LabSystem): never {
  throw new Error(`This lab has no ${system} host.`);
}
