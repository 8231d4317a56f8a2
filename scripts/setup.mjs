// Set-up from nothing: any Node from 18 on, no package installed yet. So this file uses no dependency and no syntax
// that Node 18 lacks. It installs the packages, then goes on with the pinned Node 24 they bring.
//
//   node scripts/setup.mjs                      set-up alone
//   node scripts/setup.mjs --then FILE [ARG…]   set-up, then FILE by the pinned Node
//   node scripts/setup.mjs --vm --then FILE     the same, with the emulated machine set up too
//   node scripts/setup.mjs --clients --then FILE  the same, with programs of others that drive the product or serve its jobs in tests
//   node scripts/setup.mjs --bench --then FILE  the same, with what the product is measured beside
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = process.env.MMCLOUD_CACHE || '/var/cache/mmcloud'
const node24 = join(checkout, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
const LOCK_TAKEN = 75

const thenAt = process.argv.indexOf('--then')
const wanted = process.argv.slice(2, thenAt < 0 ? undefined : thenAt).filter((flag) => ['--vm', '--bench', '--clients'].includes(flag))

const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** What npm wrote last when it finished equals what the lockfile asks for. */
const packagesInstalled = () => {
  const installedList = join(checkout, 'node_modules', '.package-lock.json')
  if (!existsSync(installedList) || !existsSync(node24)) return false
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages
  const asked = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')).packages
  const sameAsAsked = (path) => asked[path] !== undefined && asked[path].version === installed[path].version
  const present = (path) => asked[path].optional || !path.includes('node_modules/') || installed[path] !== undefined
  return Object.keys(installed).every(sameAsAsked) && Object.keys(asked).every(present)
}

const installPackages = () => {
  process.stdout.write('set-up: packages of this project (npm ci)\n')
  const started = Date.now()
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: checkout,
    stdio: 'inherit',
  })
  if (done.status !== 0 || !packagesInstalled()) {
    fail('set-up: step "packages of this project" failed. See npm’s words above; then run: npm ci')
  }
  process.stdout.write(`set-up: packages of this project: ready after ${Math.round((Date.now() - started) / 1000)} s\n`)
}

/** Runs with the machine's set-up lock held. */
const setUp = () => {
  if (!packagesInstalled()) installPackages()
  const steps = spawnSync(node24, [join(checkout, 'scripts/setup/main.ts')].concat(wanted), { stdio: 'inherit' })
  process.exit(steps.status === null ? 1 : steps.status)
}

/** One set-up at a time on a machine: a second one waits, then finds everything there. */
const setUpLocked = () => {
  mkdirSync(cache, { recursive: true })
  // -o: what a step starts does not inherit the lock, so that it ends with this set-up in every case.
  const lock = ['-o', join(cache, 'setup.lock'), process.execPath, fileURLToPath(import.meta.url), '--locked'].concat(wanted)
  let done = spawnSync('flock', ['-n', '-E', String(LOCK_TAKEN)].concat(lock), { stdio: 'inherit' })
  if (done.status === LOCK_TAKEN) {
    process.stdout.write('set-up: another set-up is running on this machine; waiting for it\n')
    done = spawnSync('flock', lock, { stdio: 'inherit' })
  }
  if (done.error) fail(`set-up: cannot run flock (${done.error.message}). Run: apt-get install util-linux`)
  if (done.status !== 0) process.exit(done.status === null ? 1 : done.status)
}

/** Becomes the program asked for: its signals, its exit status. */
const goOnWith = (args) => {
  const path = `${join(checkout, 'node_modules', '.bin')}:${process.env.PATH}`
  const child = spawn(node24, args, { cwd: checkout, stdio: 'inherit', env: { ...process.env, PATH: path } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (status, signal) => process.exit(signal ? 128 + constants.signals[signal] : status))
}

if (process.getuid() !== 0) fail('Memory Machine Cloud needs root here: it makes network namespaces, cgroups and disks. Run it with sudo.')
if (Number(process.versions.node.split('.')[0]) < 18) fail(`Node ${process.versions.node} is too old to begin with: 18 or later is needed. Run: apt-get install nodejs npm`)
if (!['x64', 'arm64'].includes(process.arch)) fail(`Memory Machine Cloud runs on x64 and arm64; this machine is ${process.arch}.`)

if (process.argv[2] === '--locked') setUp()
else {
  setUpLocked()
  if (thenAt > 0) goOnWith(process.argv.slice(thenAt + 1))
}
