import { writeSync } from 'node:fs'

/** The terminal that standard output is. */
export type Screen = {
  readonly size: () => { readonly columns: number; readonly rows: number }
  /** Takes the whole screen over, until it is closed. */
  readonly open: () => OpenScreen
}

export type OpenScreen = {
  /** Aborts when the person wants out: `q`, Ctrl-C, a hang-up. */
  readonly left: AbortSignal
  /** Draws these lines and nothing else; what does not fit is cut. */
  readonly draw: (lines: readonly string[]) => void
  /** Called when the window's size has changed. */
  readonly onResize: (redraw: () => void) => void
  /** Puts back what was there before. Idempotent. */
  readonly close: () => void
}

const ESC = '\u001b['
/** Alternate screen, cursor hidden, lines not wrapped; and back. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`
/** q, Q, Ctrl-C, Ctrl-D: raw, they come as bytes, not as signals. */
const LEAVING_KEYS: ReadonlySet<number> = new Set([0x71, 0x51, 0x03, 0x04])
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The screen of this process. */
export const terminalScreen = (): Screen => ({
  size: () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }),
  open: openTerminal,
})

const openTerminal = (): OpenScreen => {
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(new Error('left'))
  const key = (data: Buffer): void => {
    if (data.some((byte) => LEAVING_KEYS.has(byte))) leave()
  }
  const resizes: (() => void)[] = []
  const resized = (): void => {
    for (const redraw of resizes) redraw()
  }
  const { stdin, stdout } = process
  const keys = stdin.isTTY
  let open = true
  const close = (): void => {
    if (!open) return
    open = false
    for (const signal of SIGNALS) process.off(signal, leave)
    process.off('exit', close)
    stdout.off('resize', resized)
    if (keys) {
      stdin.off('data', key)
      stdin.setRawMode(false)
      stdin.pause()
    }
    writeNow(LEAVE)
  }

  for (const signal of SIGNALS) process.on(signal, leave)
  // Whatever ends the process, even an error nobody caught, gives the screen back.
  process.on('exit', close)
  stdout.on('resize', resized)
  if (keys) {
    stdin.setRawMode(true)
    stdin.on('data', key)
    stdin.resume()
  }
  writeNow(ENTER)
  return {
    left: leaving.signal,
    // One write a frame and no clearing before it: nothing flickers.
    draw: (lines) => {
      const fitting = lines.slice(0, stdout.rows || 24)
      stdout.write(`${ESC}H${fitting.map((line) => `${line}${ESC}K`).join('\r\n')}${ESC}J`)
    },
    onResize: (redraw) => void resizes.push(redraw),
    close,
  }
}

/** In order with what follows on this terminal, whatever becomes of the process. */
const writeNow = (text: string): void => {
  try {
    writeSync(1, text)
  } catch {
    // The terminal is gone: there is nothing to give back.
  }
}
