import { l10n, window } from 'vscode';
import { COLUMNS, type Column, type PanelLook } from '../../shared/panelLook';

/** The name of a column, as its head has it. */
export function columnText(column: Column | 'address' | 'request'): string {
  switch (column) {
    case 'host':
      return l10n.t('Host');
    case 'time':
      return l10n.t('Time');
    case 'address':
      return l10n.t('Address');
    case 'method':
      return l10n.t('Method');
    case 'request':
      return l10n.t('Request');
    case 'status':
      return l10n.t('Status');
    case 'bytes':
      return l10n.t('Bytes');
  }
}

/** Asks which columns are to be shown; the address and the request always are. */
export async function columnsFlow(look: PanelLook, merged: boolean): Promise<PanelLook | undefined> {
  const offered = COLUMNS.filter((column) => column !== 'host' || merged);
  const items = offered.map((column) => ({ label: columnText(column), column, picked: !look.without.includes(column) }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Columns'),
    placeHolder: l10n.t('Address and request are always shown'),
    canPickMany: true,
  });
  if (chosen === undefined) return undefined;
  const kept = look.without.filter((column) => !offered.includes(column));
  return { ...look, without: [...kept, ...offered.filter((column) => !chosen.some((item) => item.column === column))] };
}
