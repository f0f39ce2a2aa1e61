// Where the API is. Settled when the server starts: it writes the address into the page (see README.md).

// How the word begins that the server replaces. The whole word must not stand here: it would be replaced as well.
const UNSETTLED = '__'

/** The API's base address without a slash at its end, such as `/api` or `http://localhost:8000/api`. */
export function apiAddress(): string {
  const named = typeof document === 'undefined' ? null : document.querySelector('meta[name="firmograph-api"]')
  const address = named?.getAttribute('content') ?? ''
  return (address === '' || address.startsWith(UNSETTLED) ? '/api' : address).replace(/\/+$/, '')
}

/** What the paths of openapi.json (`/api/v1/runs`) are put behind: the API's address without its `/api`. */
export function serverAddress(address: string = apiAddress()): string {
  return address.replace(/\/api$/, '')
}
