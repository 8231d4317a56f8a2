import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, listens, type Product, waitFor } from '@mmcloud/testkit'
import type { Figure } from '../figures.ts'
import { downloadFloat } from '../float-file.ts'
import { median } from '../statistics.ts'

const CLIENTS = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'clients')
/** What waits for ever: no spot instance costs so little, so that the way to the job is measured, not the job. */
const EXTRA = '--vmPolicy [spotOnly=true,priceLimit=0.0000001,retryInterval=3600s]'
/** flytekit's starts programs for each call; ours answers in milliseconds. */
const CALLS = { ours: '2000x', theirs: '100x' }

type Measured = { readonly perSecond: number; readonly p95Ms: number }

/**
 * Creates and gets a second, by a client in Go with eight callers at once: our agent, and in turn with it flytekit's own
 * server with `flytekitplugins-mmcloud`, which runs `float` for each call. Both on the same OpCenter, in the same run.
 */
export const measureNebula = async (
  product: Product,
  runs: number,
  say: (line: string) => void,
): Promise<readonly Figure[]> => {
  const bin = join(product.dataDir, 'bench-bin')
  await downloadFloat(product, join(bin, 'float'))
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: join(product.dataDir, 'home'),
    _FSEC_MMC_ADDRESS: product.address,
    _FSEC_MMC_USERNAME: 'admin',
    _FSEC_MMC_PASSWORD: product.password,
  }
  await using ours = await serve('float', ['nebula', 'serve'], env)
  await using theirs = await serve('python3', ['-c', PYFLYTE, 'serve', 'connector'], {
    ...env,
    TMPDIR: product.dataDir,
    PYTHONPATH: join(CLIENTS, 'flyte'),
    PYTHONDONTWRITEBYTECODE: '1',
    FLYTE_SDK_LOGGING_LEVEL: '50',
  })
  const figures: Figure[] = []
  for (const what of ['Creates', 'Gets']) {
    const measured: { ours: Measured[]; theirs: Measured[] } = { ours: [], theirs: [] }
    for (let run = 1; run <= runs; run += 1) {
      say(`${what.toLowerCase()}, run ${run} …`)
      measured.ours.push(await load(what, ours.port, CALLS.ours))
      measured.theirs.push(await load(what, theirs.port, CALLS.theirs))
    }
    figures.push(...rows(what, measured))
  }
  return figures
}

const PYFLYTE = 'from flytekit.clis.sdk_in_container.pyflyte import main; main()'

const rows = (
  what: string,
  { ours, theirs }: { readonly ours: readonly Measured[]; readonly theirs: readonly Measured[] },
): Figure[] => {
  const row = (who: string, measured: readonly Measured[]): Figure => ({
    name: `${who}: ${what.toLowerCase()} a second; p95`,
    value: `${median(measured.map((each) => each.perSecond)).toFixed(0)}; ${median(measured.map((each) => each.p95Ms)).toFixed(1)} ms`,
  })
  const times = median(ours.map((each) => each.perSecond)) / median(theirs.map((each) => each.perSecond))
  return [
    row('`float nebula serve`', ours),
    row('flytekit’s server with `flytekitplugins-mmcloud`', theirs),
    { name: `… ${what.toLowerCase()}, times as many`, value: times.toFixed(1), goal: '1', met: times >= 1 },
  ]
}

/** A server of tasks at ports of its own, until it is disposed of. */
const serve = async (
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly port: number }> => {
  const [port, prometheus] = [await freePort(), await freePort()]
  const child = spawn(program, [...words, '--port', String(port), '--prometheus_port', String(prometheus)], {
    stdio: 'ignore',
    env,
  })
  const ended = once(child, 'exit')
  await waitFor(`${program} at ${port}`, 60_000, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ${words.join(' ')} ended with ${child.exitCode}`)
    return (await listens(port)) ? { done: true } : { notYet: 'nobody listens' }
  })
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await ended
    },
  }
}

const load = async (what: string, port: number, calls: string): Promise<Measured> => {
  const { stdout } = await promisify(execFile)(
    join(CLIENTS, 'engine-in-go/engine-in-go'),
    ['-test.run=^$', `-test.bench=^Benchmark${what}$`, `-test.benchtime=${calls}`],
    { env: { AGENT: `127.0.0.1:${port}`, EXTRA } },
  )
  const figure = (unit: string): number => {
    const [, value] = new RegExp(`([\\d.]+) ${unit}`).exec(stdout) ?? []
    if (value === undefined) throw new Error(`no ${unit} in\n${stdout}`)
    return Number(value)
  }
  return { perSecond: figure('calls/s'), p95Ms: figure('p95-ms') }
}
