import type { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import * as audit from './audit.ts'
import * as costs from './costs.ts'
import * as events from './events.ts'
import * as gateways from './gateways.ts'
import * as groups from './groups.ts'
import * as health from './health.ts'
import * as hosts from './hosts.ts'
import * as images from './images.ts'
import * as inspection from './inspection.ts'
import * as jobs from './jobs.ts'
import * as login from './login.ts'
import * as logs from './logs.ts'
import * as migrations from './migrations.ts'
import * as offers from './offers.ts'
import * as registries from './registries.ts'
import * as samples from './samples.ts'
import * as settings from './settings.ts'
import * as storage from './storage.ts'
import * as templates from './templates.ts'
import * as tokens from './tokens.ts'
import * as users from './users.ts'
import * as volumes from './volumes.ts'
import * as secrets from './secrets.ts'
import type { RouteName } from './routes.ts'

/** The whole public API: what is not here does not exist. */
export const REST_API = {
  login: login.login,
  session: login.session,
  logout: login.logout,
  users: users.users,
  addUser: users.addUser,
  changeUser: users.changeUser,
  groups: groups.groups,
  addGroup: groups.addGroup,
  deleteGroup: groups.deleteGroup,
  addToGroup: groups.addToGroup,
  removeFromGroup: groups.removeFromGroup,
  tokens: tokens.tokens,
  createToken: tokens.createToken,
  deleteToken: tokens.deleteToken,
  audit: audit.audit,
  deleteUser: users.deleteUser,
  volumes: volumes.volumes,
  createVolume: volumes.createVolume,
  deleteVolume: volumes.deleteVolume,
  gateways: gateways.gateways,
  createGateway: gateways.createGateway,
  gateway: gateways.gateway,
  destroyGateway: gateways.destroyGateway,
  connectGateway: gateways.connectGateway,
  disconnectGateway: gateways.disconnectGateway,
  version: health.version,
  status: health.status,
  health: health.health,
  settings: settings.settings,
  submitJob: jobs.submitJob,
  jobPages: jobs.jobPages,
  jobSummaries: jobs.jobSummaries,
  job: jobs.job,
  modifyJob: jobs.modifyJob,
  cancelJob: jobs.cancelJob,
  suspendJob: jobs.suspendJob,
  resumeJob: jobs.resumeJob,
  migrateJob: jobs.migrateJob,
  snapshotJob: jobs.snapshotJob,
  rerunJob: jobs.rerunJob,
  drillJob: jobs.drillJob,
  events: events.events,
  migrations: migrations.migrations,
  instances: migrations.instances,
  samples: samples.samples,
  sampleStream: samples.sampleStream,
  inspection: inspection.inspection,
  jobCost: costs.jobCost,
  costs: costs.costs,
  logs: logs.logs,
  logBytes: logs.logBytes,
  weighOffers: offers.weighOffers,
  hosts: hosts.hosts,
  images: images.images,
  addImage: images.addImage,
  image: images.image,
  deleteImage: images.deleteImage,
  registries: registries.registries,
  loginToRegistry: registries.loginToRegistry,
  logoutOfRegistry: registries.logoutOfRegistry,
  templates: templates.templates,
  createTemplate: templates.createTemplate,
  template: templates.template,
  deleteTemplate: templates.deleteTemplate,
  storages: storage.storages,
  registerStorage: storage.registerStorage,
  deleteStorage: storage.deleteStorage,
  secrets: secrets.secrets,
  setSecret: secrets.setSecret,
  secret: secrets.secret,
  unsetSecret: secrets.unsetSecret,
} as const satisfies Record<RouteName, Endpoint>
export type RestApi = typeof REST_API

/** What a call takes and gives, as types: the client needs no schema at run time. */
export type RestParams<N extends RouteName> = RestApi[N] extends { params: infer S extends z.ZodType }
  ? z.input<S>
  : undefined
export type RestQuery<N extends RouteName> = RestApi[N] extends { query: infer S extends z.ZodType }
  ? z.input<S>
  : undefined
export type RestBody<N extends RouteName> = RestApi[N] extends { body: infer S extends z.ZodType }
  ? z.input<S>
  : undefined
export type RestResponse<N extends RouteName> = RestApi[N]['response'] extends infer S extends z.ZodType
  ? z.output<S>
  : Uint8Array
