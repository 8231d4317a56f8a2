import { X509Certificate } from 'node:crypto'
import type { PeerCertificate } from 'node:tls'

/** The fingerprints met so far, by `host:port`. */
export interface PinStore {
  get(endpoint: string): string | undefined
  set(endpoint: string, fingerprint: string): void
}

/** Whether a certificate is the one we expect. Asked before the first byte of a request is sent. */
export type Trust =
  /** First contact pins; another certificate later is refused. */
  | { readonly kind: 'pins'; readonly store: PinStore; readonly where: string }
  /** Exactly this SHA-256 fingerprint, hexadecimal, colons optional. */
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  /** Signed by, or equal to, a certificate of this PEM; the name is verified too unless it is that very certificate. */
  | { readonly kind: 'ca'; readonly pem: string }

/** The OpCenter is not the one known, or someone is in between. Never retried, never ignored. */
export class UntrustedError extends Error {
  override readonly name = 'UntrustedError'
}

/** SHA-256 in lower case without colons. */
export const normalFingerprint = (text: string): string => text.replace(/[^0-9a-f]/gi, '').toLowerCase()

/** Throws `UntrustedError` with a sentence and the fix, or returns; pins on first contact. */
export const verifyCertificate = (trust: Trust, endpoint: string, certificate: PeerCertificate): void => {
  const seen = normalFingerprint(certificate.fingerprint256 ?? '')
  if (seen.length !== 64) throw new UntrustedError(`${endpoint} showed no certificate`)
  if (trust.kind === 'fingerprint') {
    if (seen === normalFingerprint(trust.fingerprint)) return
    throw new UntrustedError(
      `the certificate of ${endpoint} is not the one in FLOAT_FINGERPRINT; it shows ${seen}. ` +
        'If that is the right OpCenter, set FLOAT_FINGERPRINT to it.',
    )
  }
  if (trust.kind === 'ca') return verifyCa(trust.pem, endpoint, certificate, seen)
  const known = trust.store.get(endpoint)
  if (known === undefined) return trust.store.set(endpoint, seen)
  if (known === seen) return
  throw new UntrustedError(
    `the certificate of ${endpoint} has changed since the first contact: someone may be in between, or the OpCenter ` +
      `was set up anew. If you know it was, remove every line of ${endpoint} from ${trust.where} and try again. ` +
      `It shows ${seen}.`,
  )
}

const verifyCa = (pem: string, endpoint: string, certificate: PeerCertificate, seen: string): void => {
  const shown = new X509Certificate(certificate.raw)
  const now = Date.now()
  for (const block of pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []) {
    const trusted = new X509Certificate(block)
    if (normalFingerprint(trusted.fingerprint256) === seen) return
    const host = endpoint.slice(0, endpoint.lastIndexOf(':'))
    const named = shown.checkHost(host) !== undefined || shown.checkIP(host) !== undefined
    const current = Date.parse(shown.validFrom) <= now && now <= Date.parse(shown.validTo)
    if (trusted.ca && named && current && shown.checkIssued(trusted) && shown.verify(trusted.publicKey))
      return
  }
  throw new UntrustedError(
    `the certificate of ${endpoint} is not vouched for by FLOAT_CA; it shows ${seen}. ` +
      "Put the OpCenter's own certificate, or its issuer's, into that file.",
  )
}
