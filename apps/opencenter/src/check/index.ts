export { checkCommand } from './check-command.ts'
export { checkMachine } from './check-machine.ts'
