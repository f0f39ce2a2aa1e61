import { serverAddress } from './address'
import type { CreateClientConfig } from './generated/client.gen'

/** The generated client asks the address that the page was served with. */
export const createClientConfig: CreateClientConfig = (config) => ({
  ...config,
  baseURL: serverAddress(),
  throwOnError: true,
  paramsSerializer: { indexes: null },
})
