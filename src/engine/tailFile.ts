import { isPattern, logNames } from '../core/log/rotation';
import { HostError, type Problem } from '../core/problem';
import { quote } from '../core/shell';
import follow from '../remote/follow.sh';
import type { TailOptions } from './tailLog';
import { lineAssembler, type ResumePoint } from './tailLogLines';
import { followReader, type FollowMark } from './tailLogMarks';
import type { TailSource } from './tailSource';

/** A log file, or the newest that a pattern matches, with those that rotation puts in its place. */
export function tailFile(options: Pick<TailOptions, 'path' | 'back' | 'host' | 'onLines' | 'onMark'>): TailSource {
  const lines = lineAssembler(options.onLines);
  return {
    by: 'offset',
    resumable: () => lines.resumePoint().from !== '',
    script: (word) => {
      lines.restart();
      return followScript(options, word, lines.resumePoint());
    },
    reader: (word, heard) =>
      followReader(word, lines.bytes, (mark: FollowMark) => {
        if (mark.kind === 'end') throw new HostError(ended(mark.why, options.path), options.host);
        if (mark.kind === 'at' || mark.kind === 'old') lines.at(mark);
        else if (mark.kind === 'void') lines.discard();
        else if (mark.kind === 'sure') lines.sure();
        else if (mark.kind !== 'alive') options.onMark(mark.kind === 'gap' ? { ...mark, seconds: heard.seconds() } : mark);
        heard.alive();
      }),
  };
}

/** Why the host's end has ended, as a problem. */
export const ended = (why: Extract<FollowMark, { kind: 'end' }>['why'], path: string): Problem =>
  why === 'ended' ? { code: 'connectionLost', reason: 'follower ended' } : { code: 'logUnreadable', path, reason: why };

/** The script of one connection. A log whose name holds the day, or that is named by a pattern, goes on in its next file. */
function followScript({ path, back }: Pick<TailOptions, 'path' | 'back'>, word: string, { from, late }: ResumePoint): string {
  const { stem, tail, dated } = logNames(path);
  const literal = (text: string): string => text.replace(/[\\*?[]/g, '\\$&');
  const words = {
    toa_log: path,
    toa_back: String(back),
    toa_nonce: word,
    toa_stem: isPattern(path) ? path.slice(0, path.search(/[*?[]/)) : stem,
    toa_tail: tail,
    toa_next: isPattern(path) ? path : dated ? `${literal(stem)}[12][0-9][0-9][0-9]*${literal(tail)}` : '',
    toa_from: from,
    toa_late: late,
  };
  const set = Object.entries(words).map(([name, value]) => `${name}=${quote(value)}`);
  return `${set.join(' ')}\n${follow}`;
}
