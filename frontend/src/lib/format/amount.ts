/** Credits as typed: `null` for none given, `undefined` for what is no amount. A comma may be the decimal sign. */
export function amountOf(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const amount = Number(text.trim().replace(',', '.'))
  return Number.isFinite(amount) && amount >= 0 ? amount : undefined
}
