/** One measured thing in its own unit. */
export type Figure = {
  readonly name: string
  readonly value: string
  readonly goal?: string
  readonly met?: boolean
}

export const figureTable = (figures: readonly Figure[]): string =>
  [
    '| what | measured | goal | met |',
    '|---|---|---|---|',
    ...figures.map(({ name, value, goal = '', met }) => {
      const words = met === undefined ? '' : met ? 'yes' : 'no'
      return `| ${name} | ${value} | ${goal} | ${words} |`
    }),
  ].join('\n')
