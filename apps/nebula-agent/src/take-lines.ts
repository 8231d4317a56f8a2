/**
 * The first lines of a piece of a log, at most `most`, and how many bytes they are. What follows the last end of a line is
 * one too where the log ends there, or where there is no other; a character that is not whole yet is left for the next piece.
 */
export const takeLines = (
  piece: Uint8Array,
  most: number,
  logEndsHere: boolean,
): { readonly lines: readonly string[]; readonly taken: number } => {
  const lines: string[] = []
  let taken = 0
  const take = (upTo: number, next: number): void => {
    lines.push(new TextDecoder().decode(piece.subarray(taken, upTo)))
    taken = next
  }
  while (lines.length < most) {
    const end = piece.indexOf(NEWLINE, taken)
    if (end < 0) break
    take(end, end + 1)
  }
  const rest = wholeCharacters(piece)
  if (lines.length < most && rest > taken && (logEndsHere || lines.length === 0)) take(rest, rest)
  return { lines, taken }
}

const NEWLINE = 0x0a

/** How many of the bytes are whole characters of UTF-8; what is none at all counts as such. */
const wholeCharacters = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes.length
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0
    if (length > 0) return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
