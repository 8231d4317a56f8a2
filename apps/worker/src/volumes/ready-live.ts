import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { jobPlaces, places } from '../system/places.ts'
import { deleteSubvolume, type MountedVolume } from './volumes.ts'

/** Makes the folders of a fresh `live`; logs of the attempt before become `<file>.N`, the rest of it goes. */
export const readyLive = async (volumes: readonly MountedVolume[], keepLogs: boolean): Promise<void> => {
  for (const path of [jobPlaces.upper, jobPlaces.work, jobPlaces.job, jobPlaces.logs]) {
    mkdirSync(path, { recursive: true })
  }
  const before = `${places.jobVolume}/live.old/logs`
  for (const name of keepLogs && existsSync(before) ? readdirSync(before) : []) {
    if (!/^std(out|err)\.autosave(\.|$)/.test(name)) continue
    const kept = /^std(out|err)\.autosave$/.test(name) ? nextName(before, name) : name
    await pipeline(createReadStream(`${before}/${name}`), createWriteStream(`${jobPlaces.logs}/${kept}`))
  }
  for (const { path } of volumes)
    if (existsSync(`${path}/live.old`)) await deleteSubvolume(`${path}/live.old`)
}

const nextName = (directory: string, file: string): string => {
  const numbers = readdirSync(directory)
    .filter((name) => name.startsWith(`${file}.`))
    .map((name) => Number(name.slice(file.length + 1)))
    .filter(Number.isInteger)
  return `${file}.${Math.max(0, ...numbers) + 1}`
}
