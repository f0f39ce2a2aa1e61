// Every text a person reads comes from `src/messages`, one module per area, so that a translation is a second set of
// the same modules. `{name}` in a message is filled in; a plural is two messages, chosen by Intl.PluralRules.

export type Plural = { one: string; other: string }
export type Messages = Readonly<Record<string, string | Plural>>
export type Values = Readonly<Record<string, string | number>>

export const LOCALE = 'en'

const plurals = new Intl.PluralRules(LOCALE)
const number = new Intl.NumberFormat(LOCALE)

function chosen(message: string | Plural, values: Values): string {
  if (typeof message === 'string') return message
  const count = values.count
  return plurals.select(typeof count === 'number' ? count : Number(count)) === 'one'
    ? message.one
    : message.other
}

/** A translator for one area's messages: its keys are the area's own. Numbers are written with their separators. */
export function translator<M extends Messages>(messages: M) {
  return (key: keyof M & string, values: Values = {}): string => {
    const message = messages[key]
    if (message === undefined) return key
    return chosen(message, values).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      if (value === undefined) return whole
      return typeof value === 'number' ? number.format(value) : value
    })
  }
}
