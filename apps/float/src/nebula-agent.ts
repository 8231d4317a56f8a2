import nodeModule from 'node:module'
import { getAsset, isSea } from 'node:sea'
import { compileFunction } from 'node:vm'

type NebulaAgent = typeof import('@mmcloud/nebula-agent')

/** Of the one file: a CommonJS script. */
export const AGENT_ASSET = 'nebula-agent.cjs'

/**
 * The agent, which is larger than all the rest of float and needed by one command: kept apart from what every start reads.
 * Beside the bundle of a checkout it is a file of its own, in the one file an asset.
 */
export const loadNebulaAgent = async (): Promise<NebulaAgent> => {
  if (!isSea()) return import('@mmcloud/nebula-agent')
  const script = compileFunction(getAsset(AGENT_ASSET, 'utf8'), ['module', 'exports', 'require'], {
    filename: AGENT_ASSET,
  })
  const module = { exports: {} }
  script(module, module.exports, nodeModule.createRequire(process.execPath))
  return module.exports as NebulaAgent
}
