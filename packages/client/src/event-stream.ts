/** One event of a stream of server-sent events. */
export type ServerEvent = { readonly event: string; readonly id: string; readonly data: string }

/**
 * Events out of bytes as they come, cut anywhere. An event without data is none, by the standard; `lastId` is what
 * events without an id of their own keep.
 */
export async function* readEvents(
  pieces: AsyncIterable<Uint8Array>,
  lastId = '',
): AsyncGenerator<ServerEvent> {
  const text = new TextDecoder()
  let [rest, id, event] = ['', lastId, '']
  let data: string[] = []
  for await (const piece of pieces) {
    const lines = (rest + text.decode(piece, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', id, data: data.join('\n') }
        event = ''
        data = []
        continue
      }
      const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (name === 'data') data.push(value)
      else if (name === 'event') event = value
      else if (name === 'id') id = value
    }
  }
}
