const MINUTE = 60_000;
/** A host that fails is asked again after 1, 2, 4 … minutes, never more rarely than this. */
const MOST_MINUTES = 30;

/**
 * Milliseconds until a host is probed again by itself: the refresh interval after success, a doubling pause after
 * failures; spread by a fifth, so that hosts that failed together do not all come back together.
 */
export function pause(refreshMinutes: number, failures: number, random: () => number): number {
  const minutes = failures === 0 ? refreshMinutes : Math.min(2 ** (failures - 1), MOST_MINUTES);
  return minutes * MINUTE * (0.9 + 0.2 * random());
}
