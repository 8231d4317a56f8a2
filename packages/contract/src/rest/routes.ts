/**
 * Method and path of every call, and nothing else: light enough for the command line, which loads no schema library.
 * `{name}` is a path parameter. The schemas of each are in the file of its noun.
 */
export const ROUTES = {
  login: { method: 'GET', path: '/api/v1/login' },
  session: { method: 'GET', path: '/api/v1/session' },
  logout: { method: 'DELETE', path: '/api/v1/session' },

  users: { method: 'GET', path: '/api/v1/users' },
  addUser: { method: 'POST', path: '/api/v1/users' },
  changeUser: { method: 'PATCH', path: '/api/v1/users/{name}' },
  groups: { method: 'GET', path: '/api/v1/groups' },
  addGroup: { method: 'POST', path: '/api/v1/groups' },
  deleteGroup: { method: 'DELETE', path: '/api/v1/groups/{name}' },
  addToGroup: { method: 'POST', path: '/api/v1/groups/{name}/members' },
  removeFromGroup: { method: 'DELETE', path: '/api/v1/groups/{name}/members/{user}' },
  tokens: { method: 'GET', path: '/api/v1/tokens' },
  createToken: { method: 'POST', path: '/api/v1/tokens' },
  deleteToken: { method: 'DELETE', path: '/api/v1/tokens/{name}' },
  audit: { method: 'GET', path: '/api/v1/audit' },
  deleteUser: { method: 'DELETE', path: '/api/v1/users/{name}' },

  version: { method: 'GET', path: '/api/v1/version' },
  status: { method: 'GET', path: '/api/v1/status' },
  health: { method: 'GET', path: '/api/v1/health' },
  settings: { method: 'GET', path: '/api/v1/settings' },

  submitJob: { method: 'POST', path: '/api/v1/jobs' },
  jobPages: { method: 'GET', path: '/api/v1/jobPages' },
  jobSummaries: { method: 'GET', path: '/api/v1/jobSummaries' },
  job: { method: 'GET', path: '/api/v1/jobs/{id}' },
  modifyJob: { method: 'PATCH', path: '/api/v1/jobs/{id}' },
  cancelJob: { method: 'DELETE', path: '/api/v1/jobs/{id}' },
  suspendJob: { method: 'POST', path: '/api/v1/jobs/{id}/suspend' },
  resumeJob: { method: 'POST', path: '/api/v1/jobs/{id}/resume' },
  migrateJob: { method: 'POST', path: '/api/v1/jobs/{id}/migrate' },
  snapshotJob: { method: 'POST', path: '/api/v1/jobs/{id}/snapshot' },
  rerunJob: { method: 'POST', path: '/api/v1/jobs/{id}/rerun' },
  drillJob: { method: 'POST', path: '/api/v1/jobs/{id}/drill' },

  events: { method: 'GET', path: '/api/v1/jobs/{id}/events' },
  migrations: { method: 'GET', path: '/api/v1/jobs/{id}/migrations' },
  instances: { method: 'GET', path: '/api/v1/jobs/{id}/instances' },
  samples: { method: 'GET', path: '/api/v1/jobs/{id}/samples' },
  sampleStream: { method: 'GET', path: '/api/v1/jobs/{id}/samples/stream' },
  inspection: { method: 'GET', path: '/api/v1/jobs/{id}/inspection' },
  jobCost: { method: 'GET', path: '/api/v1/jobs/{id}/cost' },
  costs: { method: 'GET', path: '/api/v1/costs' },
  logs: { method: 'GET', path: '/api/v1/jobs/{id}/logs' },
  logBytes: { method: 'GET', path: '/api/v1/jobs/{id}/logs/{file}' },

  weighOffers: { method: 'POST', path: '/api/v1/offers' },
  hosts: { method: 'GET', path: '/api/v1/hosts' },
  images: { method: 'GET', path: '/api/v1/images' },
  addImage: { method: 'POST', path: '/api/v1/images' },
  image: { method: 'GET', path: '/api/v1/images/{name}' },
  deleteImage: { method: 'DELETE', path: '/api/v1/images/{name}' },
  registries: { method: 'GET', path: '/api/v1/registries' },
  loginToRegistry: { method: 'POST', path: '/api/v1/registries' },
  logoutOfRegistry: { method: 'DELETE', path: '/api/v1/registries' },
  templates: { method: 'GET', path: '/api/v1/templates' },
  createTemplate: { method: 'POST', path: '/api/v1/templates' },
  template: { method: 'GET', path: '/api/v1/templates/{name}' },
  deleteTemplate: { method: 'DELETE', path: '/api/v1/templates/{name}' },
  storages: { method: 'GET', path: '/api/v1/storage' },
  registerStorage: { method: 'POST', path: '/api/v1/storage' },
  deleteStorage: { method: 'DELETE', path: '/api/v1/storage/{name}' },

  volumes: { method: 'GET', path: '/api/v1/volumes' },
  createVolume: { method: 'POST', path: '/api/v1/volumes' },
  deleteVolume: { method: 'DELETE', path: '/api/v1/volumes/{id}' },

  gateways: { method: 'GET', path: '/api/v1/gateways' },
  createGateway: { method: 'POST', path: '/api/v1/gateways' },
  gateway: { method: 'GET', path: '/api/v1/gateways/{id}' },
  destroyGateway: { method: 'DELETE', path: '/api/v1/gateways/{id}' },
  connectGateway: { method: 'POST', path: '/api/v1/gateways/{id}/connections' },
  disconnectGateway: { method: 'DELETE', path: '/api/v1/gateways/{id}/connections/{job}' },

  secrets: { method: 'GET', path: '/api/v1/secrets' },
  setSecret: { method: 'POST', path: '/api/v1/secrets' },
  secret: { method: 'GET', path: '/api/v1/secrets/{name}' },
  unsetSecret: { method: 'DELETE', path: '/api/v1/secrets/{name}' },
} as const satisfies Record<
  string,
  { method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; path: `/api/v1/${string}` }
>

export type RouteName = keyof typeof ROUTES
