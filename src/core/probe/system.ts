import type { SystemFacts } from '../facts';
import { clean, lineOf, linesOf, type Sections } from './sections';

/** First words of /etc/redhat-release and the os-release ID that later versions of the same system use. */
const RELEASE_IDS: readonly (readonly [RegExp, string])[] = [
  [/^CentOS/, 'centos'],
  [/^Red Hat Enterprise/, 'rhel'],
  [/^Scientific/, 'scientific'],
  [/^Oracle/, 'ol'],
  [/^CloudLinux/, 'cloudlinux'],
  [/^Amazon/, 'amzn'],
  [/^Fedora/, 'fedora'],
];

/**
 * Which distribution this is. EL6 has no os-release; /etc/redhat-release is also the more exact one on EL7 (7.6.1810, not 7).
 * Oracle Linux writes Red Hat's name into /etc/redhat-release, so its own file decides (the probe puts `oracle` in front).
 */
export function parseSystem(sections: Sections): SystemFacts {
  const os = osRelease(sections);
  const line = lineOf(sections, 'release') ?? '';
  const oracle = line.startsWith('oracle');
  const release = line.replace(/^oracle ?/, '');
  const exact = /release (\d+(?:\.\d+)*)/.exec(release)?.[1];
  const id = oracle ? 'ol' : (os.get('ID') ?? RELEASE_IDS.find(([name]) => name.test(release))?.[1] ?? 'unknown');
  const version = exact ?? os.get('VERSION_ID') ?? '';
  return {
    id: id.toLowerCase(),
    version,
    major: Number.parseInt(version, 10) || 0,
    name: (release === '' ? os.get('PRETTY_NAME') : oracle ? `Oracle Linux ${version}` : release) ?? 'unknown',
  };
}

function osRelease(sections: Sections): ReadonlyMap<string, string> {
  const pairs = linesOf(sections, 'osrelease').flatMap((line) => {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', clean(match[2] ?? match[3] ?? match[4] ?? '', 100)] as const];
  });
  return new Map(pairs.filter(([, value]) => value !== ''));
}

/** The container technology, by the first sign found; `none` is systemd-detect-virt's word for no container. */
export const parseContainer = (sections: Sections): string | undefined => linesOf(sections, 'container').find((word) => word !== 'none');
