import { expect, test } from 'vitest'
import { desktopOpener } from './desktop.ts'

test.each([
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['linux', {}, false],
  ['linux', { DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1 22' }, false],
  ['darwin', {}, true],
  ['win32', { DISPLAY: ':0' }, false],
] as const)('on %s with %j a page can be opened: %s', (platform, env, can) => {
  expect('openPage' in desktopOpener(platform, env)).toBe(can)
})
