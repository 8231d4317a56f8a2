import { type ErrorBody, fieldOfFlag, HINTS, HTTP_STATUS } from '@mmcloud/contract'
import { ERROR_CODE, type ErrorKind, UserError } from '@mmcloud/domain'
import { StaleWriteError } from '@mmcloud/engine'
import type { FastifyError } from 'fastify'

export type HttpError = { readonly status: number; readonly body: ErrorBody }

/** The one place where an error becomes HTTP: a sentence for the person; the log gets the rest. */
export const httpError = (error: unknown): HttpError => {
  if (error instanceof UserError) return errorOf(error.kind, error.message, error.field)
  if (error instanceof StaleWriteError) return errorOf('conflict', 'It has just changed; please try again')
  if (isFastifyError(error) && error.validation) {
    const places = error.validation.map(({ instancePath, message }) => ({
      field: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: message ?? '',
    }))
    const what = places.map(({ field, message }) => `${field} ${message}`.trim()).join('; ')
    return errorOf('invalidArgument', `Invalid argument, ${what}`, places[0]?.field)
  }
  if (isFastifyError(error) && (error.statusCode ?? 500) < 500) {
    return {
      ...errorOf('invalidArgument', `Invalid argument, ${error.message}`),
      status: error.statusCode ?? 400,
    }
  }
  return errorOf('internal', 'The OpCenter failed at this; its log tells more')
}

const errorOf = (kind: ErrorKind, message: string, flag?: string): HttpError => {
  const hint = (HINTS as Partial<Record<ErrorKind, string>>)[kind]
  return {
    status: HTTP_STATUS[kind],
    body: {
      code: ERROR_CODE[kind],
      message,
      ...(flag ? { field: fieldOfFlag(flag) } : {}),
      ...(hint === undefined ? {} : { hint }),
    },
  }
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'statusCode' in error
