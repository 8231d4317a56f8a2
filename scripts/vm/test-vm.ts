import { realpathSync } from 'node:fs'
import { baseImage, emulator } from './base-image.ts'
import { emulate } from './emulate.ts'
import { currentProduct } from './product-disk.ts'

/** From power-on to power-off; 15 minutes on a slow machine where nothing else runs. */
const TIME_LIMIT_MS = 40 * 60_000

if (process.arch !== 'x64') {
  process.stderr.write('test:vm emulates an x64 machine and runs on x64 only.\n')
  process.exit(1)
}

let [passed, failed, finished] = [0, 0, false]
const started = Date.now()
const hear = (line: string): void => {
  process.stdout.write(`vm ${String(Math.round((Date.now() - started) / 1000)).padStart(3)} s | ${line}\n`)
  if (line.startsWith('PASS ')) passed += 1
  if (line.startsWith('FAIL ')) failed += 1
  if (line.startsWith('VM-DONE')) finished = true
}

process.stdout.write('vm: booting a stock Debian 13 kernel under emulation\n')
try {
  await emulate({
    emulatorRoot: emulator.root,
    base: baseImage.dir,
    product: realpathSync(currentProduct),
    timeoutMs: TIME_LIMIT_MS,
    onLine: hear,
  })
  if (!finished) throw new Error('The emulated machine powered off before it had run everything.')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  failed += 1
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
