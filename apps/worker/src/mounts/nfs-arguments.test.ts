import { expect, test } from 'vitest'
import { type ExportParams, nfsArguments } from './nfs-arguments.ts'

const share: ExportParams = {
  kind: 'nfs',
  host: '10.0.0.5',
  path: '/share/a',
  mode: 'rw',
  mountPoint: '/data',
}

test.each<[Partial<ExportParams>, string, string]>([
  [{}, 'rw,retry=0', '10.0.0.5:/share/a'],
  [{ mode: 'r', host: 'nas:2050' }, 'ro,retry=0,port=2050', 'nas:/share/a'],
  [{ opts: ' -o soft,vers=4.1 ' }, 'rw,retry=0,soft,vers=4.1', '10.0.0.5:/share/a'],
])('%j', (change, options, source) =>
  expect(nfsArguments({ ...share, ...change }, '/mnt/x')).toEqual([
    '-t',
    'nfs',
    '-o',
    options,
    source,
    '/mnt/x',
  ]),
)
