export * from './accounts.ts'
export * from './data-dir-lock.ts'
export * from './library.ts'
export * from './open-store.ts'
