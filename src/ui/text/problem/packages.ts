import { l10n } from 'vscode';
import type { Problem } from '../../../core/problem';
import { plain } from '../hostile';
import type { ProblemText } from './remedies';
import { openSetting, retry, say } from './remedies';

type PackagesProblem = Extract<
  Problem,
  { code: 'downloadFailed' | 'fileUnreadable' | 'notAnRpm' | 'hashMismatch' | 'packageUnexpected' | 'uploadCorrupt' }
>;

/** Words of what can be wrong with a package. */
export function packagesText(problem: PackagesProblem, host: string): ProblemText {
  switch (problem.code) {
    case 'downloadFailed':
      return say(
        l10n.t(
          'The package for {host} could not be fetched from {url}: {reason}. Nothing was sent to the host. Download it elsewhere and name the file in {setting}.',
          {
            host,
            url: plain(problem.url),
            reason: plain(problem.reason),
            setting: problem.setting,
          },
        ),
        openSetting(problem.setting),
        retry(),
      );
    case 'fileUnreadable':
      return say(
        l10n.t('The package file {path} for {host} cannot be read: {reason}. Check {setting}.', {
          host,
          path: plain(problem.path),
          reason: plain(problem.reason),
          setting: problem.setting,
        }),
        openSetting(problem.setting),
      );
    case 'notAnRpm':
      return say(
        l10n.t('The file for {host} is not an RPM package: {looks}. Nothing was sent to the host. Check {setting}.', {
          host,
          looks: looksLike(problem.looksLike),
          setting: problem.setting,
        }),
        openSetting(problem.setting),
      );
    case 'hashMismatch':
      return say(
        l10n.t(
          'The SHA-256 of {file} is {actual}, not the pinned {expected}. Nothing was sent to {host}. Download it again, or correct the pin.',
          {
            host,
            file: plain(problem.file),
            actual: plain(problem.actual),
            expected: plain(problem.expected),
          },
        ),
        { label: l10n.t('Download Again'), action: { do: 'retry' } },
        openSetting(problem.setting),
      );
    case 'packageUnexpected':
      return say(
        l10n.t('The package holds {actual}, {host} needs {expected}. Nothing was installed. Choose the right package.', {
          host,
          actual: plain(problem.actual),
          expected: plain(problem.expected),
        }),
        openSetting(problem.setting),
      );
    case 'uploadCorrupt':
      return say(
        l10n.t('{file} arrived on {host} with another SHA-256 than it left with. Nothing was installed. Upload it again.', {
          host,
          file: plain(problem.file),
        }),
        retry(),
      );
  }
}

function looksLike(what: Extract<Problem, { code: 'notAnRpm' }>['looksLike']): string {
  switch (what) {
    case 'html':
      return l10n.t('it begins with an HTML page');
    case 'empty':
      return l10n.t('it is empty');
    case 'truncated':
      return l10n.t('it ends too early');
    case 'other':
      return l10n.t('it does not begin as one');
  }
}
