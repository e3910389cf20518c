import defaults from '../../remote/default.sh';
import home from '../../remote/home.sh';
import repair from '../../remote/repair.sh';
import tool from '../../remote/tool.sh';
import words from '../../remote/words.sh';
import type { PlanStep } from '../plan';

/**
 * Steps as one script: the words it is written in, then each step as a function, then the steps in order. What an earlier
 * run has left owed is paid before the first of them.
 */
export function installScript(title: string, steps: readonly PlanStep[]): string {
  const functions = steps.map((step) => `${step.id}() {\n${step.commands}\n}`);
  const calls = steps.map((step) => `step ${step.id}`);
  const library = [home, words, defaults, tool, repair].map((text) => text.trim());
  const first = `#!/bin/sh\n# ${title.replace(/[^\x20-\x7e]/g, '?')}`;
  return [first, ...library, functions.join('\n'), ['pay_owed || exit "$UNPAID"', ...calls, ''].join('\n')].join('\n\n');
}
