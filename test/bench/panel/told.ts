import type { Frame } from 'playwright-core';

/** A number of the panel's footer, such as that of `{n} dropped`; 0 where it is not said. */
export const told = async (frame: Frame, pattern: RegExp): Promise<number> =>
  Number((pattern.exec(await frame.locator('.foot').innerText())?.[1] ?? '0').replaceAll(',', ''));
