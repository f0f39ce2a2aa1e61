// What went wrong with a request, as one error with a title, a sentence and the field it is about.

import { isAxiosError } from 'axios'
import type { Problem } from './generated'

type FieldError = { field: string; message: string }

export class ApiProblem extends Error {
  readonly status: number
  readonly title: string
  readonly type: string
  readonly fields: readonly FieldError[]

  constructor(parts: {
    status: number
    title: string
    detail: string
    type: string
    fields?: readonly FieldError[]
  }) {
    super(parts.detail)
    this.name = 'ApiProblem'
    this.status = parts.status
    this.title = parts.title
    this.type = parts.type
    this.fields = parts.fields ?? []
  }

  /** The server was not reached, or answered with something that is not ours. */
  get isUnreachable(): boolean {
    return this.status === 0
  }
}

const UNREACHABLE = {
  status: 0,
  type: 'unreachable',
  title: 'The server does not answer',
  detail: 'Check that firmograph serve is running and that this page may reach it, then try again.',
} as const

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'title' in body && 'status' in body

/** The problem in the body of an answer with the given status. */
export function problemOf(status: number, body: unknown): ApiProblem {
  if (!isProblem(body)) {
    return new ApiProblem({
      status,
      type: 'unknown',
      title: `The server answered ${status}`,
      detail: 'The answer is not one of the API. A proxy in between may have given it; its log says more.',
    })
  }
  const errors = 'errors' in body && Array.isArray(body.errors) ? (body.errors as FieldError[]) : []
  return new ApiProblem({
    status,
    type: body.type ?? 'about:blank',
    title: body.title,
    detail: body.detail ?? body.title,
    fields: errors,
  })
}

/** Any error as an ApiProblem. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (!isAxiosError(error)) {
    const detail = error instanceof Error ? error.message : String(error)
    return new ApiProblem({ status: 0, type: 'page', title: 'Something went wrong on this page', detail })
  }
  return error.response ? problemOf(error.response.status, error.response.data) : new ApiProblem(UNREACHABLE)
}
