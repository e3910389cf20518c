import { expect, it } from 'vitest';
import { journalEvents } from '../../../../src/core/install/journal';

it.each([
  ['==M start installKernel 1700000000', [{ kind: 'start', step: 'installKernel', at: 1_700_000_000_000 }]],
  ['==M end installKernel 1 1700000001', [{ kind: 'end', step: 'installKernel', exit: 1, at: 1_700_000_001_000 }]],
  ['==M result 0', [{ kind: 'result', exit: 0 }]],
  ['==M result busy', [{ kind: 'result', exit: 'busy' }]],
  ['==M lost', [{ kind: 'lost' }]],
  ['==M adopt N', [{ kind: 'adopt', mark: 'N' }]],
  ['==M changed bootId', [{ kind: 'mark', text: 'changed bootId' }]],
  [
    'no line feed==M result 3',
    [
      { kind: 'output', text: 'no line feed' },
      { kind: 'result', exit: 3 },
    ],
  ],
  ['==N result 0', [{ kind: 'output', text: '==N result 0' }]],
  ['', [{ kind: 'output', text: '' }]],
])('%s', (line, events) => {
  expect(journalEvents(line, 'M')).toEqual(events);
});
