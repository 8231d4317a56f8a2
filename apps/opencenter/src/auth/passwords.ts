import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** OWASP's least for argon2id: 19 MiB, two passes, one lane; about 40 ms. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }

const derive = promisify(argon2)

const argon2id = (password: string, nonce: Buffer, cost = COST): Promise<Buffer> =>
  derive('argon2id', { message: Buffer.from(password), nonce, ...cost })

/** `argon2id$memory$passes$lanes$salt$hash`: its own cost is kept, so that a later one can be higher. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16)
  const hash = await argon2id(password, salt)
  const { memory, passes, parallelism } = COST
  return ['argon2id', memory, passes, parallelism, salt.toString('base64'), hash.toString('base64')].join('$')
}

export const verifyPassword = async (password: string, stored: string): Promise<boolean> => {
  const [kind, memory, passes, parallelism, salt = '', hash = ''] = stored.split('$')
  if (kind !== 'argon2id') return false
  const expected = Buffer.from(hash, 'base64')
  const found = await argon2id(password, Buffer.from(salt, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  })
  return timingSafeEqual(found, expected)
}
