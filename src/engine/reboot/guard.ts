import defaults from '../../remote/default.sh';
import guard from '../../remote/guard.sh';
import home from '../../remote/home.sh';
import once from '../../remote/once.sh';
import trial from '../../remote/trial.sh';
import watchdog from '../../remote/watchdog.sh';
import words from '../../remote/words.sh';

/** The guard as it is installed on a host: a script that needs nothing of ours beside it. */
export const guardText = (): string =>
  ['#!/bin/sh', 'toa_mark=guard', home, words, defaults, once, trial, watchdog, guard].map((text) => text.trim()).join('\n\n');
