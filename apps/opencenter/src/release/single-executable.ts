import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withNote } from './elf-note.ts'

/** Where Node looks for its own program, and the mark in it that says whether to look: nodejs.org/api/single-executable-applications. */
const NOTE = 'NODE_SEA_BLOB'
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:'

export type SingleExecutable = {
  /** The Node it is made of, an ELF program. */
  readonly node: string
  /** One CommonJS script. */
  readonly script: string
  /** Texts that the script may ask for by name; they cost nothing at its start. */
  readonly assets: Readonly<Record<string, string>>
  /** Whether that Node runs on this machine: then the script is compiled once, here. */
  readonly compile: boolean
}

/**
 * Makes a program of Node and a script in one file, at the path given. It warns of nothing, does not depend on its name,
 * and whatever stands in NODE_OPTIONS is not for it. Put in place by rename.
 */
export const writeSingleExecutable = async (
  target: string,
  { node, script, assets, compile }: SingleExecutable,
): Promise<void> => {
  const folder = await mkdtemp(`${target}.`)
  try {
    const [main, output, config, program] = ['main.cjs', 'blob', 'config.json', 'program'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string]
    await writeFile(main, script)
    for (const [name, text] of Object.entries(assets)) await writeFile(join(folder, name), text)
    await writeFile(
      config,
      JSON.stringify({
        main,
        output,
        assets: Object.fromEntries(Object.keys(assets).map((name) => [name, join(folder, name)])),
        disableExperimentalSEAWarning: true,
        useCodeCache: compile,
        execArgvExtension: 'none',
      }),
    )
    await promisify(execFile)(process.execPath, ['--experimental-sea-config', config])
    await writeFile(program, lit(withNote(await readFile(node), NOTE, await readFile(output))))
    await chmod(program, 0o755)
    await rename(program, target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Node looks for a program in itself only where this mark says so. */
const lit = (program: Buffer): Buffer => {
  const at = program.indexOf(`${FUSE}0`)
  if (at < 0 || program.includes(`${FUSE}0`, at + 1)) throw new Error('This Node cannot carry a program')
  program.write('1', at + FUSE.length)
  return program
}
