export * from './free-port.ts'
export * from './product.ts'
export * from './shown-output.ts'
export * from './wait-for.ts'
