import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkout } from './setup/places.ts'

/** What it takes, 100 MB: fetched for this alone. */
const TOOLS = [
  '@bufbuild/buf@1.74.0',
  'ts-proto@2.18.0',
  '@flyteorg/flyteidl@1.16.5',
  'protobufjs@8',
  'grpc-health-check@2.1.0',
  '@grpc/reflection@1.0.4',
]
const SERVED = ['flyteidl/service/agent.proto', 'grpc']
const OPTIONS = [
  'outputServices=grpc-js',
  'esModuleInterop=true',
  'env=node',
  'enumsAsLiterals=true',
  'importSuffix=.ts',
  'outputJsonMethods=false',
  'useExactTypes=false',
  'forceLong=number',
  'oneof=unions-value',
]
const generated = join(checkout, 'apps/nebula-agent/src/generated')

/** Makes `apps/nebula-agent/src/generated` anew from the protocol's own files. Needs npm's registry. */
const writeProtos = (folder: string): void => {
  const run = (program: string, ...args: string[]): void =>
    void execFileSync(program, args, { cwd: folder, stdio: 'inherit' })
  const inModules = (path: string): string => join(folder, 'node_modules', path)
  writeFileSync(join(folder, 'package.json'), '{}')
  run('npm', 'install', '--no-audit', '--no-fund', ...TOOLS)
  cpSync(inModules('@flyteorg/flyteidl/protos/flyteidl'), join(folder, 'protos/flyteidl'), {
    recursive: true,
  })
  cpSync(inModules('protobufjs/google/api'), join(folder, 'protos/google/api'), { recursive: true })
  cpSync(inModules('grpc-health-check/proto'), join(folder, 'protos/grpc'), { recursive: true })
  cpSync(inModules('@grpc/reflection/build/proto/grpc'), join(folder, 'protos/grpc'), { recursive: true })
  writeFileSync(join(folder, 'buf.yaml'), JSON.stringify({ version: 'v2', modules: [{ path: 'protos' }] }))
  const plugin = {
    local: inModules('.bin/protoc-gen-ts_proto'),
    out: 'out',
    opt: OPTIONS,
    include_imports: true,
  }
  const inputs = [{ directory: 'protos', paths: SERVED.map((path) => `protos/${path}`) }]
  writeFileSync(join(folder, 'buf.gen.yaml'), JSON.stringify({ version: 'v2', plugins: [plugin], inputs }))
  run(inModules('.bin/buf'), 'generate')
  const paths = SERVED.flatMap((path) => ['--path', `protos/${path}`])
  run(inModules('.bin/buf'), 'build', 'protos', ...paths, '--exclude-source-info', '-o', 'set.binpb')

  rmSync(generated, { recursive: true, force: true })
  for (const file of globSync('**/*.ts', { cwd: join(folder, 'out') })) {
    // Imported by nothing that is served.
    if (file.startsWith('google/api/') || file === 'google/protobuf/descriptor.ts') continue
    mkdirSync(dirname(join(generated, file)), { recursive: true })
    writeFileSync(join(generated, file), `// @ts-nocheck\n${readFileSync(join(folder, 'out', file), 'utf8')}`)
  }
  const descriptors = readFileSync(join(folder, 'set.binpb')).toString('base64')
  writeFileSync(
    join(generated, 'descriptors.ts'),
    `// Made by scripts/write-protos.ts: what is served here and all it imports, for reflection.\nexport const DESCRIPTORS =\n  '${descriptors}'\n`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'mmcloud-protos-'))
try {
  writeProtos(folder)
} finally {
  rmSync(folder, { recursive: true })
}
