import { expect, test } from 'vitest'
import { withNote } from './elf-note.ts'

test('what is no 64-bit ELF program is refused', () => {
  expect(() => withNote(Buffer.from('#!/bin/sh\n'), 'NAME', Buffer.of(1))).toThrow('Not a 64-bit')
})

test('the note is loaded behind the rest, at the distance of the rest from its place in the file', () => {
  const result = withNote(program(), 'NAME', Buffer.from('content'))
  const segments = segmentsOf(result)
  expect(segments.map(({ type }) => type)).toEqual([LOAD, LOAD, NOTE])
  const [, added, note] = segments
  expect(added).toMatchObject({ offset: 0x2_0000, vaddr: 0x42_0000 })
  expect(note!.vaddr - note!.offset).toBe(0x40_0000)
  const text = result.subarray(note!.offset, note!.offset + note!.filesz)
  expect(text).toEqual(
    Buffer.concat([Buffer.from([5, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('NAME\0\0\0\0content\0')]),
  )
})

const LOAD = 1
const NOTE = 4

/** One loaded segment of 120 bytes in the file and 0x18000 in memory, at 0x400000. */
const program = (): Buffer => {
  const elf = Buffer.alloc(130)
  elf.write('\x7fELF\x02\x01', 'latin1')
  elf.writeBigUInt64LE(64n, 0x20)
  elf.writeUInt16LE(1, 0x38)
  elf.writeUInt32LE(LOAD, 64)
  elf.writeBigUInt64LE(0x40_0000n, 64 + 16)
  elf.writeBigUInt64LE(120n, 64 + 32)
  elf.writeBigUInt64LE(0x1_8000n, 64 + 40)
  return elf
}

const segmentsOf = (elf: Buffer) =>
  Array.from({ length: elf.readUInt16LE(0x38) }, (_, index) => {
    const at = Number(elf.readBigUInt64LE(0x20)) + index * 56
    const long = (offset: number): number => Number(elf.readBigUInt64LE(at + offset))
    return { type: elf.readUInt32LE(at), offset: long(8), vaddr: long(16), filesz: long(32) }
  })
