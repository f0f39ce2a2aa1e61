import { expect, it } from 'vitest'
import { type CompanyFilters, isFiltered, toggled, wishOf } from './filters'

const NONE: CompanyFilters = {
  q: '',
  country_code: [],
  industry: [],
  employee_range: [],
  revenue_range: [],
  sort: 'domain',
}

it('asks for what is chosen, and for a facet without its own choice', () => {
  const filters = { ...NONE, q: ' sap ', country_code: ['DE', 'AT'], industry: ['Retail, other'] }
  expect(wishOf(filters)).toEqual({ q: 'sap', country_code: ['DE', 'AT'], industry: ['Retail, other'] })
  expect(wishOf(filters, 'country_code')).toEqual({ q: 'sap', industry: ['Retail, other'] })
  expect(wishOf(NONE)).toEqual({})
  expect(isFiltered(filters)).toBe(true)
  expect(isFiltered({ ...NONE, q: '  ', sort: 'name' })).toBe(false)
})

it('takes a value in, or out again', () => {
  expect(toggled(['DE'], 'AT')).toEqual(['DE', 'AT'])
  expect(toggled(['DE'], 'DE')).toBeNull()
})
