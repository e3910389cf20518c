import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `done`, asked again after `pause` ms; rejects after `seconds` with the end of the console's text. */
export async function within(
  seconds: number,
  what: string,
  serial: () => Promise<string>,
  done: () => Promise<boolean>,
  pause = 250,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`The VM: no ${what} in ${seconds} s. Its console:\n${(await serial()).slice(-2000)}`);
    await sleep(pause);
  }
}
