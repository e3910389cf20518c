import type { Exposure } from '../core/exposure';
import type { HostFacts } from '../core/facts';
import type { Rewrites } from '../core/log/rewrites';
import { HostError } from '../core/problem';
import type { Ranges } from '../shared/address';
import type { Session } from './ports';
import { readExposure } from './readExposure';
import { readRewrites } from './readRewrites';
import type { RunAs } from './runScript';

/** What a host's configuration says about its web ports, as far as it could be read. */
export interface ServerReadings {
  readonly rewrites?: Rewrites;
  readonly exposure?: readonly Exposure[];
}

/** Reads both; what did not answer in time is left out. Rejects as runScript does otherwise. */
export async function readServer(
  session: Session,
  { listeners }: HostFacts,
  ranges: Ranges,
  options: { readonly as: RunAs; readonly signal: AbortSignal },
): Promise<ServerReadings> {
  const ports = listeners.map(({ port }) => port);
  const rewrites = await inTime(readRewrites(session, options));
  const exposure = await inTime(readExposure(session, ports, ranges, options));
  return { ...(rewrites === undefined ? {} : { rewrites }), ...(exposure === undefined ? {} : { exposure }) };
}

async function inTime<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HostError && error.problem.code === 'deadline') return undefined;
    throw error;
  }
}
