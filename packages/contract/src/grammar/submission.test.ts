import { UserError } from '@mmcloud/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SubmitBody } from '../rest/jobs.ts'
import { readSubmission } from './submission.ts'

test('unset is unset, however it is written', () => {
  const plain = readSubmission({ image: 'python' })
  expect(
    readSubmission({
      image: 'python',
      cpu: 0,
      mem: '',
      instType: '',
      imageVolSize: 0,
      jobContent: '',
      dataVolumes: [''],
      customTags: {},
      envs: [],
      gateway: null,
    }),
  ).toEqual(plain)
  expect(plain).toMatchObject({ cpu: { min: 1 }, memGB: { min: 1 }, rerunAllowed: true })
  expect(plain).not.toHaveProperty('script')
})

test('every field is read', () => {
  const read = readSubmission({
    image: 'python',
    name: 'a.b_c',
    cpu: '2:4',
    mem: 8,
    instType: 'm5.large',
    jobContent: '#!/bin/sh\ntrue\n',
    envs: ['A=1,2', '"B=b c"', 'DB_PASSWORD=hush', 'T={secret:tok}', 'E='],
    dataVolumes: ['[size=10]:/data'],
    customTags: { b: '', a: 'x:y' },
    vmPolicy: '[onDemand=true]',
    timeLimit: '1h',
    publish: ['8888:80'],
    imageVolSize: 20,
    dumpMode: 'full',
    disableRerun: true,
  })
  expect(read).toMatchObject({
    imageVolumeGB: 20,
    env: { A: '1,2', B: 'b c', DB_PASSWORD: 'hush', T: '{secret:tok}', E: '' },
    cpu: { min: 2, max: 4 },
    memGB: { min: 8 },
    timeLimitSeconds: 3600,
    publish: [{ hostPort: 8888, containerPort: 80 }],
    rerunAllowed: false,
  })
  expect(read.inputArgs).toBe(
    "--image python --name a.b_c --instType m5.large --cpu 2:4 --mem 8 --env A=1,2 --env 'B=b c' " +
      "--env 'DB_PASSWORD=***' --env 'T={secret:tok}' --env E= --dataVolume '[size=10]:/data' --imageVolSize 20 --publish 8888:80 " +
      "--vmPolicy '[onDemand=true,retryLimit=3,retryInterval=10m0s]' --timeLimit 1h0m0s --disableRerun " +
      '--customTag a:x:y --customTag b:',
  )
})

test.each([
  [{}, '--image is missing'],
  [{ image: 'a b' }, '--image'],
  [{ image: 'a', name: '-x' }, '--name'],
  [{ image: 'a', envs: ['X'] }, '--env'],
  [{ image: 'a', publish: ['80', '80:81'] }, '--publish: port 80 is given twice'],
  [{ image: 'a', publish: ['0'] }, '--publish'],
  [{ image: 'a', allowFrom: ['10.0.0.0/8'] }, 'name them with --publish PORT'],
  [
    { image: 'a', publish: ['80'], allowFrom: ['everybody'] },
    '--allowFrom: "everybody" is not an IPv4 network',
  ],
  [{ image: 'a', securityGroup: 'web' }, '--securityGroup: this cloud has no security groups to name'],
  [
    { image: 'a', dataVolumes: ['[size=1]:/d', '[size=2]:/d/'] },
    '--dataVolume: mount point /d is given twice',
  ],
  [{ image: 'a', customTags: { 'a\nb': 'c' } }, '--customTag'],
  [{ image: 'a', gateway: 'auto' }, '--gateway: which port of the job? --targetPort PORT'],
  [
    { image: 'a', gateway: 'mine', targetPort: 80 },
    '--gateway: "mine" is neither auto nor the id of a gateway',
  ],
  [{ image: 'a', targetPort: 80 }, '--targetPort names a port for a gateway: --gateway auto'],
  [{ image: 'a', gateway: 'auto', targetPort: 'x' }, '--targetPort: "x" is not a port'],
  [
    { image: 'a', gateway: 'auto', publish: ['80', '81'] },
    '--gateway: which port of the job? --targetPort PORT',
  ],
  [
    { image: 'a', gateway: 'auto', targetPort: 80, publish: ['80:81'] },
    '--targetPort: port 80 of the instance leads to 81 of the job already',
  ],
  [{ image: 'a', imageVolSize: '6.5' }, '--imageVolSize: "6.5" is not a whole number of GB up to 16384'],
  [{ image: 'a', imageVolSize: -1 }, '--imageVolSize: "-1" is not a whole number'],
  [{ image: 'a', dumpMode: 'incremental' }, '--dumpMode: a job is saved whole each time'],
  [{ image: 'a', dumpMode: 'some' }, '--dumpMode: "some" is neither full nor incremental'],
  [{ image: 'a', zone: 'us-east-1a' }, '--zone: this cloud has one zone'],
  [{ image: 'a', subnet: 'subnet-1' }, '--subnet: this cloud has one network'],
  [{ image: 'a', gpuCount: 1 }, '--gpu-count: no instance type of this cloud has a GPU'],
  [{ image: 'a', rootVolSize: 40 }, '--rootVolSize: the disk of an instance holds nothing of a job'],
  [{ image: 'a', snapLocation: 's3://b' }, '--snapLocation: what is saved of a job lies on its own disk'],
  [{ image: 'a', extraOptions: '--x' }, '--extraOptions: there are none'],
])('%j is refused', (body, sentence) => expect(() => readSubmission(body)).toThrow(sentence))

