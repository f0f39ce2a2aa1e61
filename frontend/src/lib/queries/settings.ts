// How the server was started.

import { getSettingsOptions } from '@/lib/api/generated/@tanstack/react-query.gen'

export const settingsQuery = () => ({ ...getSettingsOptions(), staleTime: Number.POSITIVE_INFINITY })
