import { expect, test } from 'vitest'
import { onTemplate, parseTemplateName } from './template.ts'

test('a name, its tag, and whose it is', () => {
  expect(parseTemplateName('jupyter')).toEqual({ among: 'any', name: 'jupyter' })
  expect(parseTemplateName(' private::a.b:1.0 ')).toEqual({ among: 'private', name: 'a.b', tag: '1.0' })
})

test.each(['', 'a b', 'public::a', 'a:', ':a', '../a', 'private::', 'a:b:c'])('%j is refused', (text) => {
  expect(() => parseTemplateName(text)).toThrow('--template')
})

const TEMPLATE = { image: 'python', cpu: '2', envs: ['A=1'] }

test('flags stand over the template', () => {
  expect(onTemplate(TEMPLATE, { template: 'x', cpu: 4, envs: ['B=2'] })).toMatchObject({
    image: 'python',
    cpu: 4,
    envs: ['A=1', 'B=2'],
  })
  expect(onTemplate(TEMPLATE, { template: 'x', overwriteTemplate: '*', image: 'r' }).image).toBe('r')
})

test('a list says which may', () => {
  const over = { template: 'x', overwriteTemplate: '[cpu,env]', cpu: 4, envs: ['A=2'], name: 'mine' }
  expect(onTemplate(TEMPLATE, over)).toMatchObject({ cpu: 4, envs: ['A=2'], name: 'mine' })
  expect(() => onTemplate(TEMPLATE, { ...over, image: 'r' })).toThrow('image may not differ')
})
