import { expect, test } from 'vitest';
import { lineRate } from '../../../../src/ui/logPanel/rate';

test('what a log held before is no rate; what comes then is, also after it was cleared', () => {
  const rate = lineRate();
  rate.restart(0);
  expect([100, 1900].map((at) => rate.perSecond(at, 2000))).toEqual([undefined, undefined]);
  expect(rate.perSecond(2000, 2000)).toBeUndefined();
  expect(rate.perSecond(3000, 2042)).toBe(42);
  expect(rate.perSecond(3200, 2050)).toBe(42);
  expect(rate.perSecond(5000, 2082)).toBe(20);
  expect(rate.perSecond(5200, 1)).toBe(20);
  expect(rate.perSecond(6200, 11)).toBe(10);
  rate.restart(7000);
  expect(rate.perSecond(7100, 5000)).toBeUndefined();
});
