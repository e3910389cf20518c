import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { problemOf } from '../../../src/core/problem';
import { openScript } from '../../../src/engine/runScript';
import type { Prompts, Session } from '../../../src/engine/ports';
import { localSession } from './localSession';

const folder = mkdtempSync(join(tmpdir(), 'toa-sudo-'));
afterAll(() => rmSync(folder, { recursive: true }));
const signal = new AbortController().signal;

/** What becomes of a password where sudo, after its prompt, does as `then` says. */
async function outcome(then: string): Promise<{ problem: string; refused: number }> {
  writeFileSync(join(folder, 'sudo'), `#!/bin/sh\nprintf %s "$4" >&2\nread -r _\n${then}\n`);
  chmodSync(join(folder, 'sudo'), 0o755);
  const local = localSession();
  const session: Session = {
    ...local,
    open: (command, options) => local.open(`PATH=${folder}:$PATH; export PATH; ${command}`, options),
  };
  let refused = 0;
  const prompts: Prompts = {
    trustHostKey: () => Promise.resolve(false),
    touch: () => undefined,
    secret: () => Promise.resolve('stored'),
    refused: () => {
      refused++;
      return Promise.resolve();
    },
  };
  const opened = openScript(session, 'echo root', { as: { sudo: 'password', prompts }, signal });
  return {
    problem: await opened.then(
      () => 'none',
      (error: unknown) => problemOf(error).code,
    ),
    refused,
  };
}

it.each([
  ['asks again', `printf %s "$4" >&2\nread -r _\nexit 1`, 'sudoPasswordWrong', 1],
  ['ends at once, as passwd_tries=1 wants it', `echo 'sudo: 1 incorrect password attempt' >&2\nexit 1`, 'sudoPasswordWrong', 1],
  ['takes it, and the user may not', `echo 'me is not in the sudoers file.' >&2\nexit 1`, 'sudoNotAllowed', 0],
])('a password that sudo refuses is dropped from storage, another is kept: sudo %s', async (_name, then, problem, refused) => {
  expect(await outcome(then)).toEqual({ problem, refused });
});
