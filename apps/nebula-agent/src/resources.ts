/** What a task asks for, as the Python side has rounded it: whole vCPUs and GiB; a maximum that is absent is none. */
export type TaskResources = {
  readonly cpu: string
  readonly mem: string
}

const DEFAULT = { cpu: 1, mem: 1 }

/**
 * `custom.resources` of a task, `[minCpu, minMem, maxCpu, maxMem]`, each the text of a whole number or null, as ranges of a
 * submit. Only a limit: it is asked for as it is. Nothing: 1 vCPU and 1 GiB. Throws with a sentence what is not of this form.
 */
export const readResources = (given: unknown): TaskResources => {
  const [minCpu, minMem, maxCpu, maxMem] = numbersIn(given)
  return {
    cpu: range('cpu', minCpu, maxCpu, DEFAULT.cpu),
    mem: range('mem', minMem, maxMem, DEFAULT.mem),
  }
}

const numbersIn = (given: unknown): readonly (number | undefined)[] => {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given) || given.length > 4)
    throw new Error('custom.resources of the task is not [minCpu, minMem, maxCpu, maxMem]')
  return given.map((value: unknown) => {
    if (value === null || value === undefined || value === '') return undefined
    const number =
      typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}$/.test(value)) ? Number(value) : 0
    if (!Number.isInteger(number) || number < 1)
      throw new Error(`custom.resources of the task: ${JSON.stringify(value)} is not a whole number above 0`)
    return number
  })
}

const range = (what: string, min: number | undefined, max: number | undefined, fallback: number): string => {
  const least = min ?? max ?? fallback
  if (max !== undefined && least > max)
    throw new Error(`the task requests more ${what} than its limit: ${least} > ${max}`)
  return max === undefined ? String(least) : `${least}:${max}`
}
