import { l10n } from 'vscode';
import type { FilterProblem } from '../../core/log/filter/filter';
import { plain } from './hostile';

/** What is wrong with a filter or a search, as it stands at its field. */
export function filterProblemText({ code, value, detail }: FilterProblem): string {
  switch (code) {
    case 'quote':
      return l10n.t('A quote is not closed.');
    case 'empty':
      return value === '' ? l10n.t('There is nothing between the quotes.') : l10n.t('Nothing stands after {0}:', value);
    case 'class':
      return l10n.t('There is no class {0}. Classes: visitor, back-to-origin, private, public, unparsed.', plain(value, 60));
    case 'address':
      return l10n.t('{0} is neither an address nor a range such as 203.0.113.0/24.', plain(value, 60));
    case 'status':
      return l10n.t('{0} is no status such as 404, 4xx or 500-599.', plain(value, 60));
    case 'regex':
      return l10n.t('Not a regular expression (RE2): {0}', plain(detail ?? value, 120));
  }
}
