import { expect, test } from 'vitest'
import { readLdd } from './job-tools.ts'

const SAID = `	linux-vdso.so.1 (0x00007fd4b0a91000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007fd4b0a82000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fd4b04ef000)
	/lib64/ld-linux-x86-64.so.2 (0x00007fd4b0a93000)
`

test('the loader is told from the libraries', () => {
  expect(readLdd(SAID)).toEqual({
    loader: '/lib64/ld-linux-x86-64.so.2',
    libraries: ['/lib/x86_64-linux-gnu/libdl.so.2', '/lib/x86_64-linux-gnu/libc.so.6'],
  })
})

test('a library that is missing, or words that are none of ldd, are refused', () => {
  expect(() => readLdd('	libx.so => not found\n')).toThrow('lacks libraries')
  expect(() => readLdd('	not a dynamic executable\n')).toThrow('could not be told')
})
