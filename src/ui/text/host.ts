import { l10n } from 'vscode';
import { plain } from './hostile';

/** `web-01 (Production)`, or the name alone. */
export const inGroup = (host: { readonly name: string; readonly group?: string }): string =>
  host.group === undefined ? plain(host.name) : l10n.t('{0} ({1})', plain(host.name), plain(host.group));
