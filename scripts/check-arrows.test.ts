import { describe, expect, it } from 'vitest'
import { violationsIn } from './check-arrows.ts'

const importing = (wanted: string) => `import { x } from '${wanted}'\n`

describe('arrows between the rooms', () => {
  it.each([
    ['packages/domain/src/job.ts', '@mmcloud/engine'],
    ['packages/domain/src/job.ts', 'node:fs'],
    ['packages/contract/src/api.ts', '@mmcloud/engine'],
    ['packages/engine/src/x.ts', '@mmcloud/store'],
    ['packages/store/src/x.ts', '@mmcloud/contract'],
    ['packages/store/src/x.ts', '@mmcloud/engine/workflows/float-job'],
    ['packages/provider-local/src/x.ts', '@mmcloud/opencenter'],
    ['packages/client/src/x.ts', '@mmcloud/domain'],
    ['apps/float/src/main.ts', '@mmcloud/engine'],
    ['apps/float/src/main.ts', '@mmcloud/testkit'],
    ['apps/worker/src/main.ts', '@mmcloud/provider-local'],
    ['apps/worker/src/main.ts', '../../../packages/engine/src/index.ts'],
  ])('%s must not import %s', (file, wanted) => {
    expect(violationsIn(file, importing(wanted))).toHaveLength(1)
  })

  it.each([
    ['packages/domain/src/job/job.ts', '../ids.ts'],
    ['packages/domain/src/job/job.test.ts', 'vitest'],
    ['packages/contract/src/api.ts', 'zod'],
    ['packages/engine/src/x.ts', '@mmcloud/contract'],
    ['packages/store/src/x.ts', '@mmcloud/engine/ports/clock'],
    ['packages/client/src/x.ts', '@mmcloud/contract'],
    ['apps/float/src/main.ts', '@mmcloud/client'],
    ['apps/opencenter/src/main.ts', '@mmcloud/store'],
    ['packages/store/test/x.integration.test.ts', '@mmcloud/testkit/leaks'],
    ['e2e/reclaim.e2e.test.ts', '@mmcloud/testkit'],
  ])('%s may import %s', (file, wanted) => {
    expect(violationsIn(file, importing(wanted))).toEqual([])
  })

  it('sees exports, dynamic imports and several in one file', () => {
    const source = `export * from '@mmcloud/store'\nconst x = await import('@mmcloud/engine')\n`
    expect(violationsIn('packages/domain/src/x.ts', source)).toHaveLength(2)
  })
})
