import library from '../../remote/words.sh';
import type { PlanStep } from '../plan';

/** Steps as one script: the words it is written in, then each step as a function, then the steps in order. */
export function installScript(title: string, steps: readonly PlanStep[]): string {
  const functions = steps.map((step) => `${step.id}() {\n${step.commands}\n}`);
  const calls = steps.map((step) => `step ${step.id}`);
  return [`#!/bin/sh`, `# ${title.replace(/[^\x20-\x7e]/g, '?')}`, library.trimEnd(), '', ...functions, '', 'pay_owed', ...calls, ''].join(
    '\n',
  );
}
