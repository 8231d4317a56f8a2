import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { strFromU8, unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { ownWheels } from './own-wheels.ts'

const root = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const wheels = ownWheels()

test.each(wheels)('$project: its version is the project’s, and each file in it is in its record', (wheel) => {
  const entries = Object.entries(unzipSync(wheel.content)).map(([path, content]) => [path, content] as const)
  const files = new Map(entries)
  const info = `${wheel.project.replaceAll('-', '_')}-${root.version}.dist-info`
  expect(wheel.file).toBe(`${wheel.project.replaceAll('-', '_')}-${root.version}-py3-none-any.whl`)
  expect(strFromU8(files.get(`${info}/METADATA`)!)).toContain(`\nVersion: ${root.version}\n`)
  const record = strFromU8(files.get(`${info}/RECORD`)!)
    .trim()
    .split('\n')
  expect(record).toEqual(
    entries.map(([path, content]) =>
      path.endsWith('/RECORD')
        ? `${path},,`
        : `${path},sha256=${createHash('sha256').update(content).digest('base64url')},${content.length}`,
    ),
  )
})

test('the same sources give the same bytes', () => {
  expect(ownWheels().map(({ sha256 }) => sha256)).toEqual(wheels.map(({ sha256 }) => sha256))
})

test('the plugin is found by flytekit, and brings nebulakit of the same version', () => {
  const plugin = wheels.find(({ project }) => project === 'nebulakitplugins-mmcloud')!
  const files = unzipSync(plugin.content)
  const info = `nebulakitplugins_mmcloud-${root.version}.dist-info`
  expect(strFromU8(files[`${info}/METADATA`]!)).toContain(`\nRequires-Dist: nebulakit==${root.version}\n`)
  expect(strFromU8(files[`${info}/entry_points.txt`]!)).toBe(
    '[flytekit.plugins]\nnebulakitplugins-mmcloud = nebulakitplugins.mmcloud\n',
  )
})
