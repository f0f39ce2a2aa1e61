// Countries by their ISO 3166-1 codes, as the browser names them.

import { LOCALE } from '@/lib/i18n/translate'

const names = new Intl.DisplayNames(LOCALE, { type: 'region', fallback: 'code' })

/** `Germany` for `DE`; a code that is none stays as it is. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code
}
