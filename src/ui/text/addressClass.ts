import { l10n } from 'vscode';
import type { AddressClass } from '../../shared/address';

/** Name of a class of addresses. */
export function addressClassText(addressClass: AddressClass): string {
  switch (addressClass) {
    case 'visitor':
      return l10n.t('Visitors');
    case 'origin':
      return l10n.t('Back-to-origin');
    case 'private':
      return l10n.t('Private');
    case 'public':
      return l10n.t('Public, not classed');
    case 'unparsed':
      return l10n.t('Unparsed');
  }
}

/** The order in which classes are listed. */
export const ADDRESS_CLASSES: readonly AddressClass[] = ['visitor', 'origin', 'private', 'public', 'unparsed'];
