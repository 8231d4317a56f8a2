/**
 * A table whose rows start with `| ` and whose borders are one word: scripts tell the two apart by counting words.
 * Our own, since a library that measures every cell for emoji spends longer on 1,000 jobs than the whole call may.
 */
export const renderTable = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = header.map((title, at) =>
    rows.reduce((width, row) => Math.max(width, (row[at] ?? '').length), title.length),
  )
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => padded(cells[at] ?? '', width)).join(' | ')} |`
  return `${[border, line(header), border, ...rows.map(line), border].join('\n')}\n`
}

const padded = (cell: string, width: number): string => cell.padEnd(width)
