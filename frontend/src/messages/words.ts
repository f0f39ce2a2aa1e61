// The project's words as they are shown: states, outcomes, reasons, rejections, fields. A word that is not here, from
// a newer server, is shown as it came with its underscores as spaces.

import type { Messages } from '@/lib/i18n/translate'

export const states = {
  importing: 'Importing',
  queued: 'Queued',
  running: 'Running',
  paused: 'Paused',
  succeeded: 'Succeeded',
  partial: 'Partial',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const

export const outcomes = {
  enriched: 'Enriched',
  no_match: 'No match',
  failed: 'Failed',
  skipped: 'Skipped',
  rejected: 'Rejected',
  pending: 'Pending',
} as const

export const outcomeHints = {
  enriched: 'At least one value was accepted.',
  no_match: 'No provider knows this company, or none is trusted enough.',
  failed: 'A provider went wrong and asking again did not help.',
  skipped: 'Not asked: the budget was used up, the run was cancelled, or a condition was not met.',
  rejected: 'Not sent anywhere: the row does not name a company’s web domain.',
  pending: 'Still to be asked.',
} as const

export const reasons = {
  not_found: 'Not found',
  no_data: 'No data',
  low_confidence: 'Low confidence',
  provider_error: 'Provider error',
  timeout: 'Timeout',
  bad_answer: 'Bad answer',
  budget: 'Budget used up',
  cancelled: 'Cancelled',
  condition: 'Condition not met',
  not_entitled: 'Not in the key’s plan',
  empty: 'Empty',
  placeholder: 'Placeholder',
  not_a_domain: 'Not a domain',
  freemail: 'Free mail provider',
  disposable: 'Disposable mail',
  social_profile: 'Social profile',
  hosted_page: 'Hosted page',
  ip_address: 'IP address',
  reserved: 'Reserved name',
  unknown_suffix: 'Unknown suffix',
} as const

export const pauses = {
  paused_by_user: 'Paused by a person',
  interrupted: 'Interrupted',
  key_refused: 'The key was refused',
  credits_used_up: 'The provider’s credits are used up',
  budget_used_up: 'The budget is used up',
  provider_off: 'A provider has no key',
  worker_trouble: 'A worker met an error again and again',
  unreadable_input: 'The list could not be read',
} as const

export const confidences = { high: 'High', medium: 'Medium', low: 'Low', none: 'None' } as const

export const fields = {
  name: 'Name',
  description: 'Description',
  website: 'Website',
  logo_url: 'Logo',
  linkedin_url: 'LinkedIn',
  industry: 'Industry',
  naics_code: 'NAICS code',
  naics_description: 'NAICS description',
  sic_code: 'SIC code',
  sic_description: 'SIC description',
  employee_range: 'Employees',
  revenue_range: 'Revenue',
  founded_year: 'Founded',
  country_code: 'Country code',
  country: 'Country',
  region: 'Region',
  city: 'City',
  street: 'Street',
  postal_code: 'Postal code',
  ticker: 'Ticker',
  phone: 'Phone',
  email: 'Email',
  technologies: 'Technologies',
  social_urls: 'Social profiles',
} as const

const spoken = (word: string): string => {
  const words = word.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const shown =
  (messages: Messages) =>
  (word: string): string => {
    const message = messages[word]
    return typeof message === 'string' ? message : spoken(word)
  }

export const stateWord = shown(states)
export const outcomeWord = shown(outcomes)
export const outcomeHint = (outcome: string): string => (outcomeHints as Messages)[outcome] as string
export const reasonWord = shown(reasons)
/** Why a run is paused or failed. */
export const pauseWord = shown(pauses)
export const confidenceWord = shown(confidences)
export const fieldWord = shown(fields)
