import { isToaRelease } from '../vendor';
import type { HostFacts } from '../facts';

/**
 * The original kernel, `uname -r`: the one running while no TOA kernel runs, else the one on record on the host,
 * else the newest installed kernel that is no TOA build; the running one where there is no other.
 */
export function originalKernel(facts: HostFacts): string {
  const { running, installed } = facts.kernel;
  if (!isToaRelease(running)) return running;
  const others = installed.map((kernel) => kernel.release).filter((release) => !isToaRelease(release));
  const recorded = facts.record.originalKernel;
  if (recorded !== undefined && others.includes(recorded)) return recorded;
  return others.at(-1) ?? running;
}
