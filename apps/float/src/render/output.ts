import type { Context } from '../command.ts'
import { renderTable } from './table.ts'
import { type Plain, renderYamlList } from './yaml.ts'

/** A list in the form asked for; a table with `header` and `row` by default. `none` is said where there is nothing. */
export const printList = <T extends object>(
  { world, format }: Context,
  items: readonly T[],
  header: readonly string[],
  row: (item: T) => readonly string[],
  none: string,
): void => {
  if (format === 'json') world.out(`${JSON.stringify(items, null, 2)}\n`)
  else if (items.length === 0) world.out(`${none}\n`)
  else if (format === 'yaml') world.out(renderYamlList(items as readonly Plain[]))
  else world.out(renderTable(header, items.map(row)))
}
