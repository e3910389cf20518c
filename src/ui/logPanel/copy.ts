import { env, l10n, window } from 'vscode';
import { MARK } from '../../engine/logBuffer';
import { lineText } from '../../engine/logBufferText';
import type { LogView } from '../../engine/logBufferView';
import type { FromPanel } from '../../shared/protocol';
import type { PanelLines } from './lines';
import { readLine } from './rows';

/** More lines are exported to a file, not put into the clipboard. */
const MOST_LINES = 20_000;

/** Copies lines of the view as they are in the log, or a line's address. */
export async function copyLines(
  { lines, origin }: PanelLines,
  view: LogView,
  { what, from, to }: Pick<FromPanel & { type: 'copy' }, 'what' | 'from' | 'to'>,
): Promise<void> {
  if (what === 'address') {
    const kept = lines.get(from);
    const address = kept === undefined ? undefined : readLine(kept, origin(kept.source).format).address;
    if (address !== undefined) await env.clipboard.writeText(address);
    return;
  }
  const [first, last] = [view.row(Math.min(from, to)), view.row(Math.max(from, to))];
  const texts: string[] = [];
  for (let row = first; row <= Math.min(last, first + MOST_LINES - 1); row++) {
    const line = view.line(row);
    const kept = line === undefined ? undefined : lines.get(line);
    if (kept !== undefined && kept.code !== MARK) texts.push(lineText(kept.bytes));
  }
  if (texts.length === 0) return;
  await env.clipboard.writeText(texts.join('\n'));
  if (last - first >= MOST_LINES) {
    void window.setStatusBarMessage(l10n.t('Copied the first {0} lines. Export takes all of them.', MOST_LINES), 10_000);
  }
}
