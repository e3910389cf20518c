import { expect } from 'vitest';
import type { Host } from '../../../src/core/host';
import { systemClock } from '../../../src/engine/clock';
import { logBuffer, MARK } from '../../../src/engine/logBuffer';
import { lineText } from '../../../src/engine/logBufferText';
import type { Session, Transport } from '../../../src/engine/ports';
import type { RunAs } from '../../../src/engine/runScript';
import { tailLog, type TailState } from '../../../src/engine/tailLog';
import { parseCidrs } from '../../../src/shared/address';
import type { LogMark } from '../../../src/shared/logMark';
import { createTransport } from '../../../src/ssh/transport';
import type { Lab, LabHost } from '../../lab/lab';

export const asRoot: RunAs = { sudo: 'nopasswd' };

export interface FollowChoices {
  readonly user?: string;
  readonly as?: RunAs;
  readonly path?: string;
  readonly back?: number;
}

/** A transport to the lab's hosts, and followers over it. */
export function followers(lab: Lab) {
  const transport: Transport = createTransport({
    clock: systemClock,
    transcript: { line: () => undefined },
    settings: () => ({ configFile: lab.sshConfig, connectTimeoutSeconds: 60, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
  const id = (machine: LabHost, user: string): string => `ssh-config:${machine.name}:${user}`;
  const connect = (machine: LabHost, user: string): Promise<Session> => {
    const host: Host = { id: id(machine, user), name: machine.name, user, source: 'ssh-config', logs: [] };
    return transport.connect(host, { signal: new AbortController().signal });
  };

  /** Follows a log of a lab host into a buffer. */
  const start = (machine: LabHost, options: FollowChoices = {}) => {
    const stop = new AbortController();
    const buffer = logBuffer(parseCidrs(lab.originCidrs).ranges, { now: () => systemClock.now(), zone: () => 0 });
    const marks: LogMark[] = [];
    const states: TailState['kind'][] = [];
    const done = tailLog({
      host: machine.name,
      connect: () => connect(machine, options.user ?? 'deploy'),
      path: options.path ?? machine.accessLog,
      as: options.as ?? asRoot,
      back: options.back ?? 0,
      clock: systemClock,
      signal: stop.signal,
      onLines: (bytes, ends, cut) => buffer.append(bytes, ends, cut),
      onMark: (mark) => {
        marks.push(mark);
        buffer.mark(mark);
      },
      onState: (state) => states.push(state.kind),
    });
    done.catch(() => undefined);
    /** Lines and marks in order, as the buffer keeps them. */
    const rows = (): readonly { readonly mark: boolean; readonly text: string }[] =>
      Array.from({ length: buffer.store.end - buffer.store.first }, (_, i) => buffer.store.get(buffer.store.first + i)).flatMap((found) =>
        found === undefined ? [] : [{ mark: found.code === MARK, text: lineText(found.bytes) }],
      );
    const paths = (): string =>
      rows()
        .filter(({ mark }) => !mark)
        .map(({ text }) => /GET \/(\S+)/.exec(text)?.[1] ?? '?')
        .join(' ');
    return { buffer, marks, states, rows, paths, done, stop: () => stop.abort() };
  };

  return {
    connect,
    start,
    drop: (machine: LabHost, user = 'deploy') => transport.drop(id(machine, user)),
    dispose: () => transport.dispose(),
  };
}

type Following = ReturnType<ReturnType<typeof followers>['start']>;

/** A request, made inside the host, so that its own web server writes the line. */
export const request = (machine: LabHost, path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
  fetch(`http://${machine.address}:${machine.httpPort}/${path}`, { headers }).then((response) => response.arrayBuffer());

export const following = (tail: Following): Promise<void> => expect.poll(() => tail.states.at(-1), { timeout: 60_000 }).toBe('following');

export const sees = (tail: Following, paths: string): Promise<void> =>
  expect.poll(tail.paths, { timeout: 60_000, interval: 100 }).toBe(paths);
