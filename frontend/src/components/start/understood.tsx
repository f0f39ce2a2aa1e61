'use client'

import { Card, CardHead } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import type { PreviewOut } from '@/lib/api/generated'
import { t } from '@/messages/start'
import { columnChoices, delimiterChoices, delimiterWord, encodingChoices } from './choices'
import type { SetStartOptions, StartOptions } from './options'

type Props = { preview: PreviewOut; options: StartOptions; setOptions: SetStartOptions }

const TEXT_FORMATS: ReadonlySet<string> = new Set(['csv', 'tsv', 'text', 'lines'])
const NO_NAME = ''

/** How the list is read, each part changeable. */
export function Understood({ preview, options, setOptions }: Props) {
  const { dialect, columns, sheets } = preview
  const isText = TEXT_FORMATS.has(dialect.format) || dialect.delimiter !== null
  const named = columnChoices(columns)
  return (
    <Card>
      <CardHead
        title={t('understood')}
        hint={[preview.file_name, dialect.format.toUpperCase(), t('understoodHint')]
          .filter(Boolean)
          .join(' · ')}
      />
      <div className="grid grid-cols-1 gap-x-4 gap-y-3 p-4 sm:grid-cols-2 lg:grid-cols-3">
        <Field label={t('column')} hint={preview.guesses.column}>
          <Select
            value={preview.column ?? ''}
            choices={named}
            onChange={(column) => setOptions({ column })}
            aria-label={t('column')}
          />
        </Field>
        <Field label={t('nameColumn')} hint={preview.guesses.name_column}>
          <Select
            value={preview.name_column ?? NO_NAME}
            choices={preview.name_column ? named : [{ value: NO_NAME, label: t('noNameColumn') }, ...named]}
            onChange={(column) => setOptions({ name_column: column || null })}
            aria-label={t('nameColumn')}
          />
        </Field>
        {sheets.length > 1 && (
          <Field label={t('sheet')}>
            <Select
              value={dialect.sheet ?? sheets[0] ?? ''}
              choices={sheets.map((value) => ({ value, label: value }))}
              onChange={(sheet) => setOptions({ sheet, column: null, name_column: null })}
              aria-label={t('sheet')}
            />
          </Field>
        )}
        {dialect.format !== 'jsonl' && (
          <Field label={t('header')}>
            <Select
              value={dialect.has_header ? 'yes' : 'no'}
              choices={[
                { value: 'yes', label: t('headerYes') },
                { value: 'no', label: t('headerNo') },
              ]}
              onChange={(has) => setOptions({ has_header: has === 'yes', column: null, name_column: null })}
              aria-label={t('header')}
            />
          </Field>
        )}
        {isText && (
          <Field label={t('delimiter')}>
            <Select
              value={delimiterWord(dialect.delimiter)}
              choices={delimiterChoices(delimiterWord(dialect.delimiter))}
              onChange={(delimiter) => setOptions({ delimiter, column: null, name_column: null })}
              aria-label={t('delimiter')}
            />
          </Field>
        )}
        {preview.encoding && (
          <Field label={t('encoding')} hint={options.encoding ? undefined : t('encodingGuess')}>
            <Select
              value={preview.encoding}
              choices={encodingChoices(preview.encoding)}
              onChange={(encoding) => setOptions({ encoding })}
              aria-label={t('encoding')}
            />
          </Field>
        )}
      </div>
    </Card>
  )
}
