import { expect, test } from 'vitest'
import { submittedFrom } from './read-request.ts'

const publish = [{ hostPort: 80, containerPort: 80 }]

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::1', '127.0.0.1'],
])('who submits from %s may reach the ports from %s', (address, from) =>
  expect(submittedFrom({ publish }, address)).toEqual({ submittedFrom: from }),
)

test('an address that could let nobody in is refused, unless others are named or nothing is published', () => {
  expect(() => submittedFrom({ publish }, '2001:db8::1')).toThrow('say with --allowFrom')
  expect(submittedFrom({ publish, allowFrom: ['10.0.0.0/8'] }, '2001:db8::1')).toEqual({})
  expect(submittedFrom({ publish: [] }, '2001:db8::1')).toEqual({})
})
