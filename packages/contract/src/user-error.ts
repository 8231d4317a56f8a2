/** The errors the public API speaks of, for those who reach it through the contract alone. */
export { ERROR_CODE, type ErrorKind, invalidArgument, UserError } from '@mmcloud/domain'
