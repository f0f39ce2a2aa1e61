// Providers: on or off and why, limits, what was spent, and the test of a key.

import { listProvidersOptions } from '@/lib/api/generated/@tanstack/react-query.gen'

export const providersQuery = () => ({ ...listProvidersOptions(), staleTime: 60_000 })
