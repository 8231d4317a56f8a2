import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Peer } from './peer.ts'

const execute = promisify(execFile)

/**
 * Lets every peer save and restore once per round, one after the other, so that what the machine does meanwhile falls on
 * all of them. What one has left to the disk is written before the next begins.
 */
export const takeTurns = async (
  peers: readonly Peer[],
  rounds: number,
  say: (line: string) => void,
): Promise<number[][]> => {
  const measured = peers.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, peer] of peers.entries()) {
      await execute('sync')
      const seconds = await peer.standStill()
      measured[index]!.push(seconds)
      say(`round ${round + 1} of ${rounds}: ${seconds.toFixed(2)} s  ${peer.name}`)
    }
  }
  return measured
}
