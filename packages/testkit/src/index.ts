export * from './product.ts'
export * from './wait-for.ts'
