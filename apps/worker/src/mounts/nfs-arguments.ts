import type { StorageMountParams } from '@mmcloud/contract'

export type ExportParams = Extract<StorageMountParams, { kind: 'nfs' }>

/** What `mount` is called with. A refusal is told at once instead of tried again for two minutes. */
export const nfsArguments = ({ host, path, mode, opts = '' }: ExportParams, at: string): string[] => {
  const [name = '', port] = host.split(':')
  const given = opts.trim().replace(/^-o\s*/, '')
  const options = [
    mode === 'r' ? 'ro' : 'rw',
    'retry=0',
    ...(port === undefined ? [] : [`port=${port}`]),
    ...(given === '' ? [] : [given]),
  ]
  return ['-t', 'nfs', '-o', options.join(','), `${name}:${path}`, at]
}
