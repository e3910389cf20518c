/** The rows that are selected: from where a person began to where they are. */
export interface Selection {
  readonly anchor: number;
  readonly cursor: number;
}

/** The selection after a person went to a row; with `extend` it grows from where it began. */
export const selectTo = (selection: Selection | undefined, row: number, extend: boolean): Selection => ({
  anchor: extend ? (selection?.anchor ?? row) : row,
  cursor: row,
});

export function isSelected(selection: Selection | undefined, row: number): boolean {
  if (selection === undefined) return false;
  const { anchor, cursor } = selection;
  return row >= Math.min(anchor, cursor) && row <= Math.max(anchor, cursor);
}
