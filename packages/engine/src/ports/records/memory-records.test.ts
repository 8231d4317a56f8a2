import { createMemoryRecords } from './memory-records.ts'
import { recordsConformance } from './records-conformance.ts'

recordsConformance('memory', createMemoryRecords)
