import type { ServerDuplexStream } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import {
  createFileRegistry,
  type DescFile,
  type FileRegistry,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { DESCRIPTORS } from './generated/descriptors.ts'
import {
  type ServerReflectionRequest,
  ServerReflectionResponse,
  type ServerReflectionServer,
} from './generated/grpc/reflection/v1/reflection.ts'

/**
 * Tells tools such as grpcurl what is served here. The same for both versions of the protocol, which differ in their names
 * alone. `@grpc/reflection` reads its files from disk, and float is one file.
 */
export const reflectionCalls = (
  services: readonly string[],
): { readonly calls: ServerReflectionServer; close(): void } => {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(DESCRIPTORS, 'base64')))
  const streams = new Set<Stream>()
  const calls: ServerReflectionServer = {
    serverReflectionInfo: (call: Stream) => {
      streams.add(call)
      call.on('close', () => streams.delete(call))
      call.on('data', (request: ServerReflectionRequest) =>
        call.write(
          ServerReflectionResponse.fromPartial({
            validHost: request.host,
            originalRequest: request,
            messageResponse: answerTo(request, registry, services),
          }),
        ),
      )
      call.on('end', () => call.end())
    },
  }
  // Who keeps a stream open would hold up a server that drains.
  return { calls, close: () => streams.forEach((stream) => stream.end()) }
}

type Stream = ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>

const answerTo = (
  { messageRequest: asked }: ServerReflectionRequest,
  registry: FileRegistry,
  services: readonly string[],
): ServerReflectionResponse['messageResponse'] => {
  switch (asked?.$case) {
    case 'listServices':
      return {
        $case: 'listServicesResponse',
        value: { service: services.map((name) => ({ name })) },
      }
    case 'fileByFilename':
      return filesOf(registry.getFile(asked.value), asked.value)
    case 'fileContainingSymbol':
      return filesOf(fileOf(registry, asked.value), asked.value)
    default:
      return failure(status.UNIMPLEMENTED, 'files by name and by symbol, and the list of services, are told')
  }
}

const LONGEST_SYMBOL = 1000

/** Of a service, message or enum, or of a method or field in one. */
const fileOf = (registry: FileRegistry, symbol: string): DescFile | undefined => {
  if (symbol.length > LONGEST_SYMBOL) return undefined
  for (let name = symbol; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const found = registry.get(name)
    if (found) return found.kind === 'extension' ? undefined : found.file
  }
  return undefined
}

/** With all that it imports: not every tool asks on. */
const filesOf = (file: DescFile | undefined, asked: string): ServerReflectionResponse['messageResponse'] => {
  if (!file) return failure(status.NOT_FOUND, `nothing here is called ${asked}`)
  const files = new Set<DescFile>()
  const gather = (each: DescFile): void => {
    if (files.has(each)) return
    files.add(each)
    each.dependencies.forEach(gather)
  }
  gather(file)
  const fileDescriptorProto = [...files].map(({ proto }) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, proto)),
  )
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto } }
}

const failure = (errorCode: status, errorMessage: string): ServerReflectionResponse['messageResponse'] => ({
  $case: 'errorResponse',
  value: { errorCode, errorMessage },
})
