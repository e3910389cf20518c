import type { RowsEvents } from './rows';

/** What keys do in the list, beside its events. */
export interface RowKeys {
  readonly events: Pick<RowsEvents, 'onFind' | 'onOpen' | 'onEscape'>;
  readonly copy: () => void;
  /** A key that moves the cursor; false: it is none. */
  readonly move: (key: string, extend: boolean) => boolean;
  /** The mouse on a row; `secondary`: its menu is about to open. */
  readonly point: (row: number, how: { readonly extend: boolean; readonly secondary: boolean }) => void;
}

/** Keyboard and mouse of the list: arrows, Page, Home and End, with Shift a selection; Enter, Escape, Ctrl+C, Ctrl+F or /, F3. */
export function listen(element: HTMLElement, scroller: HTMLElement, { events, copy, move, point }: RowKeys): void {
  element.addEventListener('keydown', (event) => {
    const ctrl = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    // Text that was selected with the mouse is copied by the browser.
    if (ctrl && key === 'c' && document.getSelection()?.isCollapsed !== false) copy();
    else if ((ctrl && key === 'f') || key === '/') events.onFind();
    else if (key === 'f3') events.onFind(!event.shiftKey);
    else if (key === 'enter') events.onOpen();
    else if (key === 'escape') events.onEscape();
    else if (ctrl || event.altKey || !move(event.key, event.shiftKey)) return;
    event.preventDefault();
  });
  scroller.addEventListener('mousedown', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[role=row]') : null;
    const row = target === null ? NaN : Number(target.id.replace('row-', ''));
    if (Number.isInteger(row)) point(row, { extend: event.shiftKey, secondary: event.button !== 0 });
  });
  scroller.addEventListener('dblclick', () => events.onOpen());
}
