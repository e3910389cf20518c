import type { StepId } from '../plan';

/** One thing that the journal of a run says. */
export type JournalEvent =
  | { readonly kind: 'start'; readonly step: StepId; readonly at: number }
  | { readonly kind: 'end'; readonly step: StepId; readonly exit: number; readonly at: number }
  | { readonly kind: 'mark'; readonly text: string }
  | { readonly kind: 'result'; readonly exit: number | 'busy' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'absent' | 'lost' }
  | { readonly kind: 'output'; readonly text: string };

/** One line of a journal. Only lines that begin with the run's own mark are ours; the rest is what the tools printed. */
export function journalEvent(line: string, mark: string): JournalEvent {
  const prefix = `==${mark} `;
  if (!line.startsWith(prefix)) return { kind: 'output', text: line };
  const [word = '', ...rest] = line.slice(prefix.length).trim().split(' ');
  const seconds = (text: string | undefined): number => Number(text ?? 0) * 1000;
  switch (word) {
    case 'start':
      return { kind: 'start', step: rest[0] as StepId, at: seconds(rest[1]) };
    case 'end':
      return { kind: 'end', step: rest[0] as StepId, exit: Number(rest[1]), at: seconds(rest[2]) };
    case 'result':
      return { kind: 'result', exit: rest[0] === 'busy' ? 'busy' : Number(rest[0]) };
    case 'absent':
    case 'lost':
      return { kind: word };
    case 'refused':
      return { kind: 'refused', text: rest.join(' ') };
    default:
      return { kind: 'mark', text: [word, ...rest].join(' ') };
  }
}
