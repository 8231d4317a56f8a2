import { expect, test } from 'vitest'
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
  [{ image: 'a', gateway: 'auto' }, 'gateway is not supported yet'],
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
