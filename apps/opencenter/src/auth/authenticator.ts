import { createHash, createHmac, randomBytes } from 'node:crypto'
import { WORKER_SCHEME } from '@mmcloud/contract'
import { type JobId, UserError } from '@mmcloud/domain'
import type { AccessToken, Accounts, Groups, User } from '@mmcloud/store'
import { FailedLogins } from './failed-logins.ts'
import { hashPassword, verifyPassword } from './passwords.ts'

/** A session ends this long after it was last refreshed. */
const SESSION_MS = 24 * 3_600_000
/** The end of a session is moved on at most this often by use alone. */
const EXTEND_EVERY_MS = 60_000
/** Clients that log in with every call do not pay for the hash each time. */
const REMEMBER_MS = 5 * 60_000

export type Caller = {
  readonly user: User
  /** Who shares a group with the user; their jobs may be seen. */
  readonly colleagues: ReadonlySet<string>
  /** Absent with Basic credentials. */
  readonly session?: {
    readonly tokenHash: string
    readonly expiresAt: number
    /** The name of an access token, which use does not prolong; absent for a login. */
    readonly token?: string
  }
  /** The program of this job asks, through its worker: it speaks for its owner, about this job alone. */
  readonly job?: JobId
}

/** The job and its owner for which a worker with that credential may speak; nothing when it may not. */
export type JobOfWorker = (
  instanceId: string,
  credential: string,
) => Promise<{ readonly job: JobId; readonly owner: string } | undefined>

/** Who is asking: by a session's token or by Basic credentials. */
export class Authenticator {
  readonly #accounts: Accounts
  readonly #groups: Groups
  readonly #jobOfWorker: JobOfWorker
  readonly #now: () => number
  readonly #failed: FailedLogins
  /** Keyed hashes of passwords verified lately; the key dies with the process. */
  readonly #verified = new Map<string, number>()
  readonly #verifying = new Map<string, Promise<User>>()
  readonly #key = randomBytes(32)

  constructor(
    { accounts, groups }: { readonly accounts: Accounts; readonly groups: Groups },
    jobOfWorker: JobOfWorker,
    now: () => number = Date.now,
  ) {
    this.#accounts = accounts
    this.#groups = groups
    this.#jobOfWorker = jobOfWorker
    this.#now = now
    this.#failed = new FailedLogins(now)
  }

