// Lists as people have them.

const MESSY = [
  ['Siemens', 'https://www.siemens.com/global/en', 'first; "quoted"'],
  ['SAP SE', 'info@sap.com', ''],
  ['ASML', 'ASML.COM', '=1+1'],
  ['Siemens again', 'siemens.com', 'duplicate'],
  ['Nobody', '', 'empty'],
  ['A person', 'someone@gmail.com', 'freemail'],
  ['A page', 'https://www.linkedin.com/company/sap', 'social'],
  ['Not a domain', 'to be checked', ''],
] as const

const cell = (text: string) => (/[";,\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A messy list with so many more companies in it, that the sandbox knows. */
export const messyList = (more: number): string =>
  [
    ['Company', 'Website', 'Remark'],
    ...MESSY,
    ...Array.from({ length: more }, (_, place) => [
      `Company ${place + 1}`,
      `company-${place + 1}-of-the-journeys.com`,
      '',
    ]),
  ]
    .map((row) => row.map(cell).join(';'))
    .join('\r\n')
