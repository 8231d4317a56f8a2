import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** Nobody renews a pinned certificate; it lasts as long as anyone will want to keep this data directory. */
const YEARS = 10

export type Certificate = {
  readonly cert: string
  readonly key: string
  /** SHA-256 of the certificate, upper-case hexadecimal with colons, as `openssl x509 -fingerprint` prints it. */
  readonly fingerprint: string
}

/**
 * The self-signed certificate kept in `folder`, made at the first call, key 0600. One that is there is kept as it is,
 * since people have pinned its fingerprint; with `renew` it is made anew, from the same key, when an address is
 * missing in it.
 */
export const ensureCertificate = async (
  folder: string,
  addresses: readonly string[],
  { renew }: { readonly renew: boolean },
): Promise<Certificate> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const keyFile = join(folder, 'key.pem')
  const certFile = join(folder, 'cert.pem')
  if (!existsSync(keyFile)) await writeSafely(keyFile, newKey())
  const key = await readFile(keyFile, 'utf8')
  if (existsSync(certFile)) {
    const cert = await readFile(certFile, 'utf8')
    if (!renew || covers(new X509Certificate(cert), addresses)) return described(cert, key)
  }
  const cert = await selfSigned(key, addresses)
  await writeSafely(certFile, cert)
  return described(cert, key)
}

/** Whether each address is named in the certificate. */
export const covers = (certificate: X509Certificate, addresses: readonly string[]): boolean =>
  addresses.every((address) =>
    isIP(address) ? certificate.checkIP(address) !== undefined : certificate.checkHost(address) !== undefined,
  )

const described = (cert: string, key: string): Certificate => ({
  cert,
  key,
  fingerprint: new X509Certificate(cert).fingerprint256,
})

const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string

const selfSigned = async (key: string, addresses: readonly string[]): Promise<string> => {
  const names = new Set(['localhost', hostname(), '127.0.0.1', '::1', ...addresses])
  const altNames = [...names].map((name) =>
    isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  )
  const notAfterDate = new Date()
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string
  const { cert } = await generate([{ name: 'commonName', value: 'opencenter' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate,
    keyPair: { privateKey: key, publicKey },
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return cert
}

const writeSafely = async (file: string, content: string): Promise<void> => {
  await writeFile(`${file}.new`, content, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
}
