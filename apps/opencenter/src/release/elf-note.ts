/** What is read and written of 64-bit little-endian ELF, at its offsets: man 5 elf. */
const HEADER = { phoff: 0x20, shoff: 0x28, phnum: 0x38, shnum: 0x3c, shstrndx: 0x3e }
const SEGMENT = {
  type: 0,
  flags: 4,
  offset: 8,
  vaddr: 16,
  paddr: 24,
  filesz: 32,
  memsz: 40,
  align: 48,
  length: 56,
}
const PT = { load: 1, note: 4, phdr: 6 }
const READABLE = 4
/** The largest page of the machines we build for: arm64 has kernels with 64 KiB. */
const PAGE = 0x1_0000

/**
 * The program with a note of that name in it, which it finds through `dl_iterate_phdr` when it runs. The note lies behind
 * everything that is loaded, with a longer table of segments before it; symbols and sections, of use to debuggers only,
 * are left out, which saves a seventh of Node.
 */
export const withNote = (program: Buffer, name: string, content: Buffer): Buffer => {
  const segments = readSegments(program)
  const loads = segments.filter(({ type }) => type === PT.load)
  const [first] = loads
  if (!first) throw new Error('The program has nothing to load')
  // Kernels before 5.18 look for the table at this distance from its place in the file.
  const base = first.vaddr - first.offset
  const fileEnd = Math.max(...loads.map(({ offset, filesz }) => offset + filesz))
  const memoryEnd = Math.max(...loads.map(({ vaddr, memsz }) => vaddr + memsz))
  const start = roundUp(Math.max(fileEnd, memoryEnd - base), PAGE)

  const note = noteOf(name, content)
  const tableLength = (segments.length + 2) * SEGMENT.length
  const at = (offset: number, length: number, type: number, align: number): Segment => ({
    type,
    flags: READABLE,
    offset,
    vaddr: base + offset,
    filesz: length,
    memsz: length,
    align,
  })
  // Loaded segments stand in the order of their addresses.
  const last = segments.findLastIndex(({ type }) => type === PT.load)
  const table = segments
    .map((segment) => (segment.type === PT.phdr ? at(start, tableLength, PT.phdr, 8) : segment))
    .toSpliced(last + 1, 0, at(start, tableLength + note.length, PT.load, PAGE))
    .concat(at(start + tableLength, note.length, PT.note, 4))

  const result = Buffer.alloc(start + tableLength + note.length)
  program.copy(result, 0, 0, fileEnd)
  result.writeBigUInt64LE(BigInt(start), HEADER.phoff)
  result.writeUInt16LE(table.length, HEADER.phnum)
  result.writeBigUInt64LE(0n, HEADER.shoff)
  result.writeUInt16LE(0, HEADER.shnum)
  result.writeUInt16LE(0, HEADER.shstrndx)
  for (const [index, segment] of table.entries()) {
    writeSegment(result.subarray(start + index * SEGMENT.length), segment)
  }
  note.copy(result, start + tableLength)
  return result
}

type Segment = {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly vaddr: number
  readonly filesz: number
  readonly memsz: number
  readonly align: number
}

const readSegments = (program: Buffer): readonly Segment[] => {
  if (program.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    throw new Error('Not a 64-bit little-endian ELF program')
  }
  const start = number(program, HEADER.phoff)
  return Array.from({ length: program.readUInt16LE(HEADER.phnum) }, (_, index) => {
    const entry = program.subarray(start + index * SEGMENT.length)
    return {
      type: entry.readUInt32LE(SEGMENT.type),
      flags: entry.readUInt32LE(SEGMENT.flags),
      offset: number(entry, SEGMENT.offset),
      vaddr: number(entry, SEGMENT.vaddr),
      filesz: number(entry, SEGMENT.filesz),
      memsz: number(entry, SEGMENT.memsz),
      align: number(entry, SEGMENT.align),
    }
  })
}

const writeSegment = (entry: Buffer, segment: Segment): void => {
  entry.writeUInt32LE(segment.type, SEGMENT.type)
  entry.writeUInt32LE(segment.flags, SEGMENT.flags)
  for (const field of ['offset', 'vaddr', 'filesz', 'memsz', 'align'] as const) {
    entry.writeBigUInt64LE(BigInt(segment[field]), SEGMENT[field])
  }
  entry.writeBigUInt64LE(BigInt(segment.vaddr), SEGMENT.paddr)
}

/** Lengths and type, name, content; each padded to four bytes. */
const noteOf = (name: string, content: Buffer): Buffer => {
  const nameLength = name.length + 1
  const note = Buffer.alloc(12 + roundUp(nameLength, 4) + roundUp(content.length, 4))
  note.writeUInt32LE(nameLength, 0)
  note.writeUInt32LE(content.length, 4)
  note.write(name, 12, 'latin1')
  content.copy(note, 12 + roundUp(nameLength, 4))
  return note
}

const number = (buffer: Buffer, offset: number): number => Number(buffer.readBigUInt64LE(offset))
const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit
