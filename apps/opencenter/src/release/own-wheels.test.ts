import { expect, test } from 'vitest'
import { VERSION } from '../version.ts'
import { ownWheels } from './own-wheels.ts'

test('this project’s packages are of its version, and always the same bytes', () => {
  const wheels = ownWheels()
  expect(wheels.map(({ file }) => file)).toEqual([
    `nebulakit-${VERSION}-py3-none-any.whl`,
    `nebulakitplugins_mmcloud-${VERSION}-py3-none-any.whl`,
  ])
  expect(ownWheels().map(({ sha256 }) => sha256)).toEqual(wheels.map(({ sha256 }) => sha256))
})
