import { expect, it } from 'vitest'
import { exportPath } from './exports'

it('streams a run in its own format, or as wished', () => {
  expect(exportPath('a1', { format: null, provenance: false, neutralise: false })).toBe('/v1/runs/a1/export')
  expect(exportPath('a1', { format: 'xlsx', provenance: true, neutralise: true })).toBe(
    '/v1/runs/a1/export?format=xlsx&provenance=true&neutralise=true',
  )
})
