import { type DirMap, invalidArgument, UserError } from '@mmcloud/domain'
import { unique } from './unique.ts'
import { asksForSomething } from './unset.ts'

/** Where a job may have directories of its instance from: below them lies nothing of the instance's own. */
const MAPPED_FROM = ['/mnt/', '/srv/']
/** Of ours, inside the container and on the instance. */
const TAKEN = ['/mnt/float', '/mnt/job', '/mnt/memverge']

/** `HOST:CONTAINER`, both absolute: a directory of the instance, made where it is not there. */
export const parseDirMap = (text: string): DirMap => {
  const [host = '', container = '', ...more] = text.trim().split(':').map(tidy)
  if (!isPath(host) || !isPath(container) || more.length > 0)
    throw invalidArgument(`--dirMap: "${text}" is not HOST:CONTAINER, two absolute directories`)
  if (!MAPPED_FROM.some((above) => host.startsWith(above)) || isTaken(host))
    throw invalidArgument(
      `--dirMap: ${host} is the instance's own; directories below /mnt and /srv can be had, but not ${TAKEN.join(', ')}`,
    )
  if (container === '/' || isTaken(container))
    throw invalidArgument(`--dirMap: ${container} is taken in the container`)
  return { host, container }
}

export const formatDirMap = ({ host, container }: DirMap): string => `${host}:${container}`

/** At most one thing in one place. */
export const readDirMaps = (texts: readonly string[]): readonly DirMap[] =>
  unique(texts.filter(asksForSomething).map(parseDirMap), ({ container }) => container, '--dirMap: directory')

/** What `--extraContainerOpts` may ask for. */
export type ContainerOptions = { readonly shmBytes?: number; readonly workdir?: string }

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }
const MOST_SHM_BYTES = 2 ** 40

/** `--shm-size 8g --workdir /srv/app`, as docker takes them; what else there is in docker is refused by name. */
export const parseContainerOptions = (text: string): ContainerOptions => {
  const words = text.trim().split(/[\s=]+/)
  let options: ContainerOptions = {}
  for (let at = 0; at < words.length; at += 2) {
    const [name = '', value = ''] = words.slice(at, at + 2)
    if (name === '--shm-size') options = { ...options, shmBytes: readBytes(value) }
    else if (name === '--workdir' || name === '-w') options = { ...options, workdir: readWorkdir(value) }
    else
      throw new UserError(
        'notSupported',
        `--extraContainerOpts: ${name} would let the job out of its container, or is not known; --shm-size and --workdir are`,
      )
  }
  return options
}

/** What `parseContainerOptions` reads as the same. */
export const formatContainerOptions = ({ shmBytes, workdir }: ContainerOptions): string =>
  [
    ...(shmBytes === undefined ? [] : [`--shm-size ${shmBytes}b`]),
    ...(workdir === undefined ? [] : [`--workdir ${workdir}`]),
  ].join(' ')

const readBytes = (text: string): number => {
  const [, digits, unit = ''] = /^(\d{1,13})([bkmg]?)$/i.exec(text) ?? []
  const bytes = Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
  if (!(bytes > 0 && bytes <= MOST_SHM_BYTES))
    throw invalidArgument(`--extraContainerOpts: --shm-size "${text}" is not a size like 64m or 8g`)
  return bytes
}

const readWorkdir = (text: string): string => {
  if (!isPath(text))
    throw invalidArgument(`--extraContainerOpts: --workdir "${text}" is not an absolute directory`)
  return text
}

/** A script for the instance; text, like the job's own. */
export const readHook = (flag: string, script: string): string => {
  if (new TextEncoder().encode(script).length > 1_048_576)
    throw invalidArgument(`${flag}: the script is larger than 1 MiB`)
  if (script.includes('\0')) throw invalidArgument(`${flag}: the script holds a zero byte; it must be text`)
  if (!script.startsWith('#!'))
    throw invalidArgument(`${flag}: the script must begin with "#!", like #!/bin/sh`)
  if (script.includes('\r\n')) throw invalidArgument(`${flag}: the script has the line ends of Windows`)
  return script
}

const tidy = (path: string): string => path.replace(/(?<=.)\/+$/, '')
const isPath = (path: string): boolean =>
  path.startsWith('/') &&
  !/[\0\n]/.test(path) &&
  !path.split('/').some((part) => part === '..' || part === '.')
const isTaken = (path: string): boolean =>
  TAKEN.some((taken) => path === taken || path.startsWith(`${taken}/`))
