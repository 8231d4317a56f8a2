import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { existsSync } from 'node:fs'
import type { Move } from './phases.ts'
import { median } from './statistics.ts'

/** One measured thing; a goal is an upper limit in seconds, with the words it was given in. */
export type Row = {
  readonly name: string
  readonly seconds: readonly number[]
  readonly goals?: readonly { readonly limit: number; readonly words: string }[]
}

const two = (value: number): string => value.toFixed(2)

/** The one table, in Markdown: what was measured, medians with every figure behind them, goals and whether they are met. */
export const table = (rows: readonly Row[]): string =>
  [
    '| what | median | every figure | goal | met |',
    '|---|---|---|---|---|',
    ...rows.map(({ name, seconds, goals = [] }) => {
      const words = goals.map(({ words }) => words).join('; ')
      const met = goals.map(({ limit }) => (median(seconds) <= limit ? 'yes' : 'no')).join('; ')
      return `| ${name} | ${two(median(seconds))} s | ${seconds.map(two).join(', ')} | ${words} | ${met} |`
    }),
  ].join('\n')

/** Goals of the stand-still as its peers of the same run set them, with the ratio reached. */
export const standStillGoals = (
  product: readonly number[],
  bare: readonly number[],
  podman: readonly number[],
): NonNullable<Row['goals']> =>
  [
    { times: 1.2, peer: bare, name: 'bare' },
    { times: 0.25, peer: podman, name: 'podman' },
  ].map(({ times, peer, name }) => ({
    limit: times * median(peer),
    words: `${times} × ${name} (is ${two(median(product) / median(peer))} ×)`,
  }))

/** Where the time goes, in medians of all moves; phases of one worker may overlap. */
export const phaseTable = (moves: readonly Move[]): string => {
  const names = [...new Set(moves.flatMap((move) => Object.keys(move)))]
  return [
    '| phase | median | every figure |',
    '|---|---|---|',
    ...names.map((name) => {
      const seconds = moves.flatMap((move) => move[name] ?? [])
      return `| ${name} | ${two(median(seconds))} s | ${seconds.map(two).join(', ')} |`
    }),
  ].join('\n')
}

/** One line: what it was measured on, and when. */
export const machine = async (): Promise<string> => {
  const name = /^PRETTY_NAME="(.*)"$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'unknown Linux'
  const cgroup = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1'
  return [
    `${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? '?'})`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    name,
    `kernel ${release()}`,
    `cgroup ${cgroup}`,
    new Date().toISOString().slice(0, 10),
  ].join(', ')
}
