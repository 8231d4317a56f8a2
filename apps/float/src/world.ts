import type { Address, Transport, Trust } from '@mmcloud/client'
import type { HostPort } from '@mmcloud/contract/grammar/publish'
import type { Screen } from './screen.ts'

/** Everything a command touches outside itself, injected so that tests own it. */
export type World = {
  /** Standard output: text, or a log's raw bytes. */
  readonly out: (data: string | Uint8Array) => void
  /** Standard error. */
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Rejects as soon as the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Whether standard output is a terminal that shows colours. */
  readonly colours: boolean
  /** Absent unless standard output is a terminal on which the cursor can be moved. */
  readonly screen?: Screen
  /** Absent unless a person sits at a terminal: only then is anything ever asked. */
  readonly ask?: (question: string, options: { readonly hidden: boolean }) => Promise<string>
  /** The file that float runs as; absent where it is not one file. */
  readonly executable?: string
  /** Whether a TCP connection can be made there within some seconds. */
  readonly answers: (at: HostPort) => Promise<boolean>
  /** Shows a page in the person's browser; absent where there is no desktop. */
  readonly openPage?: (url: string) => void
  readonly readFile: (path: string) => string
  /** The text behind a URL, at most 1 MiB. */
  readonly fetchText: (url: string, headers: Readonly<Record<string, string>>) => Promise<string>
  /** What serves the engine Nebula; read only when it is asked for. */
  readonly nebulaAgent: () => Promise<typeof import('@mmcloud/nebula-agent')>
  /** Until this process is told to end, by SIGTERM or SIGINT. */
  readonly untilTold: () => Promise<void>
  readonly openTransport: (address: Address, trust: Trust) => Transport & { close: () => void }
}
