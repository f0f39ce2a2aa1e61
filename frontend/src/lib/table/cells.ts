// Moving between cells, and what is selected: without a browser.

export type CellAt = { readonly row: number; readonly column: number }
export type Selection = { readonly from: CellAt; readonly to: CellAt }

/** The head is the row before the first. */
export const HEAD = -1

type Grid = { readonly rows: number; readonly columns: number; readonly perPage: number }
type Key = { readonly key: string; readonly ctrl: boolean }

const within = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most)

/** Where a key leads from a cell; `null` for a key that does not move. */
export function moved(from: CellAt, { key, ctrl }: Key, { rows, columns, perPage }: Grid): CellAt | null {
  const to = (row: number, column: number): CellAt => ({
    row: within(row, HEAD, rows - 1),
    column: within(column, 0, columns - 1),
  })
  switch (key) {
    case 'ArrowUp':
      return to(ctrl ? 0 : from.row - 1, from.column)
    case 'ArrowDown':
      return to(ctrl ? rows - 1 : from.row + 1, from.column)
    case 'ArrowLeft':
      return to(from.row, ctrl ? 0 : from.column - 1)
    case 'ArrowRight':
      return to(from.row, ctrl ? columns - 1 : from.column + 1)
    case 'PageUp':
      return to(Math.max(0, from.row - perPage), from.column)
    case 'PageDown':
      return to(from.row + perPage, from.column)
    case 'Home':
      return to(ctrl ? 0 : from.row, 0)
    case 'End':
      return to(ctrl ? rows - 1 : from.row, columns - 1)
    default:
      return null
  }
}

/** The corners in order: from the upper left to the lower right. */
export const rectangle = ({ from, to }: Selection): Selection => ({
  from: { row: Math.min(from.row, to.row), column: Math.min(from.column, to.column) },
  to: { row: Math.max(from.row, to.row), column: Math.max(from.column, to.column) },
})

// A cell with a tab or a line end in it is quoted, as spreadsheets do.
const quoted = (text: string) => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The selected cells as a spreadsheet takes them. Rows that are not here are left out. */
export function asText(
  selection: Selection,
  textAt: (row: number, column: number) => string | undefined,
): string {
  const { from, to } = rectangle(selection)
  const isOne = from.row === to.row && from.column === to.column
  if (isOne) return textAt(from.row, from.column) ?? ''
  const lines: string[] = []
  for (let row = from.row; row <= to.row; row += 1) {
    const cells: string[] = []
    for (let column = from.column; column <= to.column; column += 1)
      cells.push(quoted(textAt(row, column) ?? ''))
    if (textAt(row, from.column) !== undefined) lines.push(cells.join('\t'))
  }
  return lines.join('\n')
}

export const cellCount = (selection: Selection): number => {
  const { from, to } = rectangle(selection)
  return (to.row - from.row + 1) * (to.column - from.column + 1)
}
