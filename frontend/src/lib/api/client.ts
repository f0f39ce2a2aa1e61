// The generated client with what every request needs: the token, and errors as problems.

import type { AxiosError } from 'axios'
import { client } from './generated/client.gen'
import { asProblem } from './problem'
import { token, tokenHeader } from './token'

client.instance.interceptors.request.use((config) => {
  for (const [name, value] of Object.entries(tokenHeader())) config.headers.set(name, value)
  return config
})

client.instance.interceptors.response.use(undefined, (error: AxiosError) => {
  const problem = asProblem(error)
  if (problem.status === 401) token.ask()
  return Promise.reject(problem)
})

export { client }
