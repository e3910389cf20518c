import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { compareVersions } from '../../../../src/core/install/compareVersions';

const pairs: readonly (readonly [string, string])[] = [
  ['3.10.0-957.21.3.el7.toa', '3.10.0-957.el7'],
  ['3.10.0-957.21.3.el7.toa', '3.10.0-1160.119.1.el7'],
  ['2.6.32-696.13.2.el6.centos.plus.toa', '2.6.32-696.el6'],
  ['2.6.32-696.13.2.el6.centos.plus.toa', '2.6.32-754.35.1.el6'],
  ['1.0', '1.0'],
  ['1.0', '1.0.1'],
  ['1.a', '1.1'],
  ['1.0~rc1', '1.0'],
  ['1.010', '1.9'],
  ['5.el7', '5.el7.1'],
];

it('orders as the real rpm does', () => {
  for (const [a, b] of pairs) {
    const script = `print(rpm.vercmp('${a}','${b}'))`;
    const rpm = Number(execFileSync('rpm', ['--eval', `%{lua:${script}}`], { encoding: 'utf8' }).trim());
    expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(rpm);
    expect(Math.sign(compareVersions(b, a)), `${b} ${a}`).toBe(rpm === 0 ? 0 : -rpm);
  }
});
