import type { KeptLine } from '../../engine/logLines';
import type { LogFormat } from '../../shared/logEntry';
import type { PanelFilter } from '../../shared/protocol';
import { readLine } from './rows';

/** What the context menu of a row offers. */
export const LINE_ACTIONS = ['showDetails', 'copyLine', 'copyAddress', 'onlyAddress', 'withoutAddress', 'onlyStatus', 'onlyHost'] as const;
export type LineAction = (typeof LINE_ACTIONS)[number];

/** The filter with a term more, as a person would have typed it; undefined: the line has nothing to filter by. */
export function filterFor(
  action: Exclude<LineAction, 'showDetails' | 'copyLine' | 'copyAddress'>,
  kept: KeptLine,
  { format, host }: { readonly format: LogFormat; readonly host: string },
  filter: PanelFilter,
): PanelFilter | undefined {
  const { address, fields } = readLine(kept, format);
  const status = fields?.status;
  const terms = {
    onlyAddress: address === undefined ? undefined : `address:${address}`,
    withoutAddress: address === undefined ? undefined : `-address:${address}`,
    onlyStatus: status === undefined ? undefined : `status:${status}`,
    onlyHost: `host:${host}`,
  };
  const term = terms[action];
  if (term === undefined) return undefined;
  // A second address or status beside the first would let no line pass.
  const key = /^(-?\w+:)/.exec(term)?.[1] ?? '';
  const rest = filter.text.split(/\s+/).filter((word) => word !== '' && (key.startsWith('-') || !word.startsWith(key)));
  return { ...filter, text: [...rest, term].join(' ') };
}
