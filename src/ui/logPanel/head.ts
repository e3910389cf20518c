import { basename } from 'node:path/posix';
import { l10n } from 'vscode';
import type { PanelHead } from '../../shared/protocol';
import type { PanelSource } from './source';

/** What stands at the top of a panel. */
export function panelHead(sources: readonly PanelSource[]): PanelHead {
  const names = sources.map((source) => source.hostName());
  const paths = [...new Set(sources.map(({ log }) => log.path))];
  const [path = ''] = paths;
  const [name = ''] = names;
  if (sources.length === 1) return { host: name, group: sources[0]?.view()?.host.group ?? '', path, sources: names };
  return {
    host: l10n.t('{0} hosts, merged by time', sources.length),
    group: '',
    path: paths.length === 1 ? path : [...new Set(paths.map((one) => basename(one)))].join(', '),
    sources: names,
  };
}
