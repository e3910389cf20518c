import type { StepId } from '../plan';

/** One thing that the journal of a run says. */
export type JournalEvent =
  | { readonly kind: 'start'; readonly step: StepId; readonly at: number }
  | { readonly kind: 'end'; readonly step: StepId; readonly exit: number; readonly at: number }
  | { readonly kind: 'mark'; readonly text: string }
  | { readonly kind: 'result'; readonly exit: number | 'busy' }
  | { readonly kind: 'refused'; readonly text: string }
  /** It has not begun: no room for its record on this filesystem. */
  | { readonly kind: 'noRoom'; readonly where: string }
  | { readonly kind: 'absent' | 'lost' }
  /** The journal's own mark, where the follower did not know it: whoever started the run had made it up. */
  | { readonly kind: 'adopt'; readonly mark: string }
  | { readonly kind: 'output'; readonly text: string };

/**
 * What one line of a journal says. Only what follows the run's own mark is ours; what a tool printed before it without a
 * line feed, and every other line, is output.
 */
export function journalEvents(line: string, mark: string): readonly JournalEvent[] {
  const prefix = `==${mark} `;
  const at = line.indexOf(prefix);
  if (at < 0) return [{ kind: 'output', text: line }];
  const ours = markedEvent(line.slice(at + prefix.length).trim());
  return at === 0 ? [ours] : [{ kind: 'output', text: line.slice(0, at) }, ours];
}

function markedEvent(text: string): JournalEvent {
  const [word = '', ...rest] = text.split(' ');
  const milliseconds = (seconds: string | undefined): number => Number(seconds ?? 0) * 1000;
  switch (word) {
    case 'start':
      return { kind: 'start', step: rest[0] as StepId, at: milliseconds(rest[1]) };
    case 'end':
      return { kind: 'end', step: rest[0] as StepId, exit: Number(rest[1]), at: milliseconds(rest[2]) };
    case 'result':
      return { kind: 'result', exit: rest[0] === 'busy' ? 'busy' : Number(rest[0]) };
    case 'absent':
    case 'lost':
      return { kind: word };
    case 'adopt':
      return { kind: 'adopt', mark: rest[0] ?? '' };
    case 'refused':
      return { kind: 'refused', text: rest.join(' ') };
    case 'noRoom':
      return { kind: 'noRoom', where: rest.join(' ') };
    default:
      return { kind: 'mark', text };
  }
}
