import type { Step } from './step.ts'

const seconds = (since: number): string => `${Math.round((Date.now() - since) / 1000)} s`

/** Runs one step and tells so. On a terminal the line of the running step is redrawn with what it does; elsewhere each step has two lines. */
export const carryOut = async (step: Step): Promise<void> => {
  const started = Date.now()
  const terminal = process.stdout.isTTY
  let doing = ''
  const draw = () => process.stdout.write(`\r\x1b[Kset-up: ${step.name} … ${doing} (${seconds(started)})`)
  process.stdout.write(`set-up: ${step.name} …${terminal ? '' : '\n'}`)
  const timer = terminal ? setInterval(draw, 500) : undefined
  try {
    await step.run((what) => {
      doing = what.slice(0, 60)
    })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    process.stderr.write(
      `\nset-up: step "${step.name}" failed after ${seconds(started)}.\n${said}\nTo mend it: ${step.fix}\n`,
    )
    process.exit(1)
  } finally {
    clearInterval(timer)
  }
  process.stdout.write(`${terminal ? '\r\x1b[K' : ''}set-up: ${step.name}: ready after ${seconds(started)}\n`)
}
