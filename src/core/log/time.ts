const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/**
 * ms since the epoch of a log's time: `14/May/2024:14:05:23 +0000` (common; HAProxy's has ms and no zone), ISO 8601, or seconds, ms or µs
 * since the epoch (nginx `$msec`, Caddy `ts`). Without a zone: UTC. undefined: none of these.
 */
export function epochOf(time: string): number | undefined {
  const clf = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?: ([+-]\d{2})(\d{2}))?$/.exec(time);
  if (clf === null) return /^\d{4}-\d{2}-\d{2}/.test(time) ? numberOr(Date.parse(zoned(time))) : sinceEpoch(time);
  const [, day = '', month = '', year = '', clock = '', hours = '+00', minutes = '00'] = clf;
  const index = MONTHS.indexOf(month);
  if (index % 3 !== 0) return undefined;
  return numberOr(Date.parse(`${year}-${String(index / 3 + 1).padStart(2, '0')}-${day}T${clock}${hours}:${minutes}`));
}

/** ISO 8601 as JavaScript reads it: `T` between, a colon in the zone, and UTC where there is none. */
function zoned(time: string): string {
  const text = time.replace(/^(\S{10}) /, '$1T').replace(/ ?([+-]\d\d)(\d\d)$/, '$1:$2');
  return /(?:Z|[+-]\d\d:\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`;
}

function sinceEpoch(time: string): number | undefined {
  if (!/^\d{9,17}(?:\.\d{1,9})?$/.test(time)) return undefined;
  const value = Number(time);
  return Math.floor(value < 1e11 ? value * 1000 : value < 1e14 ? value : value / 1000);
}

const numberOr = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
