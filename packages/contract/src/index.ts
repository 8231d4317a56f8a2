export * from './worker/messages.ts'
