import { translator } from '@/lib/i18n/translate'

export const runsMessages = {
  title: 'Runs',
  hint: 'Every list that was started here, newest first.',
  newRun: 'New run',
  search: 'Search runs and file names',
  states: 'States',
  list: 'Runs',
  name: 'Run',
  state: 'State',
  rows: 'Rows',
  done: 'Companies',
  doneOf: '{done} of {of} done',
  matchRate: '{count} enriched',
  credits: 'Credits',
  creditsOf: '{spent} of {budget}',
  started: 'Started',
  more: 'Show more',
  none: 'No runs yet',
  noneHint: 'A run begins with a list of companies: a file, a paste, or the sample.',
  noMatch: 'No run matches',
  noMatchHint: 'No run has what is searched for, in these states.',
  clear: 'Clear filters',
} as const

export const t = translator(runsMessages)
