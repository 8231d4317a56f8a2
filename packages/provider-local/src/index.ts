export {
  type Capacity,
  capacitySchema,
  type LocalCloudConfig,
  type LocalCloudSettings,
  localCloudConfigSchema,
} from './config.ts'
export { LocalProvider } from './local-provider.ts'
export { localCloudRemains, stopLocalCloud } from './stop-local-cloud.ts'
