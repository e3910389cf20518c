const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/**
 * ms since the epoch of a log's time: `14/May/2024:14:05:23 +0000` (common; HAProxy's has ms and no zone), ISO 8601, or seconds, ms or µs
 * since the epoch (nginx `$msec`, Caddy `ts`). `zone`: minutes that the host's clock is ahead of UTC, for times that tell none themselves.
 * undefined: none of these.
 */
export function epochOf(time: string, zone = 0): number | undefined {
  const clf = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?: ([+-]\d{2})(\d{2}))?$/.exec(time);
  if (clf === null) return /^\d{4}-\d{2}-\d{2}/.test(time) ? isoTime(time, zone) : sinceEpoch(time);
  const [, day = '', month = '', year = '', clock = '', hours, minutes = '00'] = clf;
  const index = MONTHS.indexOf(month);
  if (index % 3 !== 0) return undefined;
  const local = `${year}-${String(index / 3 + 1).padStart(2, '0')}-${day}T${clock}`;
  return hours === undefined ? inZone(`${local}Z`, zone) : numberOr(Date.parse(`${local}${hours}:${minutes}`));
}

/** ISO 8601 as JavaScript reads it: `T` between and a colon in the zone. */
function isoTime(time: string, zone: number): number | undefined {
  const text = time.replace(/^(\S{10}) /, '$1T').replace(/ ?([+-]\d\d)(\d\d)$/, '$1:$2');
  if (/(?:Z|[+-]\d\d:\d\d)$/.test(text)) return numberOr(Date.parse(text));
  return inZone(text.length === 10 ? text : `${text}Z`, zone);
}

/** A time that was read as UTC's, in its own zone. */
const inZone = (utc: string, zone: number): number | undefined => numberOr(Date.parse(utc) - zone * 60_000);

function sinceEpoch(time: string): number | undefined {
  if (!/^\d{9,17}(?:\.\d{1,9})?$/.test(time)) return undefined;
  const value = Number(time);
  return Math.floor(value < 1e11 ? value * 1000 : value < 1e14 ? value : value / 1000);
}

const numberOr = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
