/**
 * How the files of one log are named, so that a shell can list them as `"$stem"[-.0-9]*"$tail"*`: those before it (`access.log.1`,
 * `access.log-20240514.gz`), and where the name itself holds the day (Tomcat's `localhost_access_log.2024-05-14.txt`) also those after it.
 */
export interface LogNames {
  readonly stem: string;
  readonly tail: string;
  /** A new file with another name begins each day. */
  readonly dated: boolean;
}

const DAY = /(?:19|20)\d\d([-_.]?)(?:0\d|1[0-2])\1(?:[0-2]\d|3[01])/;

/** Reads the names from an absolute path; a day in a folder's name is none of the log's. */
export function logNames(path: string): LogNames {
  const folder = path.lastIndexOf('/') + 1;
  const base = path.slice(folder);
  const day = DAY.exec(base);
  // A day behind the extension is a rotated file's own, not the log's.
  if (day === null || !/\.[a-z]+$/i.test(base.slice(day.index + day[0].length))) return { stem: path, tail: '', dated: false };
  return { stem: path.slice(0, folder + day.index), tail: base.slice(day.index + day[0].length), dated: true };
}

/** True if the path is a pattern of the shell's (`*`, `?`, `[…]`): the newest file that matches is the log. */
export const isPattern = (path: string): boolean => /[*?[]/.test(path);

/** What stands between a log's name and that of an older file of it. */
const ROTATED = /^[-.]\d[-.\d]*$/;

/**
 * Of the files that a pattern matches, newest first, those that are logs of their own: without what rotation has left of another
 * one of them, and without the days before the newest of a log whose names hold the day.
 */
export function withoutOlder(paths: readonly string[]): readonly string[] {
  const days = new Set<string>();
  return paths.filter((path) => {
    const { stem, tail, dated } = logNames(path);
    const key = `${stem}\n${tail}`;
    if (dated && days.has(key)) return false;
    if (dated) days.add(key);
    return !paths.some((other) => path.startsWith(other) && ROTATED.test(path.slice(other.length)));
  });
}
