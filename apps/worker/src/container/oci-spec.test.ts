import { expect, test } from 'vitest'
import { ociSpec, type SpecInput } from './oci-spec.ts'

type Mount = { destination: string; source: string; options?: string[] }
type Spec = {
  process: { args: string[]; env: string[]; cwd: string; capabilities: Record<string, string[]> }
  mounts: Mount[]
  linux: {
    resources: { memory: object }
    namespaces: { type: string; path?: string }[]
    seccomp: { syscalls: { names: string[]; errnoRet: number }[] }
  }
}

const base: SpecInput = {
  jobId: 'job1',
  spec: { name: 'n', user: 'ann', image: { source: 's', digest: 'd' }, env: {}, publish: [] },
  image: { Cmd: ['/serve'] },
  limits: { memory: 4096 },
  dataMounts: [],
  address: '10.0.0.2',
}

const spec = (change: Partial<SpecInput> = {}): Spec => ociSpec({ ...base, ...change }) as Spec
const withScript = (script: string): Spec => spec({ spec: { ...base.spec, script } })

const afterInit = ({ process: { args } }: Spec): string[] => args.slice(args.indexOf('--') + 1)

test('a script runs itself when it names its interpreter, else the shell runs it', () => {
  expect(afterInit(withScript('#!/usr/bin/python3\n'))).toEqual(['/mnt/float/job/script'])
  expect(afterInit(withScript('echo hello\n'))).toEqual(['/bin/sh', '/mnt/float/job/script'])
})

test('without a script the command of the image runs, and one without either is refused', () => {
  const image = { Entrypoint: ['/entry'], Cmd: ['serve', '--all'] }
  expect(afterInit(spec({ image }))).toEqual(['/entry', 'serve', '--all'])
  expect(() => spec({ image: {} })).toThrow(/no command of its own/)
})

test("the job's variables come before the image's, and ours before both", () => {
  const image = { Cmd: ['/x'], Env: ['PATH=/image', 'A=image', 'B=image=with=more'] }
  const input = {
    image,
    spec: { ...base.spec, env: { A: 'job', FLOAT_JOB_ID: 'forged', FLOAT_ADDR: 'forged' } },
  }
  const { env } = spec(input).process
  expect(env).toContain('PATH=/image')
  expect(env).toContain('A=job')
  expect(env).toContain('B=image=with=more')
  expect(env).toContain('FLOAT_JOB_ID=job1')
  expect(env).toContain('FLOAT_ADDR=10.254.253.1:443')
  expect(env).toContain('WORKER_ADDR=10.0.0.2')
  expect(env).not.toContain('A=image')
  expect(env).not.toContain('FLOAT_JOB_ID=forged')
})

test('float and what it runs with are there, and nobody can change them', () => {
  const tools = spec().mounts.filter(({ destination }) => destination.startsWith('/opt/memverge/'))
  expect(tools.map(({ destination }) => destination)).toEqual([
    '/opt/memverge/init',
    '/opt/memverge/lib',
    '/opt/memverge/bin',
  ])
  for (const { options } of tools) expect(options).toContain('ro')
})

test('data volumes are mounted where they were asked for, writable', () => {
  const dataMounts = [{ source: '/mnt/data-1/live', mountPoint: '/data' }]
  const mount = spec({ dataMounts }).mounts.find(({ destination }) => destination === '/data')
  expect(mount).toMatchObject({ source: '/mnt/data-1/live' })
  expect(mount?.options).toEqual(expect.arrayContaining(['bind', 'rw', 'nodev', 'nosuid']))
})

test('swap is limited only where the kernel counts it', () => {
  expect(spec().linux.resources.memory).toEqual({ limit: 4096 })
  const limits = { memory: 4096, memoryAndSwap: 8192 }
  expect(spec({ limits }).linux.resources.memory).toEqual({ limit: 4096, swap: 8192 })
})

test('io_uring, which cannot be saved, is told as absent and not as forbidden', () => {
  const rule = spec().linux.seccomp.syscalls.find(({ names }) => names.includes('io_uring_setup'))
  expect(rule?.names).toEqual(['io_uring_setup', 'io_uring_enter', 'io_uring_register'])
  expect(rule?.errnoRet).toBe(38)
})

test('the program has a network of its own, and no capability that reaches the instance', () => {
  const { linux, process: own } = spec()
  expect(linux.namespaces).toContainEqual({ type: 'network', path: '/run/netns/job' })
  for (const capability of ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN', 'CAP_SYS_PTRACE', 'CAP_SYS_MODULE'])
    expect(own.capabilities['bounding']).not.toContain(capability)
})
