import type { YumFacts } from '../facts';
import { parsePackages } from './packages';
import { given, lineOf, linesOf, numberOf, type Sections } from './sections';

/** What of yum's configuration decides about an install; undefined where there is no yum. */
export function parseYum(sections: Sections): YumFacts | undefined {
  const tools = linesOf(sections, 'yum', 2);
  if (!tools.some((path) => path.endsWith('/yum'))) return undefined;
  const values = mainValues(sections.get('yumconf') ?? '');
  const lock = /^(\d{1,10}) ?(.*)$/.exec(lineOf(sections, 'yumlock') ?? '');
  return {
    version: parsePackages(sections).releases('yum')[0] ?? 'unknown',
    exclude: (values.get('exclude') ?? '').split(/[\s,]+/).filter((word) => word !== ''),
    localpkgGpgcheck: /^(1|yes|true)$/i.test(values.get('localpkg_gpgcheck') ?? ''),
    ...given({
      yumdb: tools.some((path) => path.endsWith('/yumdb')) ? true : undefined,
      installonlyLimit: numberOf(values.get('installonly_limit')),
      lock: lock === null ? undefined : { pid: Number(lock[1]), command: (lock[2] ?? '').trim() },
    }),
  };
}

/** `key = value` lines; a line that begins with a blank continues the value before it. */
function mainValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let key = '';
  for (const line of text.split('\n', 200)) {
    const match = /^([a-z_]+)\s*=(.*)$/.exec(line);
    if (match !== null) key = match[1] ?? '';
    const value = match === null ? line : (match[2] ?? '');
    if (key !== '') values.set(key, `${match === null ? (values.get(key) ?? '') : ''} ${value}`.trim());
  }
  return values;
}

/** Names of failed systemd units; old systemctl puts a mark in front of each. */
export const parseFailedUnits = (sections: Sections): readonly string[] =>
  linesOf(sections, 'failed', 50).flatMap((line) => /^(?:[*●] )?([\w@:.\\-]+\.[a-z]+) /.exec(`${line} `)?.[1] ?? []);
