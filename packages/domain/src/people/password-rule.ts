const LEAST = 8
const MOST = 256

/**
 * What is wrong with a new password, in words; nothing when it will do. Length is what helps (NIST SP 800-63B): no rule asks
 * for kinds of letters.
 */
export const passwordFault = (password: string, userName: string): string | undefined => {
  if (password.length < LEAST) return `a password has at least ${LEAST} characters`
  if (password.length > MOST) return `a password has at most ${MOST} characters`
  // oxlint-disable-next-line no-control-regex -- they cannot be typed again
  if (/[\u0000-\u001f\u007f]/.test(password)) return 'a password holds no control characters'
  if (password.toLowerCase().includes(userName.toLowerCase()))
    return 'a password does not hold the user’s name'
  if (new Set(password).size === 1) return 'a password is not one character again and again'
  return undefined
}