  /** Throws `unauthenticated`, or `tooManyRequests` after many wrong passwords from `address`. */
  async caller(header: string | undefined, address: string): Promise<Caller> {
    const [, scheme, value] = /^(Basic|Bearer)\s+(\S+)$/i.exec(header?.trim() ?? '') ?? []
    if (value === undefined) throw new UserError('unauthenticated', 'Not logged in; run: float login')
    const who =
      scheme?.toLowerCase() === 'basic'
        ? { user: await this.#byPassword(value, address) }
        : await this.#bySession(value)
    return { ...who, colleagues: await this.#groups.colleaguesOf(who.user.name) }
  }

  /**
   * Whether this is the password of who asks, said once more; a wrong one counts as a wrong login. Throws
   * `tooManyRequests` after many.
   */
  async isPasswordOf(user: User, password: string, address: string): Promise<boolean> {
    const guess = this.#guess(address)
    const right = await verifyPassword(password, user.passwordHash)
    if (right) guess.wasRight()
    return right
  }

  /** The job whose worker asks. Throws `unauthenticated` when it is none of a living instance. */
  async jobCaller(header: string): Promise<Caller> {
    const [, instanceId = '', credential = ''] = WORKER.exec(header.trim()) ?? []
    const found = await this.#jobOfWorker(instanceId, credential)
    const user = found && (await this.#accounts.user(found.owner))
    if (!found || !user) throw new UserError('unauthenticated', 'This is the worker of no living instance')
    return { user: { ...user, role: 'user' }, colleagues: new Set(), job: found.job }
  }

  /** A new session; the token goes to the client and only its hash is kept. */
  async startSession(user: User): Promise<{ token: string; expiresAt: number }> {
    await this.#accounts.forgetSessionsBefore(this.#now())
    const token = randomBytes(32).toString('base64url')
    const expiresAt = this.#now() + SESSION_MS
    await this.#accounts.addSession(hashOf(token), user.name, expiresAt)
    return { token, expiresAt }
  }

  /** An access token; nothing when the user has one of that name. */
  async createToken(user: User, created: AccessToken): Promise<string | undefined> {
    const token = randomBytes(32).toString('base64url')
    return (await this.#accounts.addToken(hashOf(token), user.name, created)) ? token : undefined
  }

  async refreshSession({ session }: Pick<Caller, 'session'>): Promise<number | undefined> {
    if (!session || session.token !== undefined) return session?.expiresAt
    const expiresAt = this.#now() + SESSION_MS
    await this.#accounts.extendSession(session.tokenHash, expiresAt)
    return expiresAt
  }

  async endSession({ session }: Caller): Promise<void> {
    if (session) await this.#accounts.endSession(session.tokenHash)
  }

  async #bySession(token: string): Promise<Omit<Caller, 'colleagues'>> {
    const tokenHash = hashOf(token)
    const found = await this.#accounts.session(tokenHash)
    if (!found || found.expiresAt <= this.#now()) {
      throw new UserError('unauthenticated', 'The session has ended; run: float login')
    }
    const { user, ...session } = found
    const caller = { user, session: { tokenHash, ...session } }
    if (found.expiresAt < this.#now() + SESSION_MS - EXTEND_EVERY_MS) await this.refreshSession(caller)
    return caller
  }

  async #byPassword(encoded: string, address: string): Promise<User> {
    const pair = Buffer.from(encoded, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    const user = colon < 0 ? undefined : await this.#accounts.user(pair.slice(0, colon))
    const password = pair.slice(colon + 1)
    const memory = createHmac('sha256', this.#key).update(`${user?.passwordHash}\0${pair}`).digest('base64')
    if (user && (this.#verified.get(memory) ?? 0) > this.#now()) return user

    // Clients start many calls at once: the same password at the same time is one guess.
    const underway = this.#verifying.get(memory)
    if (underway) return underway
    const verifying = this.#verify(user, password, memory, address)
    this.#verifying.set(memory, verifying)
    const over = (): void => void this.#verifying.delete(memory)
    verifying.then(over, over)
    return verifying
  }

  async #verify(
    user: (User & { readonly passwordHash: string }) | undefined,
    password: string,
    memory: string,
    address: string,
  ): Promise<User> {
    const guess = this.#guess(address)
    // A name that does not exist costs as much time as one that does.
    const right = user
      ? await verifyPassword(password, user.passwordHash)
      : (await hashPassword(password)) === ''
    if (!user || !right) throw new UserError('unauthenticated', 'Wrong user name or password')
    guess.wasRight()
    this.#remember(memory)
    return user
  }

  /** Counted before it is known: different guesses at once are guesses too. A right one is taken back. */
  #guess(address: string): { wasRight(): void } {
    if (this.#failed.mustWait(address))
      throw new UserError('tooManyRequests', 'Too many wrong passwords; try again in a minute')
    return this.#failed.guess(address)
  }

  #remember(memory: string): void {
    for (const [key, until] of this.#verified) if (until <= this.#now()) this.#verified.delete(key)
    this.#verified.set(memory, this.#now() + REMEMBER_MS)
  }
}

/** Whether a worker asks for its job, or someone who says so. */
export const isWorkers = (header: string | undefined): header is string =>
  header !== undefined && header.startsWith(`${WORKER_SCHEME} `)

const WORKER = new RegExp(`^${WORKER_SCHEME} ([\\w-]{1,64}):([\\w-]{1,128})$`)

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
