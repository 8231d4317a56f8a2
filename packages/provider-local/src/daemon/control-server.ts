import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Handlers, METHODS, type Method } from '../control/protocol.ts'

/** Answers the methods of the protocol. `log` is told of what failed for a reason the protocol does not name. */
export const controlServer = (handlers: Handlers, log: (error: unknown, method: string) => void): Server =>
  createServer((request, response) => {
    const method = request.url?.slice(1) ?? ''
    const work = isMethod(method)
      ? text(request).then((body) => call(handlers, method, body))
      : unknown(method)
    void work
      .then(
        (result) => ({ status: 200, body: result }),
        (error: unknown) => {
          const { name, message } = error instanceof Error ? error : new Error(String(error))
          if (!name.match(/^(Instance|Insufficient|Volume)/)) log(error, method)
          return { status: 500, body: { error: { name, message } } }
        },
      )
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      })
  })

const isMethod = (name: string): name is Method => Object.hasOwn(METHODS, name)

const unknown = (method: string): Promise<never> => Promise.reject(new Error(`no method ${method}`))

/** The parameters are parsed by the method's own schema, which the compiler cannot follow through the table. */
const call = async (handlers: Handlers, method: Method, body: string): Promise<unknown> => {
  const params: unknown = METHODS[method].params.parse(JSON.parse(body))
  return (handlers[method] as (params: unknown) => Promise<unknown>)(params)
}
