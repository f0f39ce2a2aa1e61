import { translator } from '@/lib/i18n/translate'

export const shellMessages = {
  name: 'Firmograph',
  skip: 'Skip to content',
  navigation: 'Main navigation',
  openNavigation: 'Open navigation',
  closeNavigation: 'Close navigation',
  start: 'Start',
  runs: 'Runs',
  companies: 'Companies',
  providers: 'Providers',
  settings: 'Settings',
  theme: 'Theme',
  themeLight: 'Light',
  themeDark: 'Dark',
  themeSystem: 'As the system',
  close: 'Close',
  dismiss: 'Dismiss',
  tryAgain: 'Try again',
  loading: 'Loading',
  working: 'Working',
  tokenTitle: 'This server asks for a token',
  tokenHint:
    'Paste the value of FIRMOGRAPH_API_TOKEN. It is kept in this tab only and forgotten when the tab is closed.',
  tokenLabel: 'Token',
  tokenSend: 'Continue',
  tokenRefused: 'The server refused this token.',
  notFoundTitle: 'There is no page here',
  notFoundHint: 'The address may be old or mistyped. Everything starts from a list of companies.',
  notFoundAction: 'Go to Start',
  sandbox: 'Sandbox',
  sandboxHint: 'Made up by the local sandbox: not real data about a company.',
} as const

export const t = translator(shellMessages)
