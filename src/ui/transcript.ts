import { window } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import type { Transcript } from '../engine/ports';
import { plainLines } from './text/hostile';

export interface TranscriptChannel extends Transcript {
  show(): void;
  dispose(): void;
}

/** One output channel for all hosts, each line with its host in front; control characters are shown as escapes. */
export function createTranscript(): TranscriptChannel {
  let channel: LogOutputChannel | undefined;
  const open = (): LogOutputChannel => (channel ??= window.createOutputChannel('TOA Hosts', { log: true }));
  return {
    line: (host, text) => {
      // What a hop does begins with its name; the last hop is the host itself, which is named already.
      const said = text.startsWith(`${host}: `) ? text.slice(host.length + 2) : text;
      for (const line of plainLines(said).replace(/\n$/, '').split('\n')) open().info(`[${host}] ${line}`);
    },
    show: () => open().show(true),
    dispose: () => channel?.dispose(),
  };
}
