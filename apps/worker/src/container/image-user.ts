import { readFileSync } from 'node:fs'

export type ContainerUser = { uid: number; gid: number; additionalGids?: number[] }

/** `USER` of an image: name or number, optionally `:group`, looked up in the image's own /etc/passwd and /etc/group. */
export const resolveUser = (user: string, rootfs: string): ContainerUser => {
  const [name = '', group] = user.split(':')
  if (name === '' && !group) return { uid: 0, gid: 0 }
  const passwd = table(`${rootfs}/etc/passwd`)
  const entry = passwd.find((row) => row[0] === name) ?? passwd.find((row) => row[2] === name)
  const uid = entry ? Number(entry[2]) : Number(name || '0')
  if (!Number.isInteger(uid)) throw new Error(`The image's user "${name}" is not in its /etc/passwd`)
  if (group === undefined) return { uid, gid: entry ? Number(entry[3]) : 0 }
  const row = table(`${rootfs}/etc/group`).find((candidate) => candidate[0] === group)
  const gid = row ? Number(row[2]) : Number(group)
  if (!Number.isInteger(gid)) throw new Error(`The image's group "${group}" is not in its /etc/group`)
  return { uid, gid }
}

const table = (path: string): string[][] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
