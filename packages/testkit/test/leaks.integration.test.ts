import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leaksSince, snapshotMachine } from '../src/leaks.ts'

const NAME = `mmc-leak${process.pid}`
/** The root of every hierarchy of control groups: one on cgroup v2; on hybrid machines v2's own beside those of v1. */
const HIERARCHIES = readFileSync('/proc/self/mounts', 'utf8')
  .split('\n')
  .map((line) => line.split(' '))
  .flatMap(([, path, type]) =>
    path?.startsWith('/sys/fs/cgroup') && type?.startsWith('cgroup') ? [path] : [],
  )

let directory: string
let undo: (() => unknown)[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), NAME))
  undo = []
})
afterEach(async () => {
  for (const put of undo.toReversed()) await put()
  rmSync(directory, { recursive: true })
})

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' }).trim()

const planted: Readonly<Record<string, { plant: () => unknown; told: () => RegExp }>> = {
  'a network namespace': {
    plant: () => {
      run('ip', 'netns', 'add', NAME)
      undo.push(() => run('ip', 'netns', 'delete', NAME))
    },
    told: () => new RegExp(`^netns ${NAME}$`),
  },
  'a link': {
    plant: () => {
      run('ip', 'link', 'add', NAME.slice(-12), 'type', 'veth')
      undo.push(() => run('ip', 'link', 'delete', NAME.slice(-12)))
    },
    told: () => new RegExp(`^link ${NAME.slice(-12)}$`),
  },
  'a loop device': {
    plant: () => {
      const file = join(directory, 'disk')
      writeFileSync(file, '')
      truncateSync(file, 1024 * 1024)
      const device = run('losetup', '--find', '--show', '--nooverlap', file)
      undo.push(() => run('losetup', '--detach', device))
    },
    told: () => new RegExp(`^loop /dev/loop\\d+ on ${directory}/disk$`),
  },
  'a mount': {
    plant: () => {
      run('mount', '-t', 'tmpfs', 'tmpfs', directory)
      undo.push(() => run('umount', directory))
    },
    told: () => new RegExp(`^mount tmpfs at ${directory}$`),
  },
  ...Object.fromEntries(
    HIERARCHIES.map((root) => [
      `a control group in ${root}`,
      {
        plant: () => {
          mkdirSync(join(root, NAME))
          undo.push(() => rmdirSync(join(root, NAME)))
        },
        told: () => new RegExp(`^cgroup ${root}/${NAME}$`),
      },
    ]),
  ),
  'a process': {
    plant: () => {
      const child = spawn('/bin/sh', ['-c', `exec sleep 600 # ${NAME}`], { stdio: 'ignore' })
      undo.push(async () => {
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      })
    },
    told: () => /^process \d+ (sleep 600|\/bin\/sh -c exec sleep 600)/,
  },
}

test.each(Object.entries(planted))('%s that is left is told', async (_, { plant, told }) => {
  const before = await snapshotMachine()
  await plant()
  const leaks = await leaksSince(before)
  expect(leaks.filter((line) => told().test(line))).toHaveLength(1)
})
