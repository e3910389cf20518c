import { describe, expect, it } from 'vitest';
import { parseFilter, type Candidate } from '../../../../src/core/log/filter/filter';
import { compilePattern } from '../../../../src/core/log/filter/pattern';
import { parseLine } from '../../../../src/core/log/parse';
import { canonicalAddress, type AddressClass } from '../../../../src/shared/address';

const text = (address: string, request: string, status: number): string =>
  `${address} - - [14/May/2024:14:05:23 +0000] "${request} HTTP/1.1" ${status} 1 "-" "Agent"`;
const candidate = (line: string, addressClass: AddressClass = 'visitor', host = 'web-01'): Candidate => ({
  addressClass,
  host,
  text: () => line,
  fields: () => parseLine(line, 'common'),
  address: () => canonicalAddress(line.split(' ', 1)[0] ?? ''),
});

const LINES = [
  candidate(text('203.0.113.9', 'GET /api/cart?a=1', 200)),
  candidate(text('192.0.2.1', 'POST /login', 401), 'origin', 'web-02'),
  candidate(text('10.0.0.1', 'GET /healthz', 503), 'private'),
  candidate('junk "quoted words" here', 'unparsed'),
  candidate(text('2001:db8::5', 'GET /API/x', 302)),
];

/** Which of the lines pass. */
function passing(filter: string, regex = false): number[] | string {
  const parsed = parseFilter({ text: filter, regex });
  if ('problem' in parsed) return parsed.problem.code;
  return LINES.flatMap((line, i) => (parsed.test?.(line) === false ? [] : [i]));
}

describe('parseFilter', () => {
  it.each<[string, number[] | string]>([
    ['', [0, 1, 2, 3, 4]],
    ['   ', [0, 1, 2, 3, 4]],
    ['-', [0, 1, 2, 3, 4]],
    ['/api', [0, 4]],
    ['get /api', [0, 4]],
    ['"GET /api/cart"', [0]],
    ['"quoted words"', [3]],
    ['"\\"quoted', 'quote'],
    ['"\\"quoted"', [3]],
    ['-agent', [3]],
    ['class:visitor', [0, 4]],
    ['class:back-to-origin,private', [1, 2]],
    ['class:Visitors', [0, 4]],
    ['class:other', 'class'],
    ['address:203.0.113.0/24', [0]],
    ['address:192.0.2.1,2001:db8::/32', [1, 4]],
    ['-address:0.0.0.0/0', [3, 4]],
    ['address:203.0.113', 'address'],
    ['address:', 'empty'],
    ['status:4xx', [1]],
    ['status:500-599', [2]],
    ['status:200,302', [0, 4]],
    ['status:4', 'status'],
    ['status:4xx-', 'status'],
    ['method:post', [1]],
    ['path:/api status:302', [4]],
    ['path:agent', []],
    ['host:WEB-02', [1]],
    ['host:web-01 -status:200', [2, 3, 4]],
    ['http:x', []],
    ['"', 'quote'],
    ['1" 401', [1]],
  ])('%s', (filter, expected) => {
    expect(passing(filter)).toEqual(expected);
  });

  it.each<[string, number[] | string]>([
    ['^10\\.', [2]],
    ['/(cart|login)', [0, 1]],
    ['"GET /API/\\w" -path:cart', [4]],
    ['status:2xx cart$', []],
    ['(', 'regex'],
    ['(?=x)', 'regex'],
    ['(a)\\1', 'regex'],
    ['x'.repeat(501), 'regex'],
  ])('as a regular expression: %s', (filter, expected) => {
    expect(passing(filter, true)).toEqual(expected);
  });
});

describe('compilePattern', () => {
  it.each(['(a+)+$', '(a|aa)+$', '(a|a?)+$', '(.*a){20}b', '(\\w+\\s?)*$!', '([a-z]+)*!'])('stays linear with %s', (pattern) => {
    const compiled = compilePattern(pattern);
    if ('problem' in compiled) throw new Error(compiled.problem);
    // A backtracking engine would need longer than the universe has for this.
    expect(compiled.test(`${'a'.repeat(50_000)}\u0000`)).toBeTypeOf('boolean');
  });
});
