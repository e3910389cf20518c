import { linesOf, numberOf, type Sections } from './sections';

/** What rpm answered about installed packages and the running kernel's owner. */
export interface Packages {
  /** False: it did not answer, or not on all that was asked; then there are no releases and no owner. */
  readonly read: boolean;
  /** `version-release.arch` of each installed package of a name, in rpm's order. */
  readonly releases: (name: string) => readonly string[];
  /** The package that owns the running kernel's image; undefined: none does, or not read. */
  readonly owner: string | undefined;
}

/** What probe.sh asks `rpm -q` for. */
const ASKED = ['kernel', 'kernel-firmware', 'yum'];

/**
 * rpm's answers, each under a line `status <exit status>`. `rpm -q` exits with the number of names that are not installed;
 * above that it was ended (124 timeout, 137 killed). Errors come before answers that must then not be believed: without its
 * database rpm 4.18 says `error: cannot open Packages database in …` and then `package kernel is not installed`.
 */
export function parsePackages(sections: Sections): Packages {
  const query = answerOf(sections, 'packages');
  const owner = answerOf(sections, 'owner');
  const releases = (name: string): readonly string[] =>
    query.lines.flatMap((line) => {
      const [found, release, more] = line.split(' ');
      return found === name && release !== undefined && more === undefined ? [release] : [];
    });
  const isAnswered = (name: string): boolean => releases(name).length > 0 || query.lines.includes(`package ${name} is not installed`);
  const queryRead = query.status <= ASKED.length && ASKED.every(isAnswered) && !query.lines.some(isError);
  const named = owner.status === 0 ? owner.lines.find((line) => !line.includes(' ')) : undefined;
  const nobodys = owner.status === 1 && owner.lines.some((line) => NOT_OWNED.test(line));
  const ownerRead = (named !== undefined || nobodys) && !owner.lines.some((line) => isError(line) && !NOT_OWNED.test(line));
  const read = queryRead && ownerRead;
  return { read, releases: read ? releases : () => [], owner: read ? named : undefined };
}

/** rpm's own errors, and those of Berkeley DB under it (el6, el7). */
const isError = (line: string): boolean => /^(error|rpmdb|BDB\d+)\b/.test(line);

/** "file … is not owned by any package" and "error: file …: No such file or directory". */
const NOT_OWNED = /^(?:error: )?file \/boot\/vmlinuz-\S+(?: is not owned by any package|: No such file or directory)$/;

function answerOf(sections: Sections, name: string): { readonly status: number; readonly lines: readonly string[] } {
  const [first = '', ...lines] = linesOf(sections, name);
  return { status: numberOf(/^status (\d{1,3})$/.exec(first)?.[1]) ?? Infinity, lines };
}
