// The company that is open in a drawer beside a list: in the address, so that it is there again after a reload.

import { parseAsString, useQueryState } from 'nuqs'

export function useOpenCompany() {
  const [domain, setDomain] = useQueryState('company', parseAsString.withOptions({ history: 'push' }))
  return {
    domain,
    open: (next: string) => void setDomain(next),
    close: () => void setDomain(null),
  }
}