test('who may reach the ports is said again in the canonical flags, each network once', () => {
  const read = readSubmission({
    image: 'a',
    publish: ['80'],
    allowFrom: ['10.1.2.3/8', '10.0.0.0/8', '1.2.3.4'],
  })
  expect(read.allowFrom).toEqual(['10.0.0.0/8', '1.2.3.4/32'])
  expect(read.inputArgs).toContain('--publish 80:80 --allowFrom 10.0.0.0/8 --allowFrom 1.2.3.4/32')
})

test('type lists are read with and without brackets, and said again in the canonical flags', () => {
  const read = readSubmission({ image: 'python', allowList: '[m5*, r5.large]', denyList: '*.metal' })
  expect(read.types).toEqual({ allow: ['m5*', 'r5.large'], deny: ['*.metal'] })
  expect(read.inputArgs).toContain("--allowList '[m5*,r5.large]' --denyList '[*.metal]'")
  expect(readSubmission({ image: 'python', allowList: '[]', denyList: '' })).not.toHaveProperty('types')
})

test.each([
  ['x'.repeat(1_048_577), '--job: the script is larger than 1 MiB'],
  ['#!/bin/sh\r\ntrue\r\n', '--job: the script has the line ends of Windows'],
  ['#!/bin/sh\ntrue\0', '--job: the script holds a zero byte'],
])('a script is refused by what is wrong with it', (jobContent, sentence) =>
  expect(() => readSubmission({ image: 'a', jobContent })).toThrow(sentence),
)

test('a megabyte of script and ten thousand variables are taken as they are', () => {
  const jobContent = `#!/bin/sh\n${'é'.repeat(524_000)}\n`
  const envs = Array.from({ length: 10_000 }, (_, n) => `V${n}=${n} $HOME \`x\` "é"`)
  const read = readSubmission({ image: 'a', jobContent, envs })
  expect(read.script).toBe(jobContent)
  expect(Object.entries(read.env).map(([key, value]) => `${key}=${value}`)).toEqual(envs)
})

test('more than a program can be started with is refused by name', () => {
  const value = 'x'.repeat(127 * 1024)
  const envs = (count: number) => Array.from({ length: count }, (_, n) => `V${n}=${value}`)
  expect(Object.keys(readSubmission({ image: 'a', envs: envs(8) }).env)).toHaveLength(8)
  expect(() => readSubmission({ image: 'a', envs: envs(9) })).toThrow(
    '--env: all together are larger than 1 MiB',
  )
  expect(() => readSubmission({ image: 'a', envs: [`A=x${value}`] })).toThrow('--env A: the value is larger')
})

test('whatever is written into a request is read, or refused by the name of its flag', () => {
  const near = fc.constantFrom(
    '[',
    ']',
    ':',
    '=',
    ',',
    '"',
    '*',
    '2',
    'size=',
    's3://',
    '/',
    '$(x)',
    '\n',
    'é',
    '😀',
    '-',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(near).map((parts) => parts.join('')),
  )
  const texts = fc.array(text, { maxLength: 3 })
  const body: fc.Arbitrary<SubmitBody> = fc.record(
    {
      image: fc.oneof(text, fc.constant('python')),
      name: text,
      cpu: text,
      mem: text,
      instType: text,
      allowList: text,
      denyList: text,
      envs: texts,
      dataVolumes: texts,
      publish: texts,
      allowFrom: texts,
      customTags: fc.dictionary(text, text),
      vmPolicy: text,
      migratePolicy: text,
      timeLimit: text,
      imageVolSize: text,
      dumpMode: text,
      zone: text,
    },
    { requiredKeys: ['image'] },
  )
  fc.assert(
    fc.property(body, (given) => {
      try {
        const read = readSubmission(given)
        expect(read.inputArgs).not.toBe('')
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
        expect((error as Error).message).toMatch(/--\w/)
      }
    }),
    { numRuns: 2000 },
  )
})
