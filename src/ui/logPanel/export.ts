import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { commands, l10n, ProgressLocation, Uri, window, workspace, type Progress } from 'vscode';
import { CSV_HEAD, csvLine, jsonLine } from '../../core/log/exportLine';
import { MARK } from '../../engine/logBuffer';
import type { LogView } from '../../engine/logBufferView';
import type { KeptLine } from '../../engine/logLines';
import { count } from '../text/amount';
import { plain } from '../text/hostile';
import type { PanelLines } from './lines';
import { readLine } from './rows';

type Kind = 'log' | 'csv' | 'ndjson';

/** Lines between two breaths: the extension host is not ours alone. */
const CHUNK = 500;

/** Asks for a format and a file, and writes what passes the filter, from the oldest line that is kept to the newest of now. */
export async function exportFlow(all: PanelLines, view: LogView): Promise<void> {
  const kinds: readonly { readonly label: string; readonly description: string; readonly format: Kind }[] = [
    { label: l10n.t('Text'), description: l10n.t('the lines as they are in the log'), format: 'log' },
    { label: 'CSV', description: l10n.t('for spreadsheets; formulas are made harmless'), format: 'csv' },
    { label: 'NDJSON', description: l10n.t('one JSON object a line'), format: 'ndjson' },
  ];
  const title = l10n.t('Export {0} lines', count(view.end - view.base));
  const chosen = await window.showQuickPick(kinds, { title });
  if (chosen === undefined) return;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const name = `${all.sources
    .map((source) => source.hostName().replace(/[^\w.-]/g, '_'))
    .slice(0, 3)
    .join('+')}-access.${chosen.format}`;
  const file = await window.showSaveDialog({ title, ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, name) }) });
  if (file === undefined) return;
  const stop = new AbortController();
  const shown = plain(file.path, 200);
  await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Exporting to {0}', shown), cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      try {
        const { written, missed } = await write(file, exported(all, view, chosen.format, progress), stop.signal);
        void said(file, shown, written, missed);
      } catch (error) {
        if (stop.signal.aborted) return;
        void window.showErrorMessage(
          l10n.t('{0} could not be written: {1}', shown, plain(error instanceof Error ? error.message : String(error))),
        );
      }
    },
  );
}

async function said(file: Uri, shown: string, written: number, missed: number): Promise<void> {
  const open = l10n.t('Open File');
  const told = l10n.t('{0} lines exported to {1}.', count(written), shown);
  const more = missed === 0 ? '' : ` ${l10n.t('{0} were dropped from the buffer meanwhile.', count(missed))}`;
  if ((await window.showInformationMessage(told + more, open)) === open) await commands.executeCommand('vscode.open', file);
}

interface Tally {
  written: number;
  missed: number;
}

/** The lines in their format, a chunk at a time. */
async function* exported(
  all: PanelLines,
  view: LogView,
  kind: Kind,
  progress: Progress<{ readonly increment: number; readonly message: string }>,
): AsyncGenerator<Buffer, Tally> {
  const tally = { written: 0, missed: 0 };
  while (view.left > 0) {
    view.update(5);
    await breathe();
  }
  const [from, to] = [view.base, view.end];
  if (kind === 'csv') yield Buffer.from(CSV_HEAD);
  for (let row = from; row < to; row += CHUNK) {
    const parts: Uint8Array[] = [];
    for (let one = row; one < Math.min(to, row + CHUNK); one++) {
      const line = view.line(one);
      const kept = line === undefined ? undefined : all.lines.get(line);
      if (kept === undefined) tally.missed++;
      else if (kept.code !== MARK) {
        parts.push(...bytesOf(kept, all, kind));
        tally.written++;
      }
    }
    yield Buffer.concat(parts);
    progress.report({ increment: (100 * CHUNK) / Math.max(1, to - from), message: count(tally.written) });
    await breathe();
  }
  return tally;
}

const NEWLINE = Buffer.from('\n');

function bytesOf(kept: KeptLine, { origin }: PanelLines, kind: Kind): Uint8Array[] {
  if (kind === 'log') return [kept.bytes, NEWLINE];
  const { format, host } = origin(kept.source);
  const { text, class: addressClass, address, fields } = readLine(kept, format);
  const line = { ...fields, ...(address === undefined ? {} : { address }), host, class: addressClass, line: text };
  return [Buffer.from(kind === 'csv' ? csvLine(line) : jsonLine(line))];
}

/** Streams to a file of this machine; elsewhere (a virtual file system) the editor takes the whole at once. A file that was cut off is removed. */
async function write(file: Uri, chunks: AsyncGenerator<Buffer, Tally>, signal: AbortSignal): Promise<Tally> {
  let tally: Tally = { written: 0, missed: 0 };
  const bytes = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) {
        tally = next.value;
        return;
      }
      yield next.value;
    }
  };
  if (file.scheme !== 'file') {
    const parts: Buffer[] = [];
    for await (const part of bytes()) {
      signal.throwIfAborted();
      parts.push(part);
    }
    await workspace.fs.writeFile(file, Buffer.concat(parts));
    return tally;
  }
  try {
    await pipeline(Readable.from(bytes()), createWriteStream(file.fsPath), { signal });
  } catch (error) {
    await rm(file.fsPath, { force: true }).catch(() => undefined);
    throw error;
  }
  return tally;
}
