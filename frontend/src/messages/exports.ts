import { translator } from '@/lib/i18n/translate'

export const exportsMessages = {
  export: 'Export',
  title: 'Export this run',
  hint: 'Every original row in its order, its own columns untouched, then what was found.',
  hintOpen: 'Companies that are still open come out as pending.',
  format: 'Format',
  formatOwn: 'As the list came',
  csv: 'CSV',
  tsv: 'TSV',
  jsonl: 'JSON Lines',
  xlsx: 'Excel',
  parquet: 'Parquet',
  columns: 'Columns',
  columnsHint:
    'All of the list’s own, then outcome, match, sources, credits and the {count} fields of this run.',
  provenance: 'Also who gave each value, and when',
  neutralise: 'Make the list’s own cells safe for spreadsheets too',
  neutraliseHint:
    'What was added always is. The list’s own cells come back as they were, unless you ask for this.',
  download: 'Download',
  downloading: '{size} so far',
  downloaded: 'The file is saved',
  prepare: 'Prepare in the background',
  prepareHint: 'For large runs: the file is made once, can be fetched again, and a broken download goes on.',
  preparing: 'The file is being prepared',
  prepared: 'Prepared files',
  state_queued: 'Queued',
  state_running: 'Being made',
  state_ready: 'Ready',
  state_failed: 'Failed',
  state_discarded: 'Discarded',
  rows: '{done} of {of} rows',
  until: 'kept until {when}',
  fetch: 'Download {name}',
  delete: 'Delete {name}',
  deleted: 'The file is deleted',
  close: 'Close',
} as const

export const t = translator(exportsMessages)
