import { translator } from '@/lib/i18n/translate'

export const settingsMessages = {
  title: 'Settings',
  hint: 'How this page looks, and how this server was started.',
  page: 'This page',
  theme: 'Theme',
  token: 'Token',
  tokenKept: 'Kept in this tab until it is closed.',
  tokenNone: 'This server asks for none.',
  tokenWanted: 'This server asks for one.',
  tokenForget: 'Forget it',
  tokenForgotten: 'The token is forgotten',
  server: 'The server',
  serverHint: 'To change a setting, set it where it is set and start the server again.',
  version: 'Version',
  database: 'Database',
  sqlite: 'SQLite',
  postgresql: 'PostgreSQL',
  setting: 'Setting',
  value: 'Value',
  where: 'Where',
  environment: 'environment',
  default: 'default',
  isSet: 'set, not shown',
  notSet: 'not set',
  whereElse: 'docs/reference/settings.md says what each of them does.',
} as const

export const t = translator(settingsMessages)
