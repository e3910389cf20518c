import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';

/** A package as the web server of the lab offers it. */
export interface LabPackage {
  readonly url: string;
  readonly path: string;
  readonly sha256: string;
  /** name-version-release.arch */
  readonly nevra: string;
}

/** The three packages of the vendor's procedure. */
export type VendorPackage = 'el7' | 'el6Firmware' | 'el6Kernel';
/** Packages that stand in the way, and one whose %pre fails under the el7 package's name. */
export type OtherPackage = 'el7Newer' | 'el6Newer' | 'el6NewerFirmware' | 'el7Failing';

export interface LabPackages {
  readonly baseUrl: string;
  readonly files: Readonly<Record<VendorPackage, LabPackage>>;
  readonly others: Readonly<Record<OtherPackage, LabPackage>>;
  /** Addresses that go wrong, all under the el7 package's file name. */
  readonly bad: {
    /** Another kernel under the vendor's name. */
    readonly wrongPackage: string;
    /** 200 with an HTML page. */
    readonly html: string;
    /** The first half of the package; Content-Length is that half's. */
    readonly truncated: string;
    readonly missing: string;
    /** Sends half of it and then nothing. */
    readonly stalls: string;
    /** Breaks off half way, once per start of the lab; then resumes by Range. */
    readonly breaks: string;
    /** Redirects to the good one. */
    readonly redirects: string;
  };
}

const names = {
  el7: 'kernel-3.10.0-957.21.3.el7.toa.x86_64',
  el6Firmware: 'kernel-firmware-2.6.32-696.13.2.el6.centos.plus.toa.x86_64',
  el6Kernel: 'kernel-2.6.32-696.13.2.el6.centos.plus.toa.x86_64',
  el7Newer: 'kernel-3.10.0-1160.119.1.el7.x86_64',
  el6Newer: 'kernel-2.6.32-754.35.1.el6.x86_64',
  el6NewerFirmware: 'kernel-firmware-2.6.32-754.35.1.el6.x86_64',
} as const;

/** Describes the packages in `rpms` as they are offered at `baseUrl`. */
export async function describePackages(rpms: string, baseUrl: string): Promise<LabPackages> {
  const describe = async (nevra: string, folder = ''): Promise<LabPackage> => {
    const path = join(rpms, folder, `${nevra}.rpm`);
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return { url: `${baseUrl}/${folder ? 'failing' : 'rpm'}/${nevra}.rpm`, path, sha256, nevra };
  };
  const bad = (kind: string) => `${baseUrl}/${kind}/${names.el7}.rpm`;
  return {
    baseUrl,
    files: { el7: await describe(names.el7), el6Firmware: await describe(names.el6Firmware), el6Kernel: await describe(names.el6Kernel) },
    others: {
      el7Newer: await describe(names.el7Newer),
      el6Newer: await describe(names.el6Newer),
      el6NewerFirmware: await describe(names.el6NewerFirmware),
      el7Failing: await describe(names.el7, 'failing'),
    },
    bad: {
      wrongPackage: bad('wrong'),
      html: bad('html'),
      truncated: bad('truncated'),
      missing: bad('missing'),
      stalls: bad('stall'),
      breaks: bad('break'),
      redirects: bad('redirect'),
    },
  };
}

/** The web server of the packages, not listening yet. */
export function packageServer(rpms: string): Server {
  const broken = new Set<string>();
  return createServer((request, response) => {
    const [, kind = '', name = ''] = (request.url ?? '').split('/');
    const wrong = kind === 'wrong' ? `${names.el7Newer}.rpm` : name;
    readFile(join(rpms, kind === 'failing' ? 'failing' : '', wrong.replaceAll('..', ''))).then(
      (body) => {
        const half = body.subarray(0, body.length >> 1);
        switch (kind) {
          case 'rpm':
          case 'wrong':
          case 'failing': {
            sendRange(response, body, request.headers.range);
            return;
          }
          case 'html': {
            send(response, 200, 'text/html', Buffer.from('<!DOCTYPE html><html><body>Sign in to this network</body></html>\n'));
            return;
          }
          case 'truncated': {
            send(response, 200, 'application/x-rpm', half);
            return;
          }
          case 'redirect':
            return response.writeHead(302, { location: `/rpm/${name}` }).end();
          case 'stall':
            return response.writeHead(200, { 'content-length': body.length }).write(half);
          case 'break':
            if (request.headers.range !== undefined || broken.has(name)) {
              sendRange(response, body, request.headers.range);
              return;
            }
            broken.add(name);
            return response
              .writeHead(200, { 'content-length': body.length, 'accept-ranges': 'bytes' })
              .write(half, () => response.destroy());
          default: {
            send(response, 404, 'text/plain', Buffer.from('not found\n'));
            return;
          }
        }
      },
      () => send(response, 404, 'text/plain', Buffer.from('not found\n')),
    );
  });
}

function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
}

function sendRange(response: ServerResponse, body: Buffer, range: string | undefined): void {
  const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  const headers = { 'content-type': 'application/x-rpm', 'accept-ranges': 'bytes', 'content-length': body.length - start };
  if (range === undefined) response.writeHead(200, headers).end(body);
  else if (start >= body.length) response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
  else
    response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }).end(body.subarray(start));
}
