import { basename } from 'node:path/posix';
import { l10n } from 'vscode';
import { isOneFile } from '../../core/log/logPath';
import type { PanelHead } from '../../shared/protocol';
import type { PanelSource } from './source';

/** What stands at the top of a panel. */
export function panelHead(sources: readonly PanelSource[]): PanelHead {
  const names = sourceNames(sources);
  const paths = [...new Set(sources.map(({ log }) => log.path))];
  const [path = ''] = paths;
  const [name = ''] = names;
  const countable = isCountable(sources);
  if (sources.length === 1) return { host: name, group: sources[0]?.view()?.host.group ?? '', path, sources: names, countable };
  return {
    host: l10n.t('{0} hosts, merged by time', sources.length),
    group: '',
    path: paths.length === 1 ? path : [...new Set(paths.map((one) => basename(one)))].join(', '),
    sources: names,
    countable,
  };
}

/** What tells the logs of a panel apart: their hosts' names, and the log's where a host has several. */
export function sourceNames(sources: readonly Pick<PanelSource, 'hostName' | 'logName'>[]): readonly string[] {
  const hosts = sources.map((source) => source.hostName());
  return sources.map((source, i) => {
    const host = hosts[i] ?? '';
    return hosts.filter((other) => other === host).length > 1 ? `${host} · ${source.logName()}` : host;
  });
}

/** True of a log that is one file. Several are counted one by one, each in a panel of its own. */
export const isCountable = (sources: readonly PanelSource[]): boolean =>
  sources.length === 1 && sources.every(({ log }) => isOneFile(log.path));
