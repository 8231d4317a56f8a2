import { expect, test } from 'vitest'
import { imageConfigSchema } from './image-config.ts'

test('what says how to run an image is kept, the rest is left out', () => {
  const config = {
    Entrypoint: ['/entry'],
    Cmd: null,
    Env: ['A=1'],
    User: 'ann',
    WorkingDir: '/home/ann',
    Labels: { any: 'thing' },
  }
  const { Labels: _labels, ...kept } = config
  expect(imageConfigSchema.parse(config)).toEqual(kept)
})

test('an image may say nothing at all', () => {
  expect(imageConfigSchema.parse({})).toEqual({})
})

test('a command that is no list is refused', () => {
  expect(() => imageConfigSchema.parse({ Cmd: 'run me' })).toThrow()
})
