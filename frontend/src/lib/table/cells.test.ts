import { describe, expect, it } from 'vitest'
import { asText, cellCount, HEAD, moved, rectangle } from './cells'

const GRID = { rows: 100, columns: 5, perPage: 20 }
const press = (key: string, row: number, column: number, ctrl = false) =>
  moved({ row, column }, { key, ctrl }, GRID)

describe('keys', () => {
  it('move by one, by a page, and to the ends', () => {
    expect(press('ArrowDown', 0, 0)).toEqual({ row: 1, column: 0 })
    expect(press('PageDown', 90, 2)).toEqual({ row: 99, column: 2 })
    expect(press('End', 3, 0)).toEqual({ row: 3, column: 4 })
    expect(press('End', 3, 0, true)).toEqual({ row: 99, column: 4 })
    expect(press('Home', 50, 3, true)).toEqual({ row: 0, column: 0 })
  })

  it('reach the head and stop there', () => {
    expect(press('ArrowUp', 0, 1)).toEqual({ row: HEAD, column: 1 })
    expect(press('ArrowUp', HEAD, 1)).toEqual({ row: HEAD, column: 1 })
    expect(press('PageUp', 5, 1)).toEqual({ row: 0, column: 1 })
  })

  it('that do not move are left to others', () => {
    expect(press('a', 0, 0)).toBeNull()
  })
})

describe('copying', () => {
  const cells = [
    ['a', 'b\tc'],
    ['d', 'e "f"'],
  ]
  const textAt = (row: number, column: number) => cells[row]?.[column]
  const at = (row: number, column: number) => ({ row, column })

  it('gives one cell as it is', () => {
    expect(asText({ from: at(0, 1), to: at(0, 1) }, textAt)).toBe('b\tc')
  })

  it('gives many as a spreadsheet takes them, whichever corner was first', () => {
    expect(asText({ from: at(1, 1), to: at(0, 0) }, textAt)).toBe('a\t"b\tc"\nd\t"e ""f"""')
  })

  it('leaves out rows that are not here', () => {
    expect(asText({ from: at(0, 0), to: at(5, 0) }, textAt)).toBe('a\nd')
  })

  it('counts a rectangle', () => {
    expect(cellCount({ from: at(4, 2), to: at(2, 1) })).toBe(6)
    expect(rectangle({ from: at(4, 1), to: at(2, 3) })).toEqual({ from: at(2, 1), to: at(4, 3) })
  })
})
